/**
 * SendGrid's Event Webhook (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events). A secret is the
 * verification key of the Signed Event Webhook. Our id comes back as the unique argument `etapa_message`.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { MESSAGE_TAG } from '../../core/messages/message.ts';
import type { Instant } from '../../core/events/event.ts';
import type { ReportClass } from '../../core/messages/report.ts';
import { UserError } from '../../errors.ts';
import { bounced, ignored, reported, touched, type Occasion } from './events.ts';
import { certain, likely, type Fault } from './fault.ts';
import { fieldsOf, instantOfSeconds, listOf, textOf, type Fields } from './fields.ts';
import { messageIdAmong } from './our-message.ts';
import { headerOf, signedAt, verdictOf } from './proof.ts';
import type { Provider, ProviderEvent } from './provider.ts';

export const sendgrid: Provider = {
  name: 'sendgrid',
  verify({ headers, body }, secrets, now) {
    const timestamp = headerOf(headers, 'x-twilio-email-event-webhook-timestamp');
    const signature = Buffer.from(headerOf(headers, 'x-twilio-email-event-webhook-signature'), 'base64');
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    const is_genuine = secrets.map(publicKey).some((key) => verify('sha256', signed, key, signature));
    return verdictOf(is_genuine, signedAt(timestamp), now);
  },
  read: (body, received_at) => listOf(body).map((event) => read(fieldsOf(event), received_at)),
};

/** Base64 of the key's DER, as SendGrid shows it, or the same as PEM. */
function publicKey(secret: string): KeyObject {
  try {
    const key = Buffer.from(secret.replace(/-----[^-]+-----/g, ''), 'base64');
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    throw new UserError(
      'verification_key_unreadable',
      "The verification key of SendGrid's webhook cannot be read. Copy it anew from Settings, Mail Settings, Event Webhook.",
    );
  }
}

function read(event: Fields, received_at: Instant): ProviderEvent {
  const about: Occasion = {
    provider: 'sendgrid',
    event_id: event.sg_event_id,
    address: event.email,
    at: instantOfSeconds(event.timestamp),
    received_at,
    message_id: messageIdAmong(event[MESSAGE_TAG]),
    provider_message_id: event.sg_message_id,
  };
  const said = { status: event.status, diagnostic: event.reason ?? event.response };
  switch (event.event) {
    case 'delivered':
      return reported(about, 'delivered', said);
    case 'deferred':
      return reported(about, 'delayed', said);
    case 'bounce':
      return bounced(about, faultOf(event), said);
    case 'dropped':
      return dropped(about, textOf(event.reason), said);
    case 'spamreport':
      return reported(about, 'complained');
    case 'unsubscribe':
    case 'group_unsubscribe':
      return reported(about, 'unsubscribed');
    case 'open':
    case 'click':
      return touched(about, event.event, {
        url: event.url,
        ip: event.ip,
        user_agent: event.useragent,
        by_machine: event.sg_machine_open === true,
      });
    default:
      return ignored(event.event);
  }
}

/** A `blocked` message was refused for now, for who sent it or what it says; a `bounce` is put on SendGrid's own list. */
function faultOf(event: Fields): Fault {
  const told = CLASSES.get(textOf(event.bounce_classification).toLowerCase());
  return told ?? likely(event.type === 'blocked' ? 'sender' : 'address');
}

/** `bounce_classification`; "Technical" and "Unclassified" say nothing that a status code does not. */
const CLASSES: ReadonlyMap<string, Fault> = new Map([
  ['invalid address', certain('address')],
  ['mailbox unavailable', certain('mailbox')],
  ['content', certain('content')],
  ['reputation', certain('sender')],
  ['frequency or volume too high', certain('sender')],
  ['frequency/volume', certain('sender')],
  ['technical', likely('unknown')],
  ['technical failure', likely('unknown')],
  ['unclassified', likely('unknown')],
]);

/** SendGrid did not try: by its own lists, or for the message itself. */
function dropped(about: Occasion, reason: string, said: object): ProviderEvent {
  if (/^unsubscribed address/i.test(reason)) return reported(about, 'unsubscribed', said);
  if (/^spam reporting address/i.test(reason)) return reported(about, 'complained', said);
  return bounced(about, certain(faultOfDropping(reason)), said);
}

function faultOfDropping(reason: string): ReportClass {
  if (/^(?:bounced address|invalid$)/i.test(reason)) return 'address';
  if (/^(?:invalid smtpapi header|spam content)/i.test(reason)) return 'content';
  return /package quota/i.test(reason) ? 'sender' : 'unknown';
}
