/** Every file of a new project, by its path. */
import type { Answers, KindName, Language } from './answers.ts';
import { inLanguages } from './in-languages.ts';
import { indented, journeyFiles, type Files } from './journey-files.ts';
import type { Kind, MessageText, WorkflowText } from './kind.ts';
import { services } from './services.ts';
import { shop } from './shop.ts';
import { subscription } from './subscription.ts';

const kinds: Readonly<Record<KindName, Kind>> = { shop, subscription, services };

export function projectFiles(answers: Answers, year: number): Files {
  const kind = kinds[answers.kind];
  return {
    ...journeyFiles(answers, kind, year),
    ...layoutFiles(answers),
    ...joined(kind.workflows.map((one) => workflowFiles(one, answers))),
    ...joined(kind.messages.map((one) => messageFiles(one, answers))),
    '.gitignore':
      '# schemas for the editor, and the database of a machine without one: "etapa schema" makes them anew\n.etapa/\n',
  };
}

function joined(parts: readonly Files[]): Files {
  return Object.fromEntries(parts.flatMap((files) => Object.entries(files)));
}

function workflowFiles({ id, title, describe, body, tests }: WorkflowText, { languages }: Answers): Files {
  const t = inLanguages(languages);
  return {
    [`workflows/${id}.yaml`]: `# yaml-language-server: $schema=../.etapa/schema/workflow.json
version: 1
workflow: ${id}
title: ${t(title.en, title.es)}
describe: ${t(describe.en, describe.es)}
status: live
${body}
`,
    [`workflows/tests/${id}.test.yaml`]: `# yaml-language-server: $schema=../../.etapa/schema/tests.json
version: 1
workflow: ${id}
defaults:
  start: 2027-03-10 11:00 # a Wednesday
  contact:
    { email: ana@example.com, first_name: Ana, time_zone: Europe/Madrid, consent: [email] }

tests:
${indented(tests, 2)}
`,
  };
}

function messageFiles(message: MessageText, { languages, sender }: Answers): Files {
  const t = inLanguages(languages);
  const { id, purpose, survey, subject, preheader, body } = message;
  const website = `https://${sender.split('@')[1] ?? 'example.com'}`;
  const words = languages.map((language): [string, string] => [
    `templates/${id}/email.${language}.mjml`,
    `<mj-section>
  <mj-column>
${indented(body[language].replaceAll('WEBSITE', website), 4)}
  </mj-column>
</mj-section>
`,
  ]);
  return {
    [`templates/${id}/message.yaml`]: `# yaml-language-server: $schema=../../.etapa/schema/message.json
version: 1
message: ${id}
purpose: ${purpose}
${survey === undefined ? '' : `survey: ${survey}\n`}subject:
  friendly: ${t(subject.en, subject.es)}
preheader: ${t(preheader.en, preheader.es)}
`,
    ...Object.fromEntries(words),
  };
}

function layoutFiles({ languages }: Answers): Files {
  return Object.fromEntries(
    languages.map((language) => [`templates/layout/email.${language}.mjml`, layout(language)]),
  );
}

const LAYOUT_WORDS = {
  en: {
    asked: 'You receive this because you asked for news from us.',
    service: 'You receive this because you are our customer. It is not advertising.',
    leave: 'Unsubscribe',
    choose: 'Preferences',
  },
  es: {
    asked: 'Este correo llega porque se pidieron nuestras noticias.',
    service: 'Este correo llega por ser cliente nuestro. No es publicidad.',
    leave: 'Darme de baja',
    choose: 'Preferencias',
  },
} as const;

function layout(language: Language): string {
  const { asked, service, leave, choose } = LAYOUT_WORDS[language];
  return `<mjml lang="${language}">
  <mj-head>
    <mj-preview>{{preheader}}</mj-preview>
    <mj-raw><meta name="color-scheme" content="light" /></mj-raw>
    <mj-attributes>
      <mj-all font-family="Helvetica,Arial,sans-serif" />
      <mj-text font-size="16px" line-height="26px" color="#1e293b" padding="0 32px 16px" />
      <mj-button background-color="#0f766e" color="#ffffff" font-size="16px" font-weight="700" border-radius="8px" inner-padding="14px 26px" align="left" padding="4px 32px 24px" />
      <mj-class name="headline" padding="28px 32px 18px" />
      <mj-class name="foot" font-size="13px" line-height="20px" color="#475569" align="center" padding="0 24px 8px" />
    </mj-attributes>
  </mj-head>
  <mj-body width="600px" background-color="#f1f5f9">
    <mj-section padding="28px 0 18px">
      <mj-column>
        <mj-text align="center" font-size="22px" line-height="28px" font-weight="700" padding="0 24px">{{sender.name}}</mj-text>
      </mj-column>
    </mj-section>
    <mj-wrapper background-color="#ffffff" border-radius="14px" padding="0 0 16px">
{{content}}
    </mj-wrapper>
    <mj-section padding="24px 0 32px">
      <mj-column>
        <mj-raw>{{#if unsubscribe_url}}</mj-raw>
        <mj-text mj-class="foot">${asked}<br /><a href="{{url preferences_url}}" style="color:#475569;text-decoration:underline;display:inline-block;padding:10px 8px">${choose}</a> <a href="{{url unsubscribe_url}}" style="color:#475569;text-decoration:underline;display:inline-block;padding:10px 8px">${leave}</a></mj-text>
        <mj-raw>{{else}}</mj-raw>
        <mj-text mj-class="foot">${service}</mj-text>
        <mj-raw>{{/if}}</mj-raw>
        <mj-text mj-class="foot">{{sender.name}} &middot; {{sender.postal_address}}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
}
