/** Services: somebody asks for an offer, and work is done. */
import { letter, type Kind } from './kind.ts';
import { questionAfter, questionMessage } from './question.ts';
import { welcome, welcomeMessages } from './welcome.ts';

export const services: Kind = {
  stages: {
    consideration: 'event: service_viewed\nat_least: 2\nwithin: 30 days',
    decision_words: { en: 'Has asked for an offer.', es: 'Ha pedido un presupuesto.' },
    decision: 'event: quote_requested\nwithin: 30 days',
    experience: 'event: [service_booked, service_completed]',
    loyalty: 'event: service_completed\nat_least: 2\nwithin: 1 year',
  },
  segments: [
    {
      id: 'regulars',
      title: { en: 'Regulars', es: 'Clientes habituales' },
      when: 'event: service_completed\nat_least: 2\nwithin: 1 year',
    },
    {
      id: 'quiet_customers',
      title: { en: 'Quiet for half a year', es: 'Medio año sin venir' },
      when: `- event: service_completed
- event: service_completed
  which: last
  not_within: 180 days`,
    },
  ],
  fields: 'welcomed: { type: boolean }\nneeds_call: { type: boolean }\nquote_lost: { type: boolean }',
  events: `service_viewed: { properties: { name: text, url: text } }
quote_requested: { properties: { topic: text } }
quote_sent: { properties: { topic: text, amount: number } }
service_booked: { properties: { topic: text, amount: number } }
service_completed: { properties: { topic: text } }`,
  map: {
    looks: 'service_viewed',
    decides: 'quote_requested',
    reminder: 'open_offer',
    becomes: 'service_booked',
    question: 'after_service',
    regulars: 'regulars',
  },
  workflows: [
    welcome,
    {
      id: 'open_offer',
      title: { en: 'An open offer', es: 'Un presupuesto pendiente' },
      describe: {
        en: 'Asks once whether the offer leaves a question open; then a person calls.',
        es: 'Pregunta una vez si queda alguna duda del presupuesto; después llama una persona.',
      },
      body: `purpose: service
when_edited: finish_old

enter_when:
  event: quote_sent
re_enter: always

exit_when:
  - event: service_booked
goal: { event: service_booked, within: 30 days }

steps:
  - wait: 3 days
  - wait_until: { hours: sending, spread: 15 minutes }
  - send_email: offer_questions
  - wait_for: { event: service_booked }
    up_to: 7 days
    if_not:
      - wait_until: { hours: support }
      - tell_team: '{{default first_name "Somebody"}} ({{email}}) has not answered the offer: a call may help.'
      - update_contact: { quote_lost: true }
  - exit: offer followed up`,
      tests: `- name: No answer leads to a call
  given:
    - { at: start, event: quote_sent, with: { topic: garden, amount: 400 } }
  expect:
    - { at: +3 days, email: offer_questions, contains: [Ana] }
    - { calls: team, contains: a call may help }
    - { field: quote_lost, is: true }
    - { exit: offer followed up }
    - no_more_messages: true

- name: Who books is left alone
  given:
    - { at: start, event: quote_sent, with: { topic: garden, amount: 400 } }
    - { at: +2 days, event: service_booked, with: { topic: garden, amount: 400 } }
  expect:
    - { at: +2 days, exit: service_booked }
    - { at: +2 days, stage: experience }
    - no_more_messages: true`,
    },
    questionAfter({
      id: 'after_service',
      title: { en: 'After the service', es: 'Después del servicio' },
      event: 'service_completed',
      wait: '2 days',
      exits: '',
    }),
  ],
  messages: [
    ...welcomeMessages,
    {
      id: 'offer_questions',
      purpose: 'service',
      subject: { en: 'Any question about our offer?', es: '¿Alguna duda sobre el presupuesto?' },
      preheader: { en: 'A short reply is enough.', es: 'Basta una respuesta corta.' },
      body: {
        en: letter('Any question left?', [
          'We sent an offer a few days ago. If something is unclear, reply to this mail and we will sort it out.',
        ]),
        es: letter('¿Queda alguna duda?', [
          'Enviamos un presupuesto hace unos días. Si algo no está claro, {{#formal}}responda{{else}}responde{{/formal}} a este correo y lo vemos.',
        ]),
      },
    },
    questionMessage,
  ],
};
