/** A subscription: a trial, then a plan. */
import { letter, type Kind } from './kind.ts';
import { questionAfter, questionMessage } from './question.ts';
import { welcome, welcomeMessages } from './welcome.ts';

const STAYS = `- event: subscription_started
- none:
    - event: subscription_cancelled
      after: subscription_started`;

export const subscription: Kind = {
  stages: {
    consideration: 'event: pricing_viewed\nwithin: 30 days',
    decision_words: { en: 'Is trying it out.', es: 'Lo está probando.' },
    decision: 'event: trial_started\nwithin: 21 days',
    experience: STAYS,
    loyalty: `${STAYS}
- event: subscription_started
  which: last
  not_within: 180 days`,
  },
  segments: [
    { id: 'subscribers', title: { en: 'Subscribers', es: 'Suscriptores' }, when: STAYS },
    {
      id: 'regulars',
      title: { en: 'With us for half a year', es: 'Medio año con nosotros' },
      when: `- segment: subscribers
- event: subscription_started
  which: last
  not_within: 180 days`,
    },
  ],
  fields: 'welcomed: { type: boolean }\nneeds_call: { type: boolean }\ntrial_ended: { type: boolean }',
  events: `pricing_viewed: { properties: { url: text } }
trial_started: { properties: { plan: text } }
feature_used: { properties: { name: text } }
subscription_started: { properties: { plan: text, price: number } }
subscription_cancelled: { properties: { reason: text } }`,
  map: {
    looks: 'pricing_viewed',
    decides: 'trial_started',
    reminder: 'trial',
    becomes: 'subscription_started',
    question: 'first_month',
    regulars: 'regulars',
  },
  workflows: [
    welcome,
    {
      id: 'trial',
      title: { en: 'The trial', es: 'El periodo de prueba' },
      describe: {
        en: 'Helps with the first steps, and says before the trial of 14 days ends.',
        es: 'Ayuda con los primeros pasos y avisa antes de que acaben los 14 días de prueba.',
      },
      body: `purpose: service
when_edited: finish_old

enter_when:
  event: trial_started
re_enter: never

exit_when:
  - event: subscription_started
goal: { event: subscription_started, within: 30 days }

steps:
  - wait: 2 days
  - wait_until: { hours: sending, spread: 15 minutes }
  - branch:
      - name: Has not begun
        when:
          - event: feature_used
            since: entry
            times: 0
        steps:
          - send_email: trial_first_steps

  - wait: 9 days
  - wait_until: { hours: sending, spread: 15 minutes }
  - send_email: trial_ends_soon

  - wait_for: { event: subscription_started }
    up_to: 7 days
    if_not:
      - update_contact: { trial_ended: true }
  - exit: trial over`,
      tests: `- name: Who has not begun is helped, and told before the end
  given:
    - { at: start, event: trial_started, with: { plan: team } }
  expect:
    - { at: start, stage: decision }
    - { at: +2 days, email: trial_first_steps }
    - { at: +11 days, email: trial_ends_soon }
    - { field: trial_ended, is: true }
    - { exit: trial over }
    - no_more_messages: true

- name: Who uses it and subscribes is left alone
  given:
    - { at: start, event: trial_started, with: { plan: team } }
    - { at: +1 day, event: feature_used, with: { name: report } }
    - { at: +3 days, event: subscription_started, with: { plan: team } }
  expect:
    - { at: +3 days, exit: subscription_started }
    - { at: +3 days, stage: experience }
    - no_more_messages: true`,
    },
    questionAfter({
      id: 'first_month',
      title: { en: 'The first month', es: 'El primer mes' },
      event: 'subscription_started',
      wait: '28 days',
      exits: 'exit_when:\n  - event: subscription_cancelled\n\n',
    }),
  ],
  messages: [
    ...welcomeMessages,
    {
      id: 'trial_first_steps',
      purpose: 'service',
      subject: { en: 'The first step takes two minutes', es: 'El primer paso son dos minutos' },
      preheader: { en: 'Where to begin.', es: 'Por dónde empezar.' },
      body: {
        en: letter(
          'Where to begin',
          ['Tell here the one thing that shows best what you do. One step, one link.'],
          'Begin',
        ),
        es: letter(
          'Por dónde empezar',
          ['Cuenta aquí lo que mejor enseña lo que hacéis. Un paso, un enlace.'],
          'Empezar',
        ),
      },
    },
    {
      id: 'trial_ends_soon',
      purpose: 'service',
      subject: { en: 'Your trial ends in three days', es: 'La prueba termina en tres días' },
      preheader: { en: 'What happens then.', es: 'Qué pasa después.' },
      body: {
        en: letter(
          'Three days left',
          [
            'Your trial ends in three days. Nothing is charged by itself.',
            'If something is missing, reply to this mail.',
          ],
          'See the plans',
        ),
        es: letter(
          'Quedan tres días',
          [
            'La prueba termina en tres días. No se cobra nada por sí solo.',
            'Si falta algo, {{#formal}}responda{{else}}responde{{/formal}} a este correo.',
          ],
          'Ver los planes',
        ),
      },
    },
    questionMessage,
  ],
};
