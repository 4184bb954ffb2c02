/**
 * The project of all worlds, made so that what must come of events can be counted: each order owes one receipt at once, each
 * product in a cart one offer a second later, to whoever may have promotions.
 */
import type { ProjectFiles } from '../../../src/project/read-files.ts';
import { messageFiles, projectFiles } from '../../support/projects.ts';

/** By the event that starts it: the workflow, which sends one message each time. */
export const STARTED_BY = { order_completed: 'selling', product_added: 'offering' } as const;

const SETTINGS = `${projectFiles()['etapa.yaml']}track_opens_and_clicks: true\n`;

export const LOAD_PROJECT: ProjectFiles = projectFiles({
  'etapa.yaml': SETTINGS,
  ...messageFiles('offer', 'promotion'),
  ...messageFiles('receipt', 'service'),
  'templates/offer/email.en.mjml': `<mj-section>
  <mj-column>
    <mj-text>Your cart is worth {{money cart.value}}.</mj-text>
    <mj-button href="https://shop.example/cart">To your cart</mj-button>
  </mj-column>
</mj-section>
`,
  'workflows/offering.yaml': `version: 1
workflow: offering
purpose: promotion
enter_when: { event: product_added }
re_enter: always
steps:
  - wait: 1 second
  - send_email: offer
`,
  'workflows/selling.yaml': `version: 1
workflow: selling
purpose: service
enter_when: { event: order_completed }
re_enter: always
steps:
  - send_email: receipt
`,
});
