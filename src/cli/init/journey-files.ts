/** The files of a new project that say who we are, how we speak and when. */
import type { Answers } from './answers.ts';
import { inLanguages, quoted, type InLanguages } from './in-languages.ts';
import type { Kind } from './kind.ts';

export type Files = Readonly<Record<string, string>>;

/** `year`: the one in which the project begins; its holidays and those of the next are written. */
export function journeyFiles(answers: Answers, kind: Kind, year: number): Files {
  const t = inLanguages(answers.languages);
  return {
    'etapa.yaml': settings(answers),
    'workflows/journey/stages.yaml': stages(kind, t),
    'workflows/journey/segments.yaml': segments(kind, t),
    'workflows/journey/tone.yaml': tone(t),
    'workflows/journey/hours.yaml': hours(t, year),
    'workflows/journey/data.yaml': data(kind),
    'workflows/journey/map.yaml': map(answers, kind, t),
  };
}

function settings({ name, languages, time_zone, currency, sender, address }: Answers): string {
  return `# yaml-language-server: $schema=.etapa/schema/etapa.json
version: 1
name: ${quoted(name)}
languages: [${languages.join(', ')}] # the first is used when a contact's language is not known
time_zone: ${time_zone} # used when a contact's zone is not known
currency: ${currency}
from: { name: ${quoted(name)}, email: ${quoted(sender)} }
team: { email: ${quoted(sender)} } # whom "tell_team" writes to
postal_address: ${quoted(address)}

limits:
  promotions: { messages: 3, per: 7 days }
  any: { messages: 3, per: 1 day }
ignore_triggers_older_than: 24 hours # late or imported events update the profile, and start nothing
`;
}

function stages({ stages: rules }: Kind, t: InLanguages): string {
  return `# yaml-language-server: $schema=../../.etapa/schema/stages.json
version: 1
order: furthest_match_wins # a contact stands in the last stage of this list whose rule holds
may_go_back: true

stages:
  - id: awareness
    title: ${t('Awareness', 'Conciencia')}
    describe: ${t('Has met us, and shows no clear interest yet.', 'Nos conoce y todavía no muestra interés claro.')}
    start_here: true # every new contact begins here

  - id: consideration
    title: ${t('Consideration', 'Consideración')}
    describe: ${t('Is looking around and comparing.', 'Está mirando y comparando.')}
    enter_when:
${indented(rules.consideration, 6)}
    stay_at_least: 2 days

  - id: decision
    title: ${t('Decision', 'Decisión')}
    describe: ${t(rules.decision_words.en, rules.decision_words.es)}
    enter_when:
${indented(rules.decision, 6)}
    stay_at_least: 1 day

  - id: experience
    title: ${t('Experience', 'Experiencia')}
    describe: ${t('Is a customer, and is getting to know what we do.', 'Ya es cliente y está conociendo lo que hacemos.')}
    enter_when:
${indented(rules.experience, 6)}

  - id: loyalty
    title: ${t('Loyalty', 'Fidelización')}
    describe: ${t('Comes back by choice.', 'Vuelve porque quiere.')}
    enter_when: # a list means: all of these
${indented(rules.loyalty, 6)}
    stay_at_least: 3 days
`;
}

function segments({ segments: own }: Kind, t: InLanguages): string {
  return `# yaml-language-server: $schema=../../.etapa/schema/segments.json
version: 1

segments: # whoever fulfils the rule is in it, from the very moment to the very moment
  newsletter_readers:
    title: ${t('Newsletter readers', 'Quienes leen el boletín')}
    when:
      - event: newsletter_joined
      - field: consent.email
        is: true

${own
  .map(
    ({ id, title, when }) => `  ${id}:
    title: ${t(title.en, title.es)}
    when:
${indented(when, 6)}`,
  )
  .join('\n\n')}
`;
}

function tone(t: InLanguages): string {
  return `# yaml-language-server: $schema=../../.etapa/schema/tone.json
version: 1
voice: # for whoever writes
  formality: { en: casual, es: tu }
  never_say: ['last chance', 'act now', 'última oportunidad', 'no te lo pierdas']
  max_exclamation_marks: 1
  max_words_per_sentence: 22

moods: # from what happened; the first that holds
  - id: upset
    when:
      any:
        - event: complaint_opened
          within: 14 days
        - event: survey_answered
          where: { survey: satisfaction, score: { at_most: 2 } }
          within: 30 days
    ends_when: { event: complaint_solved }
  - id: delighted
    when:
      event: survey_answered
      where: { survey: satisfaction, score: { at_least: 5 } }
      within: 90 days
  - otherwise: calm_waters

tones:
  friendly:
    describe: ${t('Warm and short.', 'Cercano y breve.')}
    greeting: ${t('Hi{{#if first_name}} {{first_name}}{{/if}},', 'Hola{{#if first_name}}, {{first_name}}{{/if}}:')}
    sign_off: ${t('Until soon', 'Hasta pronto')}
    emoji: allowed
  calm:
    describe: ${t('Serious and thankful. No selling.', 'Serio y agradecido. Sin vender nada.')}
    formality: { es: usted }
    greeting: ${t('Hello{{#if first_name}} {{first_name}}{{/if}},', 'Hola{{#if first_name}}, {{first_name}}{{/if}}:')}
    sign_off: ${t('We are here to help', 'Estamos para ayudarle')}
    emoji: avoid
    max_exclamation_marks: 0
    falls_back_to: friendly # for messages that have no words of their own in this tone

rules: # the first that fits is used
  - name: ${t('Somebody is upset', 'Alguien está molesto')}
    when: { mood: upset }
    use: calm
    hold_back: [promotions, surveys]
  - otherwise: friendly
`;
}

