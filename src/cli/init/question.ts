/** The question that each kind of business asks a while after it has done its work. */
import { letter, SCORES, type MessageText, type WorkflowText } from './kind.ts';

interface Asking {
  readonly id: string;
  readonly title: WorkflowText['title'];
  readonly event: string;
  /** Until the question is asked. */
  readonly wait: string;
  /** Ways out, as lines of YAML. */
  readonly exits: string;
}

export function questionAfter({ id, title, event, wait, exits }: Asking): WorkflowText {
  return {
    id,
    title,
    describe: {
      en: 'One question when there has been time to form an opinion. Whoever is unhappy hears from a person.',
      es: 'Una pregunta cuando ya ha habido tiempo de opinar. A quien no está contento le llama una persona.',
    },
    body: `purpose: service
when_edited: finish_old

enter_when:
  event: ${event}
re_enter: { after: 60 days }

${exits}steps:
  - wait: ${wait}
  - wait_until: { hours: sending, spread: 15 minutes }
  - ask: how_was_it
    up_to: 5 days # goes on at once when the answer comes
    if_not:
      - exit: did not answer
    id: question
  - branch:
      - name: Not happy
        when:
          - event: survey_answered
            where: { survey: satisfaction, score: { at_most: 2 } }
            since: entry
        steps:
          - tell_team: >-
              {{default first_name "Somebody"}} ({{email}}) was not happy and should hear from a person.
          - update_contact: { needs_call: true }
  - exit: answered`,
    tests: `- name: Who is not happy hears from a person
  given:
    - { at: start, event: ${event} }
    - { at: +${wait} 3 hours, survey: satisfaction, score: 1, with: { message: how_was_it } }
  expect:
    - { at: +${wait}, email: how_was_it, tone: friendly }
    - { at: +${wait} 3 hours, calls: team, contains: should hear from a person }
    - { field: needs_call, is: true }
    - { exit: answered }
    - no_more_messages: true

- name: Who does not answer is left in peace
  given:
    - { at: start, event: ${event} }
  expect:
    - { email: how_was_it }
    - { exit: did not answer }
    - no_more_messages: true`,
  };
}

export const questionMessage: MessageText = {
  id: 'how_was_it',
  purpose: 'service',
  survey: 'satisfaction',
  subject: { en: 'How was it?', es: '¿Qué tal fue?' },
  preheader: { en: 'From 1 to 5, two seconds.', es: 'Del 1 al 5, dos segundos.' },
  body: {
    en: letter('How was it?', ['From 1 (bad) to 5 (great): how are things so far?', SCORES]),
    es: letter('¿Qué tal fue?', ['Del 1 (mal) al 5 (estupendo): ¿qué tal hasta ahora?', SCORES]),
  },
};
