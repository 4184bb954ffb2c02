/**
 * Postmark's webhooks (https://postmarkapp.com/developer/webhooks/webhooks-overview). Postmark signs nothing: a secret
 * is that of Basic authentication in the webhook's address, or a token in a header. Our id comes back as the metadata
 * `etapa_message`; Postmark's own MessageID is a UUID too, and never taken for it.
 */
import type { Instant } from '../../core/events/event.ts';
import type { ReportKind } from '../../core/messages/report.ts';
import { bounced, ignored, reported, touched, type Occasion, type Said } from './events.ts';
import { certain, likely, type Fault } from './fault.ts';
import { fieldsOf, instantOf, textOf, type Fields } from './fields.ts';
import { messageIdAmong, tagAmong } from './our-message.ts';
import { verdictOfSharedSecret } from './proof.ts';
import type { Provider, ProviderEvent } from './provider.ts';

export const postmark: Provider = {
  name: 'postmark',
  verify: ({ headers }, secrets) => verdictOfSharedSecret(headers, secrets),
  read: (body, received_at) => [read(fieldsOf(body), received_at)],
};

function read(event: Fields, received_at: Instant): ProviderEvent {
  const about: Occasion = {
    provider: 'postmark',
    event_id: event.ID,
    address: event.Email ?? event.Recipient,
    at: instantOf(event.BouncedAt ?? event.DeliveredAt ?? event.ReceivedAt ?? event.ChangedAt),
    received_at,
    message_id: messageIdAmong(tagAmong(event.Metadata)),
    provider_message_id: event.MessageID,
  };
  const said = { diagnostic: event.Details ?? event.Description };
  switch (event.RecordType) {
    case 'Delivery':
      return reported(about, 'delivered', said);
    case 'Bounce':
      return bounce(about, textOf(event.Type), said);
    case 'SpamComplaint':
      return reported(about, 'complained', said);
    case 'SubscriptionChange':
      return suppression(about, event);
    case 'Open':
    case 'Click':
      return touch(about, event);
    default:
      return ignored(event.RecordType);
  }
}

function bounce(about: Occasion, type: string, said: Said): ProviderEvent {
  const fault = FAULTS.get(type);
  if (fault) return bounced(about, fault, said);
  const kind = KINDS.get(type);
  return kind ? reported(about, kind, said) : ignored(type);
}

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['HardBounce', likely('address')],
  ['BadEmailAddress', certain('address')],
  ['SoftBounce', likely('mailbox')],
  ['SpamNotification', certain('content')],
  ['VirusNotification', certain('content')],
  ['TemplateRenderingFailed', certain('content')],
  ['Blocked', certain('sender')],
  ['DMARCPolicy', certain('sender')],
  ['SMTPApiError', certain('sender')],
  ['ManuallyDeactivated', certain('unknown')],
  ['Unknown', likely('unknown')],
]);

/** What Postmark calls bounces, and is none. */
const KINDS: ReadonlyMap<string, Exclude<ReportKind, 'bounced'>> = new Map([
  ['Transient', 'delayed'],
  ['DnsError', 'delayed'],
  ['Unsubscribe', 'unsubscribed'],
  ['SpamComplaint', 'complained'],
]);

/** The list of those whom Postmark writes to no more. Whoever is taken off it has not asked for anything by that. */
function suppression(about: Occasion, event: Fields): ProviderEvent {
  if (event.SuppressSending !== true) return ignored('SubscriptionChange: sending again');
  switch (event.SuppressionReason) {
    case 'ManualSuppression':
      return reported(about, 'unsubscribed');
    case 'SpamComplaint':
      return reported(about, 'complained');
    case 'HardBounce':
      return bounced(about, certain('address'), {});
    default:
      return ignored(`SubscriptionChange: ${textOf(event.SuppressionReason)}`);
  }
}

function touch(about: Occasion, event: Fields): ProviderEvent {
  return touched(about, event.RecordType === 'Open' ? 'open' : 'click', {
    url: event.OriginalLink,
    ip: fieldsOf(event.Geo).IP,
    user_agent: event.UserAgent,
  });
}