function hours(t: InLanguages, year: number): string {
  const years = [year, year + 1];
  const holidays = years.flatMap((one) => [
    ...(one === year
      ? []
      : [`      - { from: ${one}-01-01, hours: closed, name: ${t('New Year', 'Año Nuevo')} }`]),
    `      - { from: ${one}-12-25, hours: closed, name: ${t('Christmas', 'Navidad')} }`,
  ]);
  return `# yaml-language-server: $schema=../../.etapa/schema/hours.json
version: 1
calendars: # by the clock of each contact
  sending:
    title: ${t('When we may write', 'Cuándo podemos escribir')}
    open:
      weekdays: 09:00-20:00
      weekends: 10:00-18:00
    special_days:
${holidays.join('\n')}

  support:
    title: ${t('Customer service', 'Atención al cliente')}
    open:
      weekdays: 09:00-18:00
      weekends: closed
    special_days:
${holidays.join('\n')}
`;
}

function data({ fields, events }: Kind): string {
  return `# yaml-language-server: $schema=../../.etapa/schema/data.json
version: 1

fields:
  email: { type: text, personal: true }
  first_name: { type: text, personal: true }
  last_name: { type: text, personal: true }
  language: { type: text, values: [en, es] }
  time_zone: { type: text } # IANA name, such as Europe/Madrid
  country: { type: text }
  # written by our own workflows
${indented(fields, 2)}

events:
${indented(events, 2)}

  # how people feel
  complaint_opened: { properties: { topic: text } }
  complaint_solved: { properties: { topic: text } }
  survey_answered: { properties: { survey: text, score: number, comment: text, message: text } }

  # who they are, and what they allow
  identified: { properties: { email: text, first_name: text, last_name: text, language: text } }
  newsletter_joined: { properties: { source: text } }
  consent_given: { properties: { channel: text } }
  consent_withdrawn: { properties: { channel: text } }
  unsubscribed: { properties: { channel: text, message: text } }
`;
}

function map({ name }: Answers, { map: planned }: Kind, t: InLanguages): string {
  return `# yaml-language-server: $schema=../../.etapa/schema/map.json
version: 1
map: our_journey
title: ${t(`The journey at ${name}`, `El recorrido en ${name}`)}

personas: # the first that fits
  - id: regular
    name: ${t('Somebody who comes back', 'Quien vuelve')}
    about: ${t('Knows us, and wants things to be quick.', 'Nos conoce y quiere que todo sea rápido.')}
    when:
      segment: ${planned.regulars}
    goals: [${t('The same again, without effort', 'Lo mismo otra vez, sin esfuerzo')}]
    worries: [${t('That something has changed', 'Que algo haya cambiado')}]
  - id: everyone_else
    name: ${t('Somebody we do not know yet', 'Alguien a quien aún no conocemos')}
    otherwise: true

stages:
  - stage: awareness
    customer_goal: ${t('Find out whether this is for them', 'Saber si esto es para ellos')}
    our_goal: { field: email, exists: true, share: 20 percent }
    doing: [${t('Hears of us', 'Oye hablar de nosotros')}, ${t('Looks at the first page', 'Mira la primera página')}]
    feeling: { expected: 0, words: ${t('curious', 'curiosidad')} }
    touchpoints:
      - { name: ${t('Newsletter form', 'Formulario del boletín')}, channel: web, measured_by: newsletter_joined }
      - { name: ${t('Welcome', 'Bienvenida')}, channel: email, workflow: welcome }

  - stage: consideration
    customer_goal: ${t('Choose between a few', 'Elegir entre unas pocas opciones')}
    our_goal: { moves_to: decision, within: 14 days, share: 30 percent }
    feeling: { expected: 0, words: ${t('interested', 'interés')} }
    touchpoints:
      - { name: ${t('Web', 'Web')}, channel: web, measured_by: ${planned.looks} }

  - stage: decision
    customer_goal: ${t('Be sure', 'Estar seguros')}
    our_goal: { moves_to: experience, within: 14 days, share: 35 percent }
    feeling: { expected: -1, words: ${t('unsure', 'dudas')} }
    touchpoints:
      - { name: ${t('The step before buying', 'El paso antes de comprar')}, channel: web, measured_by: ${planned.decides} }
      - { name: ${t('Reminder', 'Recordatorio')}, channel: email, workflow: ${planned.reminder} }
    moment_of_truth: true

  - stage: experience
    customer_goal: ${t('Get what was promised', 'Recibir lo prometido')}
    our_goal: { moves_to: loyalty, within: 90 days, share: 25 percent }
    feeling: { expected: 1, words: ${t('looking forward', 'ilusión')} }
    touchpoints:
      - { name: ${t('What they came for', 'Aquello por lo que vinieron')}, channel: service, measured_by: ${planned.becomes} }
      - { name: ${t('One question', 'Una pregunta')}, channel: email, workflow: ${planned.question} }

  - stage: loyalty
    customer_goal: ${t('Come back without starting over', 'Volver sin empezar de cero')}
    feeling: { expected: 2, words: ${t('at home', 'como en casa')} }
`;
}

export function indented(text: string, by: number): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}
