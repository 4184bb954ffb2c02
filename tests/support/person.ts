/** Somebody of whom every kind of thing is kept, as the real engine, a mail server and readers bring it about. */
import { sql } from 'drizzle-orm';
import type { Report } from '../../src/core/messages/report.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { SHOP_FILES, type Shop } from './shop.ts';
import { aliased, identified, tracked } from './traffic.ts';

/** The shop, but that its offer and its survey quote people; a call to the shop's own, segments to move through. */
export const PERSON_FILES: ProjectFiles = {
  ...SHOP_FILES,
  'etapa.yaml': `${SHOP_FILES['etapa.yaml'] ?? ''}track_opens_and_clicks: true\nteam: { email: team@shop.example }\n`,
  'templates/offer/message.yaml': `version: 1
message: offer
purpose: promotion
subject: { plain: "{{first_name}}, your {{event.name}}" }
`,
  'templates/offer/email.en.mjml': words('For {{first_name}}: <a href="{{url event.url}}">look</a>'),
  'templates/offer/email.es.mjml': words('Para {{first_name}}: <a href="{{url event.url}}">ver</a>'),
  'workflows/journey/segments.yaml': `version: 1
segments:
  buyers: { when: { field: orders.count, at_least: 1 } }
`,
  'workflows/selling.yaml': `version: 1
workflow: selling
purpose: service
enter_when: { event: order_completed }
re_enter: always
steps:
  - tell_team: '{{first_name}} ({{email}}) ordered {{event.order_id}}.'
  - send_email: receipt
  - wait: 30 days
  - send_email: receipt
`,
};

function words(text: string): string {
  return `<mj-section>\n  <mj-column>\n    <mj-text>${text}</mj-text>\n  </mj-column>\n</mj-section>\n`;
}

/** By what she would be found; each stands in the database before she is erased. */
export const HER_WORDS = [
  ...['zoraida', 'zoraida.quispe@correo.example', 'zq.old@antes.example', 'cust-90417', 'cust-90418'],
  ...['visitor-77ab31', '203.0.113.77', '+34699123456', 'heronbrowser', 'terracotta', 'order-zq-5512'],
  ...['vermilion', 'saffron', 'ultramarine', 'celadon', 'magenta'],
];

/** Resolves when everything about her has been decided, and one message has been sent. */
export async function livePerson(shop: Shop): Promise<{ contact_id: string; message_id: string }> {
  const her = { user_id: 'cust-90417' };
  const visitor = { anonymous_id: 'visitor-77ab31' };
  await shop.receive(
    tracked(visitor, 'product_viewed', { product_id: 'celadon-vase' }),
    identified(
      { ...her, ...visitor },
      { email: 'ZQ.old@antes.example', first_name: 'Zoraida', language: 'en' },
    ),
    identified({ user_id: 'cust-90418' }, { phone: '+34699123456' }),
  );
  await shop.receive(
    aliased('cust-90417', 'cust-90418'),
    identified(her, { email: 'Zoraida.Quispe@correo.example', consent: ['email'] }),
  );
  await shop.receive(
    tracked(her, 'product_added', {
      product_id: 'heron',
      name: 'Ultramarine cup',
      price: 20,
      quantity: 1,
      url: 'https://shop.example/zoraida',
    }),
    tracked(her, 'order_completed', { order_id: 'order-ZQ-5512', total: 20 }),
    tracked(her, 'complaint_opened', { topic: 'saffron spilled' }),
  );
  const isHers = ({ user }: { user: string }): boolean => user === her.user_id;
  const list = await shop.until((rows) => {
    const hers = rows.filter(isHers);
    return hers.length === 2 && hers.every(({ state }) => state === 'sent');
  });
  const message_id = list.find((one) => isHers(one) && one.message === 'offer')?.id ?? '';
  const contact_id = (await shop.app.reader.findContact(her.user_id))?.contact.id ?? '';
  await hearBack(shop, message_id);
  await keepMore(shop, contact_id);
  return { contact_id, message_id };
}

/** A click, an answer to a survey, a reply and a bounce. */
async function hearBack({ app }: Shop, message_id: string): Promise<void> {
  const { responses } = app;
  const by = { ip: '203.0.113.77', user_agent: 'HeronBrowser/9', method: 'GET', prefetch: false } as const;
  await responses.touch({ message_id, kind: 'click', link: 0, ...by });
  await app.answerSurvey(message_id, { survey: 'satisfaction', score: 1, comment: 'terracotta all over' });
  await responses.reply({ message_id, subject: 'Re', text: 'magenta, please', id: 'reply-1' });
  await responses.report([bounce(message_id, 'report-zoraida.quispe@correo.example')], {
    source: 'mailbox',
    trusted: false,
  });
}

export function bounce(message_id: string | null, id: string): Report {
  return {
    ...{ id, message_id, kind: 'bounced', class: 'address', status: '5.1.1', at: Date.now() },
    address: 'zoraida.quispe@correo.example',
    diagnostic: '550 5.1.1 <zoraida.quispe@correo.example>: no such user',
  };
}

/** What other doors write: proof of consent, the chat, refused events. */
async function keepMore({ app }: Shop, contact_id: string): Promise<void> {
  await app.db.execute(sql`
    insert into consent_records (contact_id, channel, said, at, source, ip, user_agent, text_version)
    values (${contact_id}, 'email', 'given', now(), 'page', '203.0.113.77', 'HeronBrowser/9', 'v1')`);
  await app.db.execute(sql`
    insert into chat_entries (id, contact_id, written_by, text, at)
    values (gen_random_uuid(), ${contact_id}, 'contact', 'the vermilion one', now())`);
  await app.receiver.reject(
    [{ code: 'bad', message: 'The id "cust-90417" …', pointer: '/userId', message_id: 'refused-1' }],
    'test',
    Date.now(),
  );
}
