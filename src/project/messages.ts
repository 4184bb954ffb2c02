import type { MessagePlan } from '../core/messages/message.ts';
import type { Text } from '../core/schema.ts';
import type { MessageFile } from './files/message-file.ts';
import type { SettingsFile } from './files/settings-file.ts';
import { orMeant } from './did-you-mean.ts';
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
    const body = templateFile(files, `templates/${message.message}/email.${language}.mjml`);
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
      Object.entries(message.subject).map(([tone, text]) => [tone, perLanguage(text)]),
    ),
    preheader: message.preheader === undefined ? {} : perLanguage(message.preheader),
    email: Object.fromEntries(email),
  };
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

/** Every message needs words in every language of the project, and subjects only for tones that exist. */
export function checkTemplates(
  templates: Readonly<Record<string, MessageTemplate>>,
  settings: SettingsFile,
  tones: readonly string[],
  read: readonly ReadFile[],
): Problem[] {
  return Object.values(templates).flatMap((template) => [
    ...settings.languages
      .filter((language) => !template.email[language])
      .map((language) => missing(template, language)),
    ...Object.entries(template.subject).flatMap(([tone, texts]) => {
      const unknown = `there is no tone called "${tone}"${orMeant(tone, tones)}`;
      const absent = settings.languages.filter((language) => texts[language] === undefined);
      return [
        ...(tones.includes(tone) ? [] : [unknown]),
        ...absent.map((language) => `the subject for tone "${tone}" is missing in "${language}"`),
      ].map((message) => atSubject(template, tone, message, read));
    }),
  ]);
}

function missing(template: MessageTemplate, language: string): Problem {
  const file = `templates/${template.id}/email.${language}.mjml`;
  return {
    file,
    line: 1,
    column: 1,
    message: `message "${template.id}" has no words in "${language}": this file is missing`,
    severity: 'error',
  };
}

function atSubject(
  { id }: MessageTemplate,
  tone: string,
  message: string,
  read: readonly ReadFile[],
): Problem {
  const file = `templates/${id}/message.yaml`;
  const yaml = read.find((one) => one.file === file)?.yaml;
  const position = yaml?.positionOf(['subject', tone], 'key') ?? { line: 1, column: 1 };
  return { file, ...position, message, severity: 'error' };
}

function perLanguage(text: Text): Readonly<Record<string, string>> {
  return typeof text === 'string' ? Object.fromEntries(LANGUAGES.map((language) => [language, text])) : text;
}
