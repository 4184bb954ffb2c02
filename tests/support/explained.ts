/** A shop with one of each thing that can keep a message from somebody, for tests of what is said about it. */
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { messageFiles, projectFiles } from './projects.ts';

const JOURNEY = 'workflows/journey/';

export const EXPLAINED_FILES: ProjectFiles = projectFiles({
  ...messageFiles('reminder', 'promotion'),
  ...messageFiles('thanks', 'promotion'),
  ...messageFiles('receipt', 'service'),
  ...messageFiles('unsent', 'promotion'),
  [`${JOURNEY}data.yaml`]: `version: 1
fields:
  email: { type: text }
  first_name: { type: text }
  language: { type: text, values: [en, es] }
  time_zone: { type: text }
  birthday: { type: date }
  plan: { type: text, values: [free, club] }
  reminded: { type: boolean }
events:
  product_viewed: { properties: { product_id: text } }
  product_added: { properties: { product_id: text, name: text, price: number, quantity: number } }
  order_completed: { properties: { order_id: text, total: number } }
  complaint_opened: { properties: { topic: text } }
`,
  [`${JOURNEY}stages.yaml`]: `version: 1
stages:
  - { id: awareness, title: { en: Awareness, es: Conciencia }, start_here: true }
  - id: consideration
    enter_when: { event: product_viewed, at_least: 3, within: 14 days }
  - id: decision
    enter_when:
      - field: cart.value
        more_than: 0
      - event: product_added
        within: 10 days
    stay_at_least: 1 day
  - id: experience
    enter_when: { field: orders.count, at_least: 1 }
`,
  [`${JOURNEY}segments.yaml`]: `version: 1
segments:
  lookers: { title: { en: Lookers, es: Mirones }, when: { event: product_viewed, at_least: 2, within: 7 days } }
  club: { when: { field: plan, is: club } }
`,
  [`${JOURNEY}tone.yaml`]: `version: 1
moods:
  - id: upset
    when: { event: complaint_opened, within: 14 days }
  - otherwise: at_ease
tones:
  plain: { greeting: { en: 'Hi {{first_name}},', es: 'Hola, {{first_name}}:' } }
  calm: { formality: { es: usted } }
rules:
  - name: { en: Somebody is upset, es: Alguien está molesto }
    when: { mood: upset }
    use: calm
    hold_back: [promotions]
  - otherwise: plain
`,
  'workflows/reminding.yaml': `version: 1
workflow: reminding
purpose: promotion
enter_when: { event: product_added, where: { product_id: shoe } }
only_if:
  - field: cart.value
    at_least: 50
  - none:
      - mood: upset
re_enter: { after: 7 days }
exit_when:
  - event: order_completed
steps:
  - wait: 1 hour
  - send_email: reminder
  - update_contact: { reminded: true }
  - wait: 2 days
  - exit: reminded
`,
  'workflows/selling.yaml': `version: 1
workflow: selling
purpose: service
enter_when: { event: order_completed }
re_enter: { per: order_id }
steps:
  - send_email: receipt
`,
  'workflows/settling.yaml': `version: 1
workflow: settling
purpose: promotion
enter_when: { enters_stage: experience }
steps:
  - branch:
      - name: Club
        when: { field: plan, is: club }
        steps:
          - send_email: thanks
      - otherwise:
          - exit: not in the club
`,
  'workflows/birthday.yaml': `version: 1
workflow: birthday
purpose: promotion
enter_when: { date: birthday, every: year, at: 09:00 }
steps:
  - exit: kept
`,
  'workflows/returning.yaml': `version: 1
workflow: returning
purpose: promotion
enter_when:
  - event: product_viewed
    at_least: 2
    within: 7 days
only_if: { field: plan, is: club }
steps:
  - exit: came back
`,
  'workflows/leaving.yaml': `version: 1
workflow: leaving
purpose: promotion
enter_when: { event: product_viewed }
re_enter: always
exit_when: { field: cart.items, is: 0 }
steps:
  - exit: looked with a full cart
`,
  'workflows/calling.yaml': `version: 1
workflow: calling
purpose: promotion
status: paused
enter_when: manual
steps:
  - exit: called
`,
});
