/**
 * Amazon SES, whose news come through a topic of SNS
 * (https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html). A secret is the ARN of our
 * topic. Our id comes back as the message tag `etapa_message`, or as the header `X-Etapa-Message`.
 */
import type { Instant } from '../../core/events/event.ts';
import { parseBody } from './body.ts';
import { bounced, ignored, reported, touched, type Occasion } from './events.ts';
import { certain } from './fault.ts';
import { fieldsOf, fieldsWithin, instantOf, listOf, textOf, type Fields } from './fields.ts';
import { headerAmong, messageIdAmong, tagAmong } from './our-message.ts';
import type { Provider, ProviderEvent } from './provider.ts';
import { faultOfSesBounce } from './ses-bounce.ts';
import { createCertificates, subscribeUrl, verifyEnvelope, type FetchCertificate } from './sns.ts';

export function createSes(fetchCertificate: FetchCertificate = createCertificates()): Provider {
  return {
    name: 'ses',
    verify: (request, secrets, now) =>
      verifyEnvelope(fieldsOf(parseBody(request)), secrets, now, fetchCertificate),
    read: (body, received_at) => readEnvelope(fieldsOf(body), received_at),
  };
}

function readEnvelope(envelope: Fields, received_at: Instant): ProviderEvent[] {
  if (envelope.Type === 'Notification') return read(envelope, received_at);
  const url = subscribeUrl(envelope);
  const is_asked = envelope.Type === 'SubscriptionConfirmation' && url !== undefined;
  return [is_asked ? { kind: 'confirmation', url } : ignored(envelope.Type)];
}

function read(envelope: Fields, received_at: Instant): ProviderEvent[] {
  const event = fieldsWithin(envelope.Message);
  const type = textOf(event.eventType ?? event.notificationType);
  const mail = fieldsOf(event.mail);
  const id = textOf(envelope.MessageId);
  const about: About = (address, at) => ({
    provider: 'ses',
    event_id: id && `${id}:${textOf(address)}`,
    address,
    at: at ?? instantOf(envelope.Timestamp),
    received_at,
    message_id: messageIdAmong(tagAmong(mail.tags), headerAmong(mail.headers)),
    provider_message_id: mail.messageId,
  });
  const events = READERS.get(type)?.(event, about, listOf(mail.destination)) ?? [];
  return events.length > 0 ? events : [ignored(type)];
}

/** @param at where the event itself tells one; otherwise it is as old as the notification */
type About = (address: unknown, at?: Instant) => Occasion;

type Reader = (event: Fields, about: About, everybody: readonly unknown[]) => ProviderEvent[];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Bounce', (event, about) => bounces(fieldsOf(event.bounce), about)],
  ['Complaint', (event, about) => complaints(fieldsOf(event.complaint), about)],
  ['Delivery', (event, about) => deliveries(fieldsOf(event.delivery), about)],
  ['DeliveryDelay', (event, about) => delays(fieldsOf(event.deliveryDelay), about)],
  ['Subscription', (event, about, everybody) => choices(fieldsOf(event.subscription), about, everybody)],
  ['Reject', (event, about, everybody) => failures(fieldsOf(event.reject).reason, about, everybody)],
  [
    'Rendering Failure',
    (event, about, everybody) => failures(fieldsOf(event.failure).errorMessage, about, everybody),
  ],
  ['Open', (event, about, everybody) => touches('open', fieldsOf(event.open), about, everybody)],
  ['Click', (event, about, everybody) => touches('click', fieldsOf(event.click), about, everybody)],
]);

function bounces(bounce: Fields, about: About): ProviderEvent[] {
  const [type, subtype] = [textOf(bounce.bounceType), textOf(bounce.bounceSubType)];
  return recipients(bounce.bouncedRecipients).map(({ emailAddress, status, diagnosticCode }) => {
    const said = { status, diagnostic: diagnosticCode ?? `${type}: ${subtype}` };
    if (subtype === 'UnsubscribedRecipient') return reported(about(emailAddress), 'unsubscribed', said);
    return bounced(about(emailAddress), faultOfSesBounce(type, subtype), said);
  });
}

function complaints(complaint: Fields, about: About): ProviderEvent[] {
  // RFC 6430: taken out of the folder for spam again.
  if (complaint.complaintFeedbackType === 'not-spam') return [];
  const diagnostic = complaint.complaintFeedbackType ?? complaint.complaintSubType;
  return recipients(complaint.complainedRecipients).map(({ emailAddress }) =>
    reported(about(emailAddress), 'complained', { diagnostic }),
  );
}

function deliveries(delivery: Fields, about: About): ProviderEvent[] {
  return listOf(delivery.recipients).map((address) =>
    reported(about(address), 'delivered', { diagnostic: delivery.smtpResponse }),
  );
}

function delays(delay: Fields, about: About): ProviderEvent[] {
  return recipients(delay.delayedRecipients).map(({ emailAddress, status, diagnosticCode }) =>
    reported(about(emailAddress), 'delayed', { status, diagnostic: diagnosticCode ?? delay.delayType }),
  );
}

/** The page of preferences that SES keeps for lists of contacts. */
function choices(subscription: Fields, about: About, everybody: readonly unknown[]): ProviderEvent[] {
  if (fieldsOf(subscription.newTopicPreferences).unsubscribeAll !== true) return [];
  return everybody.map((address) => reported(about(address), 'unsubscribed'));
}

/** Not sent at all: with a virus in it, or not rendered. */
function failures(reason: unknown, about: About, everybody: readonly unknown[]): ProviderEvent[] {
  return everybody.map((address) => bounced(about(address), certain('content'), { diagnostic: reason }));
}

function touches(
  kind: 'open' | 'click',
  told: Fields,
  about: About,
  everybody: readonly unknown[],
): ProviderEvent[] {
  // Ours have one recipient each; of several nobody knows who it was.
  const address = everybody.length === 1 ? everybody[0] : undefined;
  const { link: url, ipAddress: ip, userAgent: user_agent } = told;
  return [touched(about(address, instantOf(told.timestamp)), kind, { url, ip, user_agent })];
}

function recipients(list: unknown): readonly Fields[] {
  return listOf(list).map(fieldsOf);
}
