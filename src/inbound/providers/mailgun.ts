/**
 * Mailgun's webhooks, of today and of before 2018 (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks).
 * A secret is the HTTP webhook signing key. It signs the time and a token and *not* the events, so only TLS guards
 * these. Our id comes back as the user variable `etapa_message`.
 */
import { createHmac } from 'node:crypto';
import type { Instant } from '../../core/events/event.ts';
import { parseBody } from './body.ts';
import { bounced, ignored, reported, touched, type Occasion, type Said } from './events.ts';
import { certain, likely, type Fault } from './fault.ts';
import { fieldsOf, instantOfSeconds, textOf, type Fields } from './fields.ts';
import { messageIdAmong, tagAmong } from './our-message.ts';
import { isAmong, signedAt, verdictOf } from './proof.ts';
import type { Provider, ProviderEvent } from './provider.ts';

export const mailgun: Provider = {
  name: 'mailgun',
  verify(request, secrets, now) {
    const body = fieldsOf(parseBody(request));
    const signature = 'signature' in body && isOld(body) ? body : fieldsOf(body.signature);
    const timestamp = textOf(signature.timestamp);
    const signed = `${timestamp}${textOf(signature.token)}`;
    const keys = secrets.filter((secret) => secret !== '');
    const wanted = keys.map((key) => createHmac('sha256', key).update(signed).digest('hex'));
    // An account may know the key of its parent alone.
    const given = [signature.signature, signature['parent-signature']].map(textOf);
    return verdictOf(isAmong(given, wanted), signedAt(timestamp), now);
  },
  read(body, received_at) {
    const fields = fieldsOf(body);
    return [isOld(fields) ? readOld(fields, received_at) : read(fieldsOf(fields['event-data']), received_at)];
  },
};

/** Before 2018 the event and its signature stood side by side. */
function isOld(body: Fields): boolean {
  return typeof body.event === 'string';
}

function read(event: Fields, received_at: Instant): ProviderEvent {
  const headers = fieldsOf(fieldsOf(event.message).headers);
  const id = textOf(event.id);
  const about = occasion(event, received_at, {
    // Unique within a day only, says Mailgun.
    event_id: id && `${id}@${textOf(event.timestamp)}`,
    address: event.recipient ?? headers.to,
    message_id: messageIdAmong(tagAmong(event['user-variables'])),
    provider_message_id: headers['message-id'],
  });
  const status = fieldsOf(event['delivery-status']);
  const said = {
    status: status['enhanced-code'],
    diagnostic: textOf(status.message) || textOf(status.description),
  };
  switch (event.event) {
    case 'failed':
      return event.severity === 'temporary'
        ? reported(about, 'delayed', said)
        : failed(about, textOf(event.reason), said);
    case 'rejected':
      return bounced(about, certain('sender'), { diagnostic: fieldsOf(event.reject).reason });
    case 'opened':
    case 'clicked':
      return touch(about, event, fieldsOf(event['client-info']));
    default:
      return readCommon(about, event, said);
  }
}

/** Given up, or not tried because of what Mailgun knows of the address. */
function failed(about: Occasion, reason: string, said: Said): ProviderEvent {
  if (reason === 'suppress-unsubscribe') return reported(about, 'unsubscribed', said);
  if (reason === 'suppress-complaint') return reported(about, 'complained', said);
  return bounced(about, FAULTS.get(reason) ?? likely('unknown'), said);
}

const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['suppress-bounce', certain('address')],
  ['espblock', certain('sender')],
  ['bounce', likely('address')],
]);

function readOld(event: Fields, received_at: Instant): ProviderEvent {
  const about = occasion(event, received_at, {
    event_id: event.token,
    address: event.recipient,
    message_id: messageIdAmong(tagAmong(event)),
    provider_message_id: event['Message-Id'],
  });
  const code = textOf(event.code);
  const said = { status: code, diagnostic: event.error ?? event.description };
  switch (event.event) {
    case 'bounced':
      return bounced(about, likely('address'), said);
    case 'dropped':
      return failed(about, DROPPED.get(code) ?? '', said);
    case 'opened':
    case 'clicked':
      return touch(about, event, event);
    default:
      return readCommon(about, event, said);
  }
}

/** Mailgun's own codes, with the reasons that it gives for them today. */
const DROPPED: ReadonlyMap<string, string> = new Map([
  ['605', 'suppress-bounce'],
  ['606', 'suppress-unsubscribe'],
  ['607', 'suppress-complaint'],
]);

function occasion(
  event: Fields,
  received_at: Instant,
  told: Pick<Occasion, 'event_id' | 'address' | 'message_id' | 'provider_message_id'>,
): Occasion {
  return { provider: 'mailgun', at: instantOfSeconds(event.timestamp), received_at, ...told };
}

/** What was called the same before 2018. */
function readCommon(about: Occasion, event: Fields, said: Said): ProviderEvent {
  switch (event.event) {
    case 'delivered':
      return reported(about, 'delivered', said);
    case 'complained':
      return reported(about, 'complained');
    case 'unsubscribed':
      return reported(about, 'unsubscribed');
    default:
      return ignored(event.event);
  }
}

function touch(about: Occasion, event: Fields, client: Fields): ProviderEvent {
  return touched(about, event.event === 'opened' ? 'open' : 'click', {
    url: event.url,
    ip: event.ip,
    user_agent: client['user-agent'],
    by_machine: textOf(client.bot) !== '',
  });
}
