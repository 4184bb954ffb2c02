/**
 * Resend's webhooks (https://resend.com/docs/webhooks), signed as Standard Webhooks are
 * (https://www.standardwebhooks.com, version 1). A secret is `whsec_…`. Our id comes back as the header
 * `X-Etapa-Message`, or as the tag `etapa_message`.
 */
import { createHmac } from 'node:crypto';
import type { Instant } from '../../core/events/event.ts';
import { bounced, ignored, reported, touched, type Occasion } from './events.ts';
import { likely, type Fault } from './fault.ts';
import { fieldsOf, instantOf, listOf, textOf, type Fields } from './fields.ts';
import { headerAmong, messageIdAmong, tagAmong } from './our-message.ts';
import { headerOf, isAmong, signedAt, verdictOf } from './proof.ts';
import type { Provider, ProviderEvent, RequestHeaders } from './provider.ts';
import { faultOfSesBounce } from './ses-bounce.ts';

export const resend: Provider = {
  name: 'resend',
  verify({ headers, body }, secrets, now) {
    const timestamp = either(headers, 'timestamp');
    const signed = Buffer.concat([Buffer.from(`${either(headers, 'id')}.${timestamp}.`), body]);
    const keys = secrets.map(keyOf).filter((key) => key.length > 0);
    const wanted = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    // Several signatures stand there while the provider exchanges its secret.
    const given = either(headers, 'signature').split(' ').slice(0, MOST_SIGNATURES);
    return verdictOf(isAmong(given, wanted), signedAt(timestamp), now);
  },
  read: (body, received_at) => [read(fieldsOf(body), received_at)],
};

const MOST_SIGNATURES = 10;

/** Svix, which sends them, has names of its own for the same headers. */
function either(headers: RequestHeaders, name: string): string {
  return headerOf(headers, `svix-${name}`) || headerOf(headers, `webhook-${name}`);
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

function read(event: Fields, received_at: Instant): ProviderEvent {
  const data = fieldsOf(event.data);
  const about: Occasion = {
    provider: 'resend',
    // Ours have one recipient each.
    address: listOf(data.to)[0],
    at: instantOf(event.created_at),
    received_at,
    message_id: messageIdAmong(headerAmong(data.headers), tagAmong(data.tags)),
    provider_message_id: data.email_id,
  };
  switch (event.type) {
    case 'email.delivered':
      return reported(about, 'delivered');
    case 'email.delivery_delayed':
      return reported(about, 'delayed');
    case 'email.bounced':
      return bounce(about, fieldsOf(data.bounce));
    case 'email.suppressed':
      return bounced(about, likely('address'), { diagnostic: fieldsOf(data.suppressed).message });
    case 'email.failed':
      return bounced(about, likely('unknown'), { diagnostic: fieldsOf(data.failed).reason });
    case 'email.complained':
      return reported(about, 'complained');
    case 'email.opened':
      return touch(about, 'open', fieldsOf(data.open));
    case 'email.clicked':
      return touch(about, 'click', fieldsOf(data.click));
    default:
      return ignored(event.type);
  }
}

function bounce(about: Occasion, told: Fields): ProviderEvent {
  return bounced(about, faultOf(told), { diagnostic: told.message });
}

/** Resend sends through SES and hands on its types; older events had words alone. */
function faultOf(told: Fields): Fault {
  if (typeof told.type === 'string') return faultOfSesBounce(told.type, textOf(told.subType));
  const is_final = /hard bounce|suppress/i.test(textOf(told.message).slice(0, 1000));
  return likely(is_final ? 'address' : 'unknown');
}

function touch(about: Occasion, kind: 'open' | 'click', told: Fields): ProviderEvent {
  return touched(about, kind, {
    url: told.link,
    ip: told.ipAddress,
    user_agent: told.userAgent,
  });
}
