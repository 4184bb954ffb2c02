import {
  TEXT_CHANNELS,
  type ChannelName,
  type MessagePlan,
  type TextChannel,
} from '../core/messages/message.ts';
import type { Path, Text } from '../core/schema.ts';
import type { WorkflowSource } from '../core/workflows/compile.ts';
import type { MessageFile } from './files/message-file.ts';
import type { SettingsFile } from './files/settings-file.ts';
import { orMeant } from './did-you-mean.ts';
import { everyStep } from './lint/steps.ts';
import { sendingOf } from '../core/workflows/sending.ts';
import type { Problem } from './problem.ts';
import type { ProjectFiles } from './read-files.ts';
import type { ReadFile } from './references.ts';

export interface TemplateFile {
  readonly file: string;
  readonly text: string;
}

/** One message with its words in each language. */
export interface MessageTemplate extends MessagePlan {
  /** Per tone, then per language. */
  readonly subject: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly preheader: Readonly<Record<string, string>>;
  /** MJML per language: the message's own sections, and the layout that they go into. */
  readonly email: Readonly<Record<string, { readonly body: TemplateFile; readonly layout: TemplateFile }>>;
  /** Plain text of the other channels, per language. */
  readonly texts: Readonly<Record<TextChannel, Readonly<Record<string, TemplateFile>>>>;
}

/** The channels that the message has words for. */
export function channelsOf({ email, texts }: MessageTemplate): ChannelName[] {
  const written = TEXT_CHANNELS.filter((channel) => Object.keys(texts[channel]).length > 0);
  return Object.keys(email).length > 0 ? ['email', ...written] : written;
}

/** Where the words of a message for a channel stand. */
export function wordsFile(message: string, channel: ChannelName, language: string): string {
  return `templates/${message}/${channel}.${language}.${channel === 'email' ? 'mjml' : 'txt'}`;
}

const LANGUAGES = ['en', 'es'] as const;

export function readTemplates(
  files: ProjectFiles,
  messages: readonly MessageFile[],
): Record<string, MessageTemplate> {
  return Object.fromEntries(messages.map((message) => [message.message, readTemplate(files, message)]));
}

function readTemplate(files: ProjectFiles, message: MessageFile): MessageTemplate {
  const email = LANGUAGES.flatMap((language) => {
    const body = templateFile(files, wordsFile(message.message, 'email', language));
    const layout = templateFile(files, `templates/layout/email.${language}.mjml`) ?? PLAIN_LAYOUT;
    return body ? [[language, { body, layout }] as const] : [];
  });
  return {
    id: message.message,
    purpose: message.purpose,
    survey: message.survey ?? null,
    topic: message.topic ?? null,
    for_stages: message.for_stages ?? null,
    over_limit: message.over_limit,
    covers: message.covers,
    subject: Object.fromEntries(
      Object.entries(message.subject ?? {}).map(([tone, text]) => [tone, perLanguage(text)]),
    ),
    preheader: message.preheader === undefined ? {} : perLanguage(message.preheader),
    email: Object.fromEntries(email),
    texts: {
      sms: readTexts(files, message, 'sms'),
      chat: readTexts(files, message, 'chat'),
      webhook: readTexts(files, message, 'webhook'),
    },
  };
}

function readTexts(
  files: ProjectFiles,
  { message }: MessageFile,
  channel: TextChannel,
): Readonly<Record<string, TemplateFile>> {
  return Object.fromEntries(
    LANGUAGES.flatMap((language) => {
      const text = templateFile(files, wordsFile(message, channel, language));
      return text ? [[language, text] as const] : [];
    }),
  );
}

function templateFile(files: ProjectFiles, file: string): TemplateFile | undefined {
  const text = files[file];
  return text === undefined ? undefined : { file, text };
}

