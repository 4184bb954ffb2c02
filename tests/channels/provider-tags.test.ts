/** Our id of a message, from the field that a mail service takes to the webhook by which it hands it back. */
import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../src/channels/email.ts';
import { providerTag } from '../../src/channels/provider-tags.ts';
import { createProviders } from '../../src/inbound/providers/index.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { aParcel } from './parcel.ts';

const ID = '01931b2e-7a00-7000-8000-000000000001';

type Handed = Readonly<Record<string, string>>;

/** The value of a field of a message as it travels. */
async function sent(host: string, field: string): Promise<string> {
  const raw = (
    await new MailComposer({ text: 'x', headers: providerTag(host, ID) }).compile().build()
  ).toString();
  const [head = ''] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return (
    lines
      .find((line) => line.toLowerCase().startsWith(`${field.toLowerCase()}: `))
      ?.slice(field.length + 2) ?? ''
  );
}

const parsed = (text: string): Record<string, Handed> => JSON.parse(text) as Record<string, Handed>;

/** What each service makes of its field, and the event in which it tells that. */
const SERVICES: readonly (readonly [
  provider: string,
  host: string,
  field: string,
  webhook: (value: string) => unknown,
])[] = [
  [
    'ses',
    'email-smtp.eu-west-1.amazonaws.com',
    'X-SES-MESSAGE-TAGS',
    (value) => {
      const [[name = '', tag = ''] = []] = value.split(',').map((pair) => pair.trim().split('='));
      const mail = { tags: { [name]: [tag] } };
      return {
        Type: 'Notification',
        Message: JSON.stringify({ eventType: 'Delivery', mail, delivery: { recipients: ['a@b.example'] } }),
      };
    },
  ],
  [
    'sendgrid',
    'smtp.sendgrid.net',
    'X-SMTPAPI',
    (value) => [{ event: 'delivered', email: 'a@b.example', ...parsed(value)['unique_args'] }],
  ],
  [
    'postmark',
    'smtp-broadcasts.postmarkapp.com',
    'X-PM-Metadata-etapa_message',
    (value) => ({ RecordType: 'Delivery', Metadata: { etapa_message: value } }),
  ],
  [
    'mailgun',
    'smtp.eu.mailgun.org',
    'X-Mailgun-Variables',
    (value) => ({ 'event-data': { event: 'delivered', 'user-variables': parsed(value) } }),
  ],
  [
    'brevo',
    'smtp-relay.brevo.com',
    'X-Mailin-custom',
    (value) => ({ event: 'delivered', 'X-Mailin-custom': value }),
  ],
  [
    'sparkpost',
    'smtp.eu.sparkpostmail.com',
    'X-MSYS-API',
    (value) => [{ msys: { message_event: { type: 'delivery', rcpt_meta: parsed(value)['metadata'] } } }],
  ],
];

describe('our id of a message', () => {
  it.each(SERVICES)('comes back from %s, sent by way of %s', async (provider, host, field, webhook) => {
    const value = await sent(host, field);
    expect(value).toContain(ID);
    const [event] = createProviders().get(provider)?.read(webhook(value), 0) ?? [];
    expect(event).toMatchObject({ kind: 'report', report: { message_id: ID } });
    expect(Object.keys(providerTag(host.toUpperCase(), ID))).toEqual([field]);
  });

  it.each([
    'localhost',
    'mail.shop.example',
    'sendgrid.net.evil.example',
    'notmailgun.org',
    'smtp.resend.com',
  ])('is told in no such field to %s', (host) => {
    expect(providerTag(host, ID)).toEqual({});
  });

  it('stands in the field of ours alone in what leaves by another server', async () => {
    const smtp = await startScriptedSmtp();
    const email = createEmailChannel({ url: smtp.url });
    expect(await email.deliver(aParcel({ id: ID }), () => Promise.resolve(true))).toMatchObject({
      outcome: 'accepted',
    });
    const raw = smtp.accepted[0]?.raw ?? '';
    expect(raw).toMatch(new RegExp(`^X-Etapa-Message: ${ID}`, 'm'));
    expect(raw).not.toMatch(/^X-(SES|SMTPAPI|PM-|Mailgun|Mailin|MSYS)/im);
    await email.close();
    await smtp.stop();
  });
});
