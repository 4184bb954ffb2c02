/** What is wrong with words is told where they were written, whichever branch they came out of. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addCheck } from '../../src/cli/check.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { writeFiles } from '../support/built-program.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';

let out = '';
beforeEach(() => {
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function check(files: ProjectFiles, ...args: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etapa-words-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, files);
  const program = new Command('etapa').exitOverride();
  addCheck(program);
  await program.parseAsync(['node', 'etapa', 'check', '-C', folder, ...args]);
  return out;
}

/** The findings alone, without the count at the end. */
async function findings(files: ProjectFiles): Promise<string[]> {
  return (await check(files)).trim().split('\n').slice(0, -1);
}

const TONES = `version: 1
voice:
  formality: { es: tu }
  never_say: [cheap, barato]
  max_exclamation_marks: 1
  max_words_per_sentence: 12
tones:
  plain:
    greeting: { en: "Hi {{first_name}},", es: "Hola {{first_name}}:" }
    sign_off: { en: Bye, es: Adiós }
  calm:
    formality: { es: usted }
    greeting: { en: "Cheap {{first_name}},", es: "Hola:" }
    sign_off: { en: Bye, es: Adiós }
    emoji: avoid
    max_exclamation_marks: 0
    falls_back_to: plain
rules:
  - name: Somebody waits
    when: { stage: experience }
    use: calm
  - otherwise: plain
`;

function shop(body: { readonly en?: string; readonly es?: string }, more: ProjectFiles = {}): ProjectFiles {
  return projectFiles({
    ...messageFiles('offer', 'promotion'),
    'workflows/offering.yaml': `version: 1
workflow: offering
purpose: promotion
enter_when: { event: product_added }
steps:
  - send_email: offer
`,
    'workflows/journey/tone.yaml': TONES.replace('Cheap', 'Dear'),
    ...(body.en === undefined ? {} : { 'templates/offer/email.en.mjml': mjml(body.en) }),
    'templates/offer/email.es.mjml': mjml(body.es ?? '    <mj-text>El carrito espera.</mj-text>'),
    ...more,
  });
}

function mjml(inside: string): string {
  return `<mj-section>\n  <mj-column>\n${inside}\n  </mj-column>\n</mj-section>\n`;
}

describe('words', () => {
  it('are told in the branch that they stand in, with the tone where others are sound', async () => {
    const en = `    <mj-raw>{{#tone "calm"}}</mj-raw>
    <mj-text>A <b>cheap</b> pair! 🎉</mj-text>
    <mj-raw>{{else}}</mj-raw>
    <mj-text>A fine pair.</mj-text>
    <mj-raw>{{/tone}}</mj-raw>
    <mj-text>Not {{#formal}}cheap{{else}}cheap{{/formal}}, not &amp; cheap. Thank you, {{first_name}}!</mj-text>`;
    expect(await findings(shop({ en }))).toEqual([
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:4:19 {2}warning: "cheap" is a word .* \(tone calm\)$/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:4:33 {2}warning: the message holds 2 exclamation/,
      ),
      expect.stringMatching(/^templates\/offer\/email\.en\.mjml:4:35 {2}warning: this tone avoids emoji/),
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:8:42 {2}warning: "cheap" is a word .* another way$/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:8:70 {2}warning: "cheap" is a word .* another way$/,
      ),
    ]);
  });

  it('are told in the subject, the preheader and the greeting', async () => {
    const message = `version: 1
message: offer
purpose: promotion
subject:
  plain: { en: "Dear", es: 'Es {{first_name}}, barato' }
preheader: { en: Cheap, es: Uno }
`;
    const files = shop(
      { en: '    <mj-text>{{greeting}}</mj-text>' },
      { 'templates/offer/message.yaml': message, 'workflows/journey/tone.yaml': TONES },
    );
    expect(await findings(files)).toEqual([
      expect.stringMatching(/^templates\/offer\/message\.yaml:5:48 {2}warning: "barato"/),
      expect.stringMatching(/^templates\/offer\/message\.yaml:6:18 {2}warning: "Cheap"/),
      expect.stringMatching(/^workflows\/journey\/tone\.yaml:13:22 {2}warning: "Cheap" .* \(tone calm\)$/),
    ]);
  });

  it('are told where tú and usted are mixed, and where a sentence is too long', async () => {
    const es = `    <mj-text>Tu carrito vale {{money cart.value}}.</mj-text>
    <mj-text>{{#formal}}Si lo desea, Su{{else}}Su{{/formal}} pedido espera aquí
      desde hace unos días, y esta frase tiene demasiadas palabras.</mj-text>`;
    expect(await findings(shop({ es }))).toEqual([
      expect.stringMatching(
        /^templates\/offer\/email\.es\.mjml:3:14 {2}warning: "Tu" speaks to a "tú".* \(tone calm\)$/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.es\.mjml:4:25 .*a sentence has 17 words.*: "Si lo desea, Su pedido …" \(tone calm\)$/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.es\.mjml:4:48 .*"Su pedido" speaks to a "usted".* \(tone plain\)$/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.es\.mjml:4:48 .*a sentence has 14 words.* \(tone plain\)$/,
      ),
    ]);
  });
});

