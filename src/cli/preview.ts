/** `etapa preview`: one message as it would leave, for somebody who is known or for somebody made up. */
import type { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import colors from 'picocolors';
import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import { contactNow, readRecords } from '../engine/explain/records.ts';
import type { ChannelName } from '../core/messages/message.ts';
import { smsLength } from '../core/messages/sms-length.ts';
import type { LiveProject } from '../engine/live-project.ts';
import type { Renderer } from '../engine/ports.ts';
import { renderMessage, type Preview } from '../engine/preview.ts';
import { sampleContact, sampleEvent } from '../engine/sample-contact.ts';
import { UserError } from '../errors.ts';
import type { LoadedProject } from '../project/load.ts';
import { channelsOf } from '../project/messages.ts';
import { createRenderer } from '../render/renderer.ts';
import { checkName, unknownContact } from './explain/names.ts';
import { output } from './output.ts';
import { loadFolder } from './simulate/project-folder.ts';
import { compileMessage } from './simulate/words.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly contact?: string;
  readonly sample?: boolean;
  readonly channel?: string;
  readonly tone?: string;
  readonly language?: string;
  readonly out?: string;
  readonly text?: boolean;
  readonly json?: boolean;
}

export function addPreview(program: Command): void {
  program
    .command('preview <message>')
    .description('a message as it would leave, with its tone and why; nothing is sent')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--contact <who>', 'for somebody in the database: an id, a user id or an e-mail address')
    .option('--sample', 'for somebody made up, which is what is done without --contact')
    .option('--channel <channel>', 'by this channel; by e-mail where it has words for that')
    .option('--tone <tone>', 'in this tone, whatever the rules say')
    .option('--language <language>', 'in this language: en or es')
    .option('--out <folder>', 'write the HTML and the text, in every tone and language unless one is named')
    .option('--text', 'print the text part alone')
    .option('--json', 'answer as JSON')
    .action(preview);
}

async function preview(message: string, options: Options): Promise<void> {
  if (options.sample && options.contact !== undefined)
    throw new UserError('two_contacts', 'Write --contact or --sample, not both.');
  const loaded = await loadFolder(options.project);
  checkNames(message, options, loaded);
  const live: LiveProject = { ...loaded, emails: await compileMessage(loaded, message) };
  const receiver = await receiverOf(message, live, options);
  const renderer = createRenderer();
  try {
    const look: Look = { live, renderer, message, channel: channelOf(message, options, loaded), ...receiver };
    await (options.out === undefined ? show(look, options) : write(look, options.out, options));
  } finally {
    await renderer.close();
  }
}

function checkNames(
  message: string,
  { tone, language }: Options,
  { templates, project }: LoadedProject,
): void {
  checkName('message', message, Object.keys(templates));
  if (tone !== undefined) checkName('tone', tone, Object.keys(project.tone.styles));
  if (language !== undefined) checkName('language', language, project.languages);
}

/** What it has no words for may still be a webhook, which needs none. */
function channelOf(message: string, { channel }: Options, { templates }: LoadedProject): ChannelName {
  const template = templates[message];
  const written = template ? channelsOf(template) : [];
  if (channel === undefined) return written[0] ?? 'webhook';
  checkName('channel', channel, [...new Set([...written, 'webhook'])]);
  return channel as ChannelName;
}

/** For whom, and what started the run. */
interface Receiver {
  readonly contact: Contact;
  readonly event: JsonObject;
  readonly now: Instant;
}

interface Look extends Receiver {
  readonly live: LiveProject;
  readonly renderer: Renderer;
  readonly message: string;
  readonly channel: ChannelName;
}

async function receiverOf(message: string, live: LiveProject, options: Options): Promise<Receiver> {
  const { contact: who, project, language } = options;
  if (who !== undefined) return knownReceiver(who, message, live, project);
  const now = Date.now();
  const contact = sampleContact(live, now, language);
  return { contact, event: sampleEvent(live, message, contact, now), now };
}

/** Words as they stand in the folder, for a contact as it stands in the database. */
async function knownReceiver(
  who: string,
  message: string,
  live: LiveProject,
  project: string,
): Promise<Receiver> {
  return withApp({ project }, async (app) => {
    const now = await app.now();
    const stored = await app.reader.findContact(who);
    if (!stored) throw unknownContact(who);
    const records = await readRecords(app.reader, stored, now);
    const contact = contactNow(records, live.project);
    const earlier = records.messages.findLast((one) => one.message === message)?.event;
    return { contact, event: earlier ?? sampleEvent(live, message, contact, now), now };
  });
}

function rendered(look: Look, tone: string | undefined, language: string | undefined): Promise<Preview> {
  const { live, renderer, contact, message, channel, event, now } = look;
  return renderMessage(live, renderer, contact, { message, channel, event }, now, {
    tone,
    language,
  });
}

async function show(look: Look, { tone, language, text, json }: Options): Promise<void> {
  const made = await rendered(look, tone, language);
  const { message, channel } = look;
  const { prose, ...told } = made;
  if (json) return output.json({ message, channel, contact: look.contact.id, ...told });
  if (!text) tellHead(look, made);
  output.line(made.text);
}

function tellHead({ live, channel, contact }: Look, made: Preview): void {
  const { name, email } = live.settings.from;
  const rows: [string, string][] = [
    channel === 'email' ? ['From', `${name} <${email}>`] : ['By', channel],
    [
      'To',
      `${made.to ?? colors.yellow('no address')}${contact.id === 'sample' ? colors.dim(' (made up)') : ''}`,
    ],
    ...headOf(channel, made),
    [
      'Tone',
      `${made.tone}, ${made.formality} (${made.language})${colors.dim(`  because ${made.because.en}`)}`,
    ],
    ['Stage', contact.stage],
  ];
  for (const [head, value] of rows) output.line(`${colors.dim(head.padEnd(8))} ${value}`);
  if (made.held_back) output.line(colors.yellow(`It would be held back: ${made.held_back.en}`));
  output.line();
}

/** What is seen, or paid, before the words are read. */
function headOf(channel: ChannelName, { subject, preheader, text }: Preview): [string, string][] {
  if (channel === 'email')
    return [
      ['Subject', colors.bold(subject)],
      ['Then', preheader],
    ];
  if (channel !== 'sms') return [];
  const { encoding, units, segments } = smsLength(text);
  const length = `${segments} ${segments === 1 ? 'segment' : 'segments'}, ${units} units of ${encoding.toUpperCase()}`;
  return [['Length', length]];
}

/** One file of each kind for every tone and language. */
async function write(look: Look, folder: string, { tone, language, json }: Options): Promise<void> {
  const { project } = look.live;
  const tones = tone === undefined ? Object.keys(project.tone.styles) : [tone];
  const languages = language === undefined ? project.languages : [language];
  await mkdir(resolve(folder), { recursive: true });
  const files: string[] = [];
  for (const one of tones) {
    for (const other of languages) {
      const made = await rendered(look, one, other);
      const name = join(folder, nameOf(look, other, one));
      const parts =
        look.channel === 'email'
          ? { html: made.html, txt: `${made.subject}\n\n${made.text}\n` }
          : { txt: `${made.text}\n` };
      for (const [kind, words] of Object.entries(parts)) {
        await writeFile(`${name}.${kind}`, words);
        files.push(`${name}.${kind}`);
      }
    }
  }
  if (json) return output.json({ files });
  for (const file of files) output.line(file);
}

/** The channel is only told where it is not e-mail. */
function nameOf({ message, channel }: Look, language: string, tone: string): string {
  return [message, ...(channel === 'email' ? [] : [channel]), language, tone].join('.');
}