/** For projects without a layout of their own: the sections, the address and the way out, as the law wants them. */
const PLAIN_LAYOUT: TemplateFile = {
  file: 'templates/layout/email.mjml',
  text: `<mjml>
  <mj-head>
    <mj-preview>{{preheader}}</mj-preview>
    <mj-raw><meta name="color-scheme" content="light" /></mj-raw>
  </mj-head>
  <mj-body>
{{content}}
    <mj-section>
      <mj-column>
        <mj-raw>{{#each notices}}</mj-raw>
        <mj-text>{{this.text}}</mj-text>
        <mj-raw>{{/each}}</mj-raw>
        <mj-text>{{sender.name}} · {{sender.postal_address}}</mj-text>
        <mj-raw>{{#if unsubscribe_url}}</mj-raw>
        <mj-text><a href="{{url preferences_url}}">{{#is language "es"}}Preferencias{{else}}Preferences{{/is}}</a> · <a href="{{url unsubscribe_url}}">{{#is language "es"}}Darme de baja{{else}}Unsubscribe{{/is}}</a></mj-text>
        <mj-raw>{{/if}}</mj-raw>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`,
};

interface Checked {
  readonly templates: Readonly<Record<string, MessageTemplate>>;
  readonly settings: SettingsFile;
  readonly workflows: readonly { readonly source: WorkflowSource }[];
}

/**
 * Every message needs words in every language of the project, for each channel that it goes by; a subject where that
 * is e-mail; and subjects only for tones that exist.
 */
export function checkTemplates(
  { templates, settings, workflows }: Checked,
  tones: readonly string[],
  read: readonly ReadFile[],
): Problem[] {
  const sent = sentBy(workflows);
  return Object.values(templates).flatMap((template) => [
    ...wantedChannels(template, sent.get(template.id)).flatMap((channel) =>
      settings.languages
        .filter((language) => !(channel === 'email' ? template.email : template.texts[channel])[language])
        .map((language) => missing(template, channel, language)),
    ),
    ...withoutSubject(template, read),
    ...Object.entries(template.subject).flatMap(([tone, texts]) => {
      const unknown = `there is no tone called "${tone}"${orMeant(tone, tones)}`;
      const absent = settings.languages.filter((language) => texts[language] === undefined);
      return [
        ...(tones.includes(tone) ? [] : [unknown]),
        ...absent.map((language) => `the subject for tone "${tone}" is missing in "${language}"`),
      ].map((message) => atMessage(template, ['subject', tone], message, read));
    }),
  ]);
}

function sentBy(workflows: Checked['workflows']): ReadonlyMap<string, ReadonlySet<ChannelName>> {
  const sent = new Map<string, Set<ChannelName>>();
  for (const { step } of workflows.flatMap(({ source }) => everyStep(source.steps))) {
    const sending = sendingOf(step);
    if (!sending) continue;
    const known = sent.get(sending.message) ?? [];
    sent.set(sending.message, new Set([...known, ...sending.channels]));
  }
  return sent;
}

/** Those it has words for in some language, and those by which it is sent; only a webhook may do without words. */
function wantedChannels(
  template: MessageTemplate,
  sent: ReadonlySet<ChannelName> = new Set(),
): ChannelName[] {
  const written = channelsOf(template);
  const asked = [...sent].filter((channel) => channel !== 'webhook');
  const wanted = new Set([...written, ...asked]);
  return wanted.size > 0 || sent.has('webhook') ? [...wanted] : ['email'];
}

function withoutSubject(template: MessageTemplate, read: readonly ReadFile[]): Problem[] {
  if (!channelsOf(template).includes('email') || Object.keys(template.subject).length > 0) return [];
  const message = 'an e-mail needs a subject; write "subject: { <tone>: … }"';
  return [atMessage(template, ['message'], message, read)];
}

function missing({ id }: MessageTemplate, channel: ChannelName, language: string): Problem {
  const by = channel === 'email' ? '' : ` for ${channel}`;
  return {
    file: wordsFile(id, channel, language),
    line: 1,
    column: 1,
    message: `message "${id}" has no words${by} in "${language}": this file is missing`,
    severity: 'error',
  };
}

function atMessage({ id }: MessageTemplate, path: Path, message: string, read: readonly ReadFile[]): Problem {
  const file = `templates/${id}/message.yaml`;
  const yaml = read.find((one) => one.file === file)?.yaml;
  const position = yaml?.positionOf(path, 'key') ?? { line: 1, column: 1 };
  return { file, ...position, message, severity: 'error' };
}

function perLanguage(text: Text): Readonly<Record<string, string>> {
  return typeof text === 'string' ? Object.fromEntries(LANGUAGES.map((language) => [language, text])) : text;
}
