import type { ProjectFiles } from '../../src/project/read-files.ts';

/** The smallest project: one stage, plain words. Further files are added or put in place of these. */
export function projectFiles(more: ProjectFiles = {}): ProjectFiles {
  return {
    'etapa.yaml': `version: 1
name: Test shop
languages: [en, es]
time_zone: Europe/Madrid
currency: EUR
from: { name: Test shop, email: shop@shop.example }
postal_address: "Street 1, Town"
`,
    'workflows/journey/stages.yaml': `version: 1
stages:
  - id: awareness
    start_here: true
  - id: decision
    enter_when: { field: cart.value, more_than: 0 }
  - id: experience
    enter_when: { field: orders.count, at_least: 1 }
`,
    ...more,
  };
}

/** A message with one line of words in both languages. */
export function messageFiles(id: string, purpose: 'promotion' | 'service'): ProjectFiles {
  return {
    [`templates/${id}/message.yaml`]: `version: 1
message: ${id}
purpose: ${purpose}
subject: { plain: { en: "Hello {{first_name}} from ${id}", es: "Hola {{first_name}} de ${id}" } }
`,
    [`templates/${id}/email.en.mjml`]: words('Your cart is worth {{money cart.value}}.'),
    [`templates/${id}/email.es.mjml`]: words('Tu carrito vale {{money cart.value}}.'),
  };
}

function words(text: string): string {
  return `<mj-section>\n  <mj-column>\n    <mj-text>${text}</mj-text>\n  </mj-column>\n</mj-section>\n`;
}

/** A message of plain text for one channel alone, in both languages. */
export function textFiles(
  id: string,
  channel: 'sms' | 'chat' | 'webhook',
  purpose: 'promotion' | 'service',
  texts: { readonly en: string; readonly es: string },
): ProjectFiles {
  return {
    [`templates/${id}/message.yaml`]: `version: 1\nmessage: ${id}\npurpose: ${purpose}\n`,
    [`templates/${id}/${channel}.en.txt`]: texts.en,
    [`templates/${id}/${channel}.es.txt`]: texts.es,
  };
}
