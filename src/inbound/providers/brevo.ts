/**
 * Brevo's webhooks (https://developers.brevo.com/docs/transactional-webhooks), one event each or many in a list. Brevo
 * signs nothing: a secret is the webhook's token, or that of Basic authentication. Our id comes back in the header
 * `X-Mailin-custom`, as JSON or as `etapa_message:…`. There is no id of an event: its `id` is that of the webhook.
 */
import { MESSAGE_TAG } from '../../core/messages/message.ts';
import type { Instant } from '../../core/events/event.ts';
import type { ReportKind } from '../../core/messages/report.ts';
import { bounced, ignored, reported, touched, type Occasion } from './events.ts';
import { certain, likely, type Fault } from './fault.ts';
import { fieldsOf, fieldsWithin, instantOfSeconds, textOf, type Fields } from './fields.ts';
import { messageIdAmong, tagAmong } from './our-message.ts';
import { verdictOfSharedSecret } from './proof.ts';
import type { Provider, ProviderEvent } from './provider.ts';

export const brevo: Provider = {
  name: 'brevo',
  verify: ({ headers }, secrets) => verdictOfSharedSecret(headers, secrets),
  read: (body, received_at) =>
    (Array.isArray(body) ? body : [body]).map((event) => read(fieldsOf(event), received_at)),
};

function read(event: Fields, received_at: Instant): ProviderEvent {
  const about: Occasion = {
    provider: 'brevo',
    address: event.email,
    at: timeOf(event),
    received_at,
    message_id: messageIdAmong(...customIn(event['X-Mailin-custom'])),
    provider_message_id: event['message-id'],
  };
  const type = textOf(event.event);
  const said = { diagnostic: event.reason };
  const fault = FAULTS.get(type);
  if (fault) return bounced(about, fault, said);
  const kind = KINDS.get(type);
  if (kind) return reported(about, kind, said);
  return touch(about, type, event);
}

/** Milliseconds in UTC; `ts` and `ts_event`, in seconds, have been off by the hours of other zones. */
function timeOf(event: Fields): Instant | undefined {
  const { ts_epoch, ts_event } = event;
  return typeof ts_epoch === 'number' ? instantOfSeconds(ts_epoch / 1000) : instantOfSeconds(ts_event);
}

function customIn(custom: unknown): readonly unknown[] {
  const pair = textOf(custom)
    .slice(0, LONGEST_CUSTOM)
    .split('|')
    .find((part) => part.startsWith(`${MESSAGE_TAG}:`));
  return [tagAmong(fieldsWithin(custom)), pair?.slice(MESSAGE_TAG.length + 1)];
}

const LONGEST_CUSTOM = 2000;

/** `blocked`: on Brevo's own list, by a bounce, a complaint or an unsubscription of which it tells no more. */
const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['hard_bounce', likely('address')],
  ['invalid_email', certain('address')],
  ['soft_bounce', likely('unknown')],
  ['blocked', certain('unknown')],
  ['error', likely('unknown')],
]);

const KINDS: ReadonlyMap<string, Exclude<ReportKind, 'bounced'>> = new Map([
  ['delivered', 'delivered'],
  ['deferred', 'delayed'],
  ['spam', 'complained'],
  ['complaint', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['unsubscribed', 'unsubscribed'],
]);

/** The first opening is told twice, as `unique_…` too; both have the same id. */
function touch(about: Occasion, type: string, event: Fields): ProviderEvent {
  const told = { url: event.link, ip: event.ip, user_agent: event.user_agent };
  switch (type) {
    case 'opened':
    case 'unique_opened':
      return touched(about, 'open', told);
    case 'proxy_open':
    case 'unique_proxy_open':
      return touched(about, 'open', { ...told, by_machine: true });
    case 'click':
      return touched(about, 'click', told);
    default:
      return ignored(type);
  }
}
