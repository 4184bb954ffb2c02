/** A shop: products, a cart, orders. */
import { letter, type Kind } from './kind.ts';
import { questionAfter, questionMessage } from './question.ts';
import { welcome, welcomeMessages } from './welcome.ts';

export const shop: Kind = {
  stages: {
    consideration: 'event: product_viewed\nat_least: 3\nwithin: 14 days',
    decision_words: { en: 'Has a warm cart.', es: 'Tiene un carrito reciente.' },
    decision: `- field: cart.value
  more_than: 0
- event: [product_added, checkout_started]
  within: 10 days`,
    experience: 'field: orders.count\nat_least: 1',
    loyalty: `- field: orders.count # cancelled orders do not count
  at_least: 2
- field: orders.last
  within: 180 days`,
  },
  segments: [
    {
      id: 'regulars',
      title: { en: 'Regulars', es: 'Clientes frecuentes' },
      when: `- field: orders.count
  at_least: 2
- field: orders.last
  within: 120 days`,
    },
  ],
  fields: 'welcomed: { type: boolean }\nneeds_call: { type: boolean }\nlost_cart: { type: boolean }',
  events: `product_viewed: { properties: { product_id: text, name: text, category: text, price: number, url: text } }
product_added: { properties: { product_id: text, name: text, price: number, quantity: number, url: text } }
product_removed: { properties: { product_id: text, quantity: number } }
checkout_started: { properties: { order_id: text, products: list, value: number, url: text } }
order_completed: { properties: { order_id: text, revenue: number, currency: text, products: list } }
order_cancelled: { properties: { order_id: text } }
order_refunded: { properties: { order_id: text } }`,
  map: {
    looks: 'product_viewed',
    decides: 'product_added',
    reminder: 'abandoned_cart',
    becomes: 'order_completed',
    question: 'after_purchase',
    regulars: 'regulars',
  },
  workflows: [
    welcome,
    {
      id: 'abandoned_cart',
      title: { en: 'Abandoned cart', es: 'Carrito abandonado' },
      describe: { en: 'Two reminders, then we stop.', es: 'Dos recordatorios y ya está.' },
      body: `purpose: promotion
when_edited: finish_old

enter_when:
  event: [product_added, checkout_started]
only_if:
  - field: cart.value
    more_than: 0
re_enter: { after: 7 days }

exit_when: # each is a way out
  - event: order_completed
  - field: cart.items
    is: 0
  - event: [unsubscribed, consent_withdrawn]
goal: { event: order_completed, within: 7 days }

steps:
  - wait: 1 hour
    since: last_event # each new product_added starts the hour again
  - wait_until: { hours: sending }
  - send_email: cart_reminder_1

  - wait: 1 day
  - wait_until: { hours: sending, spread: 15 minutes }
  - send_email: cart_reminder_2

  - wait_for: { event: order_completed }
    up_to: 5 days
    if_not:
      - update_contact: { lost_cart: true }
  - exit: two reminders sent`,
      tests: `- name: Gets two reminders, and then no more
  given:
    - { at: start, event: product_added, with: { product_id: p1, name: Mug, price: 30, quantity: 1 } }
  expect:
    - { at: +1 hour, email: cart_reminder_1, contains: [Mug] }
    - { at: +1 day 1 hour, email: cart_reminder_2 }
    - { field: lost_cart, is: true }
    - { exit: two reminders sent }
    - no_more_messages: true

- name: Buys after the first reminder and gets no second one
  given:
    - { at: start, event: product_added, with: { product_id: p1, name: Mug, price: 30, quantity: 1 } }
    - { at: +2 hours, event: order_completed, with: { order_id: o1, revenue: 30 } }
  expect:
    - { at: +1 hour, email: cart_reminder_1 }
    - { at: +2 hours, exit: order_completed }
    - no_more_messages: true`,
    },
    questionAfter({
      id: 'after_purchase',
      title: { en: 'After the purchase', es: 'Después de la compra' },
      event: 'order_completed',
      wait: '10 days',
      exits: 'exit_when:\n  - event: [order_cancelled, order_refunded]\n\n',
    }),
  ],
  messages: [
    ...welcomeMessages,
    {
      id: 'cart_reminder_1',
      purpose: 'promotion',
      subject: { en: 'Your cart is still here', es: 'El carrito sigue aquí' },
      preheader: { en: 'We kept it as it was.', es: 'Lo guardamos tal como estaba.' },
      body: {
        en: letter(
          'Right where you left it',
          [
            'Your cart holds {{count cart.items "item" "items"}}, {{money cart.value}} in all:',
            '<mj-text>{{#each cart.items}}{{default this.quantity "1"}} × {{default this.name "Item"}}<br />{{/each}}</mj-text>',
          ],
          'Back to the cart',
        ),
        es: letter(
          'Aquí está, tal como quedó',
          [
            'En {{#formal}}su{{else}}tu{{/formal}} carrito hay {{count cart.items "artículo" "artículos"}}, {{money cart.value}} en total:',
            '<mj-text>{{#each cart.items}}{{default this.quantity "1"}} × {{default this.name "Artículo"}}<br />{{/each}}</mj-text>',
          ],
          'Volver al carrito',
        ),
      },
    },
    {
      id: 'cart_reminder_2',
      purpose: 'promotion',
      subject: { en: 'Can we help?', es: '¿Podemos ayudar?' },
      preheader: { en: 'A question costs nothing.', es: 'Preguntar no cuesta nada.' },
      body: {
        en: letter('Can we help?', [
          'Something unclear about delivery, returns or the right choice? Reply to this mail, and a person answers.',
          'This is the last time that we write about this cart.',
        ]),
        es: letter('¿Podemos ayudar?', [
          '¿Alguna duda sobre la entrega, las devoluciones o la elección? {{#formal}}Responda{{else}}Responde{{/formal}} a este correo: contesta una persona.',
          'Es la última vez que escribimos sobre este carrito.',
        ]),
      },
    },
    questionMessage,
  ],
};
