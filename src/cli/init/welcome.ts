/** The workflow that every new project has. */
import { letter, type MessageText, type WorkflowText } from './kind.ts';

export const welcome: WorkflowText = {
  id: 'welcome',
  title: { en: 'Welcome', es: 'Bienvenida' },
  describe: {
    en: 'Says who we are, and three days later what we are good for. Two mails, no more.',
    es: 'Cuenta quiénes somos y, a los tres días, en qué ayudamos. Dos correos y nada más.',
  },
  body: `purpose: promotion
when_edited: finish_old

enter_when:
  event: newsletter_joined
re_enter: never

exit_when: # leaves at once, whatever step the contact is in
  - event: [unsubscribed, consent_withdrawn]

steps:
  - wait: 10 minutes
  - wait_until: { hours: sending }
  - send_email: welcome_hello

  - wait: 3 days
  - wait_until: { hours: sending, spread: 15 minutes }
  - branch:
      - name: Already a customer
        when:
          - stage: [experience, loyalty]
        steps:
          - exit: knows us already
      - otherwise:
          - send_email: welcome_help

  - update_contact: { welcomed: true }
  - exit: welcomed`,
  tests: `- name: Somebody new gets two mails
  given:
    - { at: start, event: newsletter_joined, with: { source: footer } }
  expect:
    - { at: +10 minutes, email: welcome_hello, contains: [Ana], tone: friendly }
    - { at: +3 days 10 minutes, email: welcome_help }
    - { field: welcomed, is: true }
    - { exit: welcomed }
    - no_more_messages: true

- name: Who unsubscribes gets nothing more
  given:
    - { at: start, event: newsletter_joined, with: { source: footer } }
    - { at: +1 day, event: unsubscribed, with: { channel: email } }
  expect:
    - { email: welcome_hello }
    - { at: +1 day, exit: unsubscribed }
    - no_more_messages: true

- name: Who is upset is not sold to
  given:
    - { at: -1 day, event: complaint_opened, with: { topic: delivery } }
    - { at: start, event: newsletter_joined, with: { source: footer } }
  expect:
    - { at: start, mood: upset }
    - { at: +10 minutes, held_back: welcome_hello, because: upset }
    - no_more_messages: true`,
};

export const welcomeMessages: readonly MessageText[] = [
  {
    id: 'welcome_hello',
    purpose: 'promotion',
    subject: { en: 'Hello from {{sender.name}}', es: 'Un saludo de {{sender.name}}' },
    preheader: { en: 'Who we are, and how little we write.', es: 'Quiénes somos y lo poco que escribimos.' },
    body: {
      en: letter(
        'Good to meet you',
        [
          'This is {{sender.name}}. Tell here in two sentences who you are and what you do.',
          'We write little, and only with something useful.',
        ],
        'See what we do',
      ),
      es: letter(
        '{{#formal}}Un gusto saludarle{{else}}Qué gusto conocerte{{/formal}}',
        [
          'Somos {{sender.name}}. Cuenta aquí en dos frases quiénes sois y qué hacéis.',
          'Escribimos poco, y solo cuando hay algo útil que contar.',
        ],
        'Ver qué hacemos',
      ),
    },
  },
  {
    id: 'welcome_help',
    purpose: 'promotion',
    subject: { en: 'How to choose', es: 'Cómo elegir' },
    preheader: { en: 'Three things that help.', es: 'Tres cosas que ayudan.' },
    body: {
      en: letter('How to choose', [
        'Write here what you tell people who ask in person. One thought is enough.',
        'Any question? Reply to this mail. A person answers.',
      ]),
      es: letter('Cómo elegir', [
        'Escribe aquí lo que contáis a quien pregunta en persona. Una idea basta.',
        '¿Alguna pregunta? {{#formal}}Responda{{else}}Responde{{/formal}} a este correo: contesta una persona.',
      ]),
    },
  },
];