describe('mail', () => {
  const LAYOUT = `<mjml>
  <mj-head>
    <mj-preview>{{preheader}}</mj-preview>
  </mj-head>
  <mj-body>
{{content}}
    <mj-section><mj-column>
      <mj-raw>{{#tone "calm"}}</mj-raw>
      <mj-text>{{sender.postal_address}} <a href="{{url unsubscribe_url}}">Out</a></mj-text>
      <mj-raw>{{/tone}}</mj-raw>
    </mj-column></mj-section>
  </mj-body>
</mjml>
`;

  it('that must not go out is an error: no way out, no address, braces', async () => {
    const layouts = { 'templates/layout/email.en.mjml': LAYOUT };
    const en = '    <mj-text>Hi &#123;&#123;name}}</mj-text>';
    const told = await check(shop({ en }, layouts), '--json');
    const { errors, warnings, problems } = JSON.parse(told) as {
      errors: number;
      warnings: number;
      problems: { file: string; line: number; column: number; severity: string; message: string }[];
    };
    expect([errors, warnings]).toEqual([5, 1]);
    expect(process.exitCode).toBe(1);
    expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual(
      [
        ...Array.from({ length: 4 }, () => 'templates/offer/email.en.mjml:1:1'),
        'templates/offer/email.en.mjml:3:17',
        'templates/layout/email.en.mjml:2:3',
      ].sort(),
    );
    expect(
      problems.filter(({ line, message }) => line === 1 && message.endsWith('(tone plain)')),
    ).toHaveLength(4);
  });

  it('that can be lived with is a warning, and beside its line in a pull request', async () => {
    const en = `    <mj-text><a href="https://bit.ly/x">Look</a></mj-text>
    <mj-text color="#aaaaaa" container-background-color="#ffffff">Too faint</mj-text>
    <mj-text><span style="display:flex">Flex</span></mj-text>
    <mj-image src="https://shop.example/a.png" />
    <mj-button href="{{url cart.nothing}}">Nowhere</mj-button>`;
    expect(await findings(shop({ en }))).toEqual([
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:3:41 {2}warning: the link "Look" hides behind bit\.ly/,
      ),
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:4:67 {2}warning: "Too faint" is hard to read: #aaaaaa on #ffffff/,
      ),
      expect.stringMatching(/^templates\/offer\/email\.en\.mjml:5:27 {2}warning: "display:? ?flex" is used/),
      expect.stringMatching(/^templates\/offer\/email\.en\.mjml:6:5 {2}warning: this picture has no words/),
      expect.stringMatching(
        /^templates\/offer\/email\.en\.mjml:7:44 {2}warning: the link "Nowhere" leads nowhere/,
      ),
    ]);
    expect(process.exitCode).toBeUndefined();
    out = '';
    await check(shop({ en }), '--format', 'github', '--strict');
    expect(out).toMatch(/^::warning file=[^\n]*email\.en\.mjml,line=3,col=41::the link "Look"/m);
    expect(process.exitCode).toBe(1);
  });

  it('of a project without a layout of its own is not blamed for the one that stands in', async () => {
    expect(await check(shop({}))).toMatch(/^\d+ files are sound\.\n$/);
  });
});
