import type { Text } from '../core/schema.ts';
import type { MessageFile } from './files/message-file.ts';
import type { SettingsFile } from './files/settings-file.ts';
import { orMeant } from './did-you-mean.ts';
import type { Problem } from './problem.ts';
import type { ProjectFiles } from './read-files.ts';

export interface TemplateFile {
  readonly file: string;
  readonly text: string;
}

/** One message with its words in each language. */
export interface MessageTemplate {
  readonly id: string;
  readonly purpose: 'promotion' | 'service';
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
  <mj-head><mj-preview>{{preheader}}</mj-preview></mj-head>
  <mj-body>
{{content}}
    <mj-section>
      <mj-column>
        <mj-text>{{sender.name}} · {{sender.postal_address}}</mj-text>
        <mj-raw>{{#if unsubscribe_url}}</mj-raw>
        <mj-text><a href="{{url unsubscribe_url}}">{{#is language "es"}}Darme de baja{{else}}Unsubscribe{{/is}}</a></mj-text>
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
): Problem[] {
  return Object.values(templates).flatMap((template) => [
    ...settings.languages
      .filter((language) => !template.email[language])
      .map((language) => missing(template, language)),
    ...Object.keys(template.subject)
      .filter((tone) => !tones.includes(tone))
      .map((tone) => unknownTone(template, tone, tones)),
    ...Object.entries(template.subject).flatMap(([tone, texts]) =>
      settings.languages
        .filter((language) => texts[language] === undefined)
        .map((language) => noSubject(template, tone, language)),
    ),
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

function unknownTone({ id }: MessageTemplate, tone: string, tones: readonly string[]): Problem {
  const message = `there is no tone called "${tone}"${orMeant(tone, tones)}`;
  return { file: `templates/${id}/message.yaml`, line: 1, column: 1, message, severity: 'error' };
}

function noSubject({ id }: MessageTemplate, tone: string, language: string): Problem {
  const message = `the subject for tone "${tone}" is missing in "${language}"`;
  return { file: `templates/${id}/message.yaml`, line: 1, column: 1, message, severity: 'error' };
}

function perLanguage(text: Text): Readonly<Record<string, string>> {
  return typeof text === 'string' ? Object.fromEntries(LANGUAGES.map((language) => [language, text])) : text;
}
