/** Words of plain text, for channels that have no HTML: how they are read, checked, made and looked through. */
import { describe, expect, it } from 'vitest';
import type { LiveProject } from '../../src/engine/live-project.ts';
import { loadProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { checkWords } from '../../src/render/check-words.ts';
import { compileProject } from '../../src/render/compile-project.ts';
import { messageFiles, projectFiles, textFiles } from '../support/projects.ts';

const NOW = Date.parse('2026-11-17T10:00:00Z');

function shop(step: string, more: ProjectFiles): ProjectFiles {
  return projectFiles({
    'workflows/telling.yaml': `version: 1
workflow: telling
purpose: service
enter_when: { event: order_delivered }
steps:
  - ${step}
`,
    ...more,
  });
}

const SHORT = { en: 'It is here, {{first_name}}.', es: 'Ya está aquí, {{first_name}}.' };
const HERE = textFiles('here', 'sms', 'service', SHORT);

function problemsOf(files: ProjectFiles): string[] {
  return loadProject(files).problems.map(formatProblem);
}

/** What is told of words that are made. */
async function findings(files: ProjectFiles): Promise<string[]> {
  const { loaded, problems } = loadProject(files);
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  const cache = { get: () => Promise.resolve(new Map<string, never>()), put: () => Promise.resolve() };
  const live: LiveProject = { ...loaded, emails: (await compileProject(loaded, cache)).emails };
  return (await checkWords(live, NOW)).map(formatProblem);
}

describe('a message of plain text', () => {
  it.each(['sms', 'chat', 'webhook'] as const)('for %s needs no subject and no e-mail', (channel) => {
    const files = textFiles('here', channel, 'service', SHORT);
    expect(problemsOf(shop(`send_${channel}: here`, files))).toEqual([]);
  });

  it('needs its words in every language', () => {
    const { 'templates/here/sms.es.txt': _es, ...files } = HERE;
    expect(problemsOf(shop('send_sms: here', files))).toEqual([
      'templates/here/sms.es.txt:1:1  message "here" has no words for sms in "es": this file is missing',
    ]);
  });

  it('needs words for each channel that it is sent by', () => {
    expect(problemsOf(shop('send_chat: here', HERE))).toEqual([
      'templates/here/chat.en.txt:1:1  message "here" has no words for chat in "en": this file is missing',
      'templates/here/chat.es.txt:1:1  message "here" has no words for chat in "es": this file is missing',
    ]);
    const both = { ...HERE, ...messageFiles('here', 'service') };
    expect(problemsOf(shop('send: { message: here, by: [sms, email] }', both))).toEqual([]);
    expect(problemsOf(shop('send: { message: here, by: [sms, email] }', HERE))).toHaveLength(2);
  });

  it('needs no words where it only goes to a system of our own', () => {
    const plan = { 'templates/here/message.yaml': 'version: 1\nmessage: here\npurpose: service\n' };
    expect(problemsOf(shop('send_webhook: here', plan))).toEqual([]);
  });

  it('needs a subject once it has an e-mail too', () => {
    const { 'templates/here/message.yaml': _plan, ...mail } = messageFiles('here', 'service');
    expect(problemsOf(shop('send_sms: here', { ...mail, ...HERE }))).toEqual([
      'templates/here/message.yaml:2:1  an e-mail needs a subject; write "subject: { <tone>: … }"',
    ]);
  });

  it('may not stand in a file that nothing reads', () => {
    const files = { ...HERE, 'templates/here/sms.txt': 'Here', 'templates/here/sms.fr.txt': 'Ici' };
    expect(problemsOf(shop('send_sms: here', files))).toEqual([
      expect.stringMatching(/^templates\/here\/sms\.fr\.txt:1:1 {2}warning: nothing reads this file; /),
      expect.stringMatching(/^templates\/here\/sms\.txt:1:1 {2}warning: nothing reads this file; /),
    ]);
  });

  it('is told with the step that could send it, where nothing does', () => {
    const other = textFiles('other', 'chat', 'service', SHORT);
    expect(problemsOf(shop('send_sms: here', { ...HERE, ...other }))).toEqual([
      'templates/other/message.yaml:2:10  warning: nothing sends the message "other"; write "send_chat: other" in a workflow, or delete the folder',
    ]);
  });

  it.each([
    ['a link', 'Ten off! {{unsubscribe_url}}', 0],
    ['the word that ends it', 'Ten off! Reply STOP to end.', 0],
    ['it in Spanish', 'Ten off! BAJA', 0],
    ['it in a comment only', 'Ten off! {{! STOP }}', 2],
    ['nothing', 'Ten off!', 2],
  ])('that promotes needs a way out: %s', (_, text, problems) => {
    const files = textFiles('here', 'sms', 'promotion', { en: text, es: text });
    const told = problemsOf(shop('send_sms: here', files));
    expect(told).toHaveLength(problems);
    for (const one of told) expect(one).toContain('a promotion needs a way out');
  });

  it('is refused with its place where its Handlebars cannot be read', async () => {
    const files = shop('send_sms: here', {
      ...HERE,
      'templates/here/sms.en.txt': 'Hi\n{{#if first_name}}you',
    });
    const { loaded } = loadProject(files);
    if (!loaded) throw new Error('it loads');
    const cache = { get: () => Promise.resolve(new Map<string, never>()), put: () => Promise.resolve() };
    expect((await compileProject(loaded, cache)).problems.map(formatProblem)).toEqual([
      'templates/here/sms.en.txt:2:1  {{#if}} is never closed. Add {{/if}}.',
    ]);
  });
});

describe('etapa check, of words of plain text as they are read,', () => {
  const VOICE = {
    'workflows/journey/tone.yaml': `version: 1
voice: { never_say: [cheap] }
tones: { plain: {} }
rules:
  - otherwise: plain
`,
  };

  it('finds nothing in short ones', async () => {
    expect(await findings(shop('send_sms: here', { ...HERE, ...VOICE }))).toEqual([]);
  });

  it('tells what the voice of the project does not say, where it stands', async () => {
    const files = { ...HERE, ...VOICE, 'templates/here/sms.en.txt': 'Hi {{first_name}}.\nIt was so cheap.' };
    expect(await findings(shop('send_sms: here', files))).toEqual([
      expect.stringMatching(/^templates\/here\/sms\.en\.txt:2:11 {2}warning: "cheap" is a word/),
    ]);
  });

  it('tells of a text message that goes out in more than three segments, and which sign is to blame', async () => {
    const gsm = 'Your parcel is here today. '.repeat(18);
    const ucs2 = `${'Tu paquete llega hoy mismo. '.repeat(8)}Está aquí.`;
    const files = { ...HERE, 'templates/here/sms.en.txt': gsm, 'templates/here/sms.es.txt': ucs2 };
    expect(await findings(shop('send_sms: here', files))).toEqual([
      'templates/here/sms.en.txt:1:1  warning: this text message goes out, and is paid for, as 4 segments; write at most 3 (459 letters)',
      expect.stringMatching(
        /^templates\/here\/sms\.es\.txt:1:228 {2}warning: this text message goes out, and is paid for, as 4 segments; write at most 3; "á", "í" make 67 letters of a segment's 153/,
      ),
    ]);
  });

  it('counts nothing in the chat', async () => {
    const long = textFiles('here', 'chat', 'service', { en: 'á '.repeat(400), es: 'á '.repeat(400) });
    expect(await findings(shop('send_chat: here', long))).toEqual([]);
  });
});
