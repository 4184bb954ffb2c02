/**
 * SparkPost's webhooks (https://developers.sparkpost.com/api/webhooks/): lists of events, each wrapped in `msys` and in
 * its class. SparkPost signs nothing: a secret is that of Basic authentication, or the token of a header. Our id comes
 * back as the recipient's metadata `etapa_message`.
 */
import type { Instant } from '../../core/events/event.ts';
import { bounced, ignored, reported, touched, type Occasion, type Said } from './events.ts';
import { certain, likely, type Fault } from './fault.ts';
import { fieldsOf, instantOf, instantOfSeconds, listOf, textOf, type Fields } from './fields.ts';
import { messageIdAmong, tagAmong } from './our-message.ts';
import { verdictOfSharedSecret } from './proof.ts';
import type { Provider, ProviderEvent } from './provider.ts';

export const sparkpost: Provider = {
  name: 'sparkpost',
  verify: ({ headers }, secrets) => verdictOfSharedSecret(headers, secrets),
  read: (body, received_at) => listOf(body).map((item) => read(unwrap(item), received_at)),
};

/** An empty `msys` is how SparkPost asks whether somebody is there. */
function unwrap(item: unknown): Fields {
  return fieldsOf(Object.values(fieldsOf(fieldsOf(item).msys))[0]);
}

function read(event: Fields, received_at: Instant): ProviderEvent {
  const { timestamp } = event;
  const about: Occasion = {
    provider: 'sparkpost',
    event_id: event.event_id,
    address: event.raw_rcpt_to ?? event.rcpt_to,
    at: instantOf(timestamp) ?? instantOfSeconds(timestamp),
    received_at,
    message_id: messageIdAmong(tagAmong(event.rcpt_meta)),
    provider_message_id: event.message_id ?? event.transmission_id,
  };
  const said = { diagnostic: event.raw_reason ?? event.reason };
  switch (event.type) {
    case 'delivery':
      return reported(about, 'delivered');
    case 'delay':
      return reported(about, 'delayed', said);
    case 'bounce':
    case 'out_of_band':
      return bounce(about, textOf(event.bounce_class), said);
    case 'generation_failure':
      return bounced(about, certain('content'), said);
    case 'generation_rejection':
    case 'policy_rejection':
      return bounced(about, likely('sender'), said);
    case 'spam_complaint':
      return reported(about, 'complained');
    case 'list_unsubscribe':
    case 'link_unsubscribe':
      return reported(about, 'unsubscribed');
    default:
      return touch(about, event);
  }
}

/** https://support.sparkpost.com/docs/deliverability/bounce-classification-codes */
function bounce(about: Occasion, code: string, said: Said): ProviderEvent {
  // Temporary failures, and a request to unsubscribe by answering.
  if (code === '70') return reported(about, 'delayed', said);
  if (code === '90') return reported(about, 'unsubscribed', said);
  if (NO_BOUNCES.has(code)) return ignored(`bounce of class ${code}`);
  return bounced(about, FAULTS.get(code) ?? likely('unknown'), said);
}

/** Auto-replies, requests to subscribe, and challenges: the message has arrived. */
const NO_BOUNCES: ReadonlySet<string> = new Set(['60', '80', '100']);

const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['10', certain('address')],
  ['22', certain('mailbox')],
  ['23', certain('content')],
  ['25', certain('sender')],
  ['26', certain('sender')],
  ['30', likely('address')],
  ['50', certain('sender')],
  ['51', certain('sender')],
  ['52', certain('content')],
  ['53', certain('content')],
  ['54', certain('sender')],
]);

function touch(about: Occasion, event: Fields): ProviderEvent {
  const told = {
    url: event.target_link_url,
    ip: event.ip_address,
    user_agent: event.user_agent,
    by_machine: fieldsOf(event.user_agent_parsed).is_prefetched === true,
  };
  switch (event.type) {
    case 'open':
    case 'initial_open':
    case 'amp_open':
    case 'amp_initial_open':
      return touched(about, 'open', told);
    case 'click':
    case 'amp_click':
      return touched(about, 'click', told);
    default:
      return ignored(event.type);
  }
}
