import type { Contact, SentMark } from '../contacts/contact.ts';
import type { Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import { before, durationWords, type Duration } from '../time/duration.ts';
import type { Purpose } from './message.ts';
import { addressOf } from './address-of.ts';
import { quietHours, whereaboutsOf, type Places } from './quiet-hours.ts';
import type { Tone } from './tone.ts';

/** At most so many messages in so long a time. */
export interface Limit {
  readonly messages: number;
  readonly per: Duration;
}

export interface Limits {
  readonly promotions: Limit | null;
  readonly any: Limit | null;
}

export interface Sending {
  readonly purpose: Purpose;
  /** The survey that the message asks to answer, if any. */
  readonly survey: string | null;
  readonly channel: string;
  readonly tone: Tone;
  readonly mood: string;
  readonly now: Instant;
  readonly zone: string;
}

/**
 * Whether this message may go to this contact now; the reason if not. Limits are counted per contact inside the
 * contact's own turn, so they hold however many processes work. Service messages pass consent, tone and limits.
 */
export function holdBack(contact: Contact, sending: Sending, limits: Limits): Reason | null {
  if (addressOf(contact, sending.channel) === undefined) return noAddress(sending.channel);
  const { survey, tone, mood } = sending;
  if (survey !== null && tone.hold_back.includes('surveys')) return inFull(heldWhile(SURVEYS, mood), tone);
  if (sending.purpose === 'service') return null;
  return (
    withoutConsent(contact, sending.channel) ?? heldByTone(sending) ?? overLimit(contact, sending, limits)
  );
}

/** What is asked once more at the moment of sending, of what is known then. */
export interface SendingNow {
  readonly purpose: Purpose;
  readonly survey: string | null;
  /** What the contact said last about this channel. */
  readonly has_consent: boolean;
  readonly tone: Tone;
  readonly mood: string;
}

/** Whether a message that was owed must not go after all. */
export function holdBackNow({ purpose, survey, has_consent, tone, mood }: SendingNow): Reason | null {
  if (survey !== null && tone.hold_back.includes('surveys')) return heldWhile(SURVEYS, mood);
  if (purpose === 'service') return null;
  if (!has_consent) return NO_CONSENT;
  return tone.hold_back.includes('promotions') ? heldWhile(PROMOTIONS, mood) : null;
}

/** Until when something must wait, and why. */
export interface Wait {
  readonly until: Instant;
  readonly because: Reason;
}

/**
 * What a promotion must wait for that would go now: the hours of the jurisdiction in which the contact is. Null: it
 * may go, as service messages always may. `until` is Infinity where such hours never come.
 */
export function waitForHours(contact: Contact, purpose: Purpose, places: Places, now: Instant): Wait | null {
  if (purpose === 'service' || places.jurisdictions.length === 0) return null;
  const { jurisdictions, zones } = whereaboutsOf(contact, places);
  const { open, until, because } = quietHours(jurisdictions, zones, now);
  return open ? null : { until, because };
}

function heldWhile(what: Reason, mood: string): Reason {
  return reason(
    `${what.en} are held back while mood is ${mood}`,
    `no se envían ${what.es} mientras el ánimo es ${mood}`,
  );
}

const PROMOTIONS = reason('promotions', 'promociones');
const SURVEYS = reason('surveys', 'encuestas');
const NO_CONSENT = reason(
  'no consent to promotions at the moment of sending',
  'sin permiso para promociones en el momento de enviar',
);
/** Where there is an address, and mail libraries could read it as another or further ones. */
export const BAD_ADDRESS = reason(
  'there is no address that one recipient alone can have',
  'no hay una dirección válida de una sola persona',
);

/** How long marks of sent messages must be kept for the limits. */
export function rememberSent(
  sent: readonly SentMark[],
  limits: Limits,
  now: Instant,
  zone: string,
): readonly SentMark[] {
  const starts = [limits.promotions, limits.any].flatMap((limit) =>
    limit ? [before(now, limit.per, zone)] : [],
  );
  const from = Math.min(now, ...starts);
  return sent.filter((mark) => mark.at > from);
}

function noAddress(channel: string): Reason {
  if (channel === 'sms') return reason('no telephone number is known', 'no se conoce su teléfono');
  return reason('no email address is known', 'no se conoce su correo');
}

function withoutConsent(contact: Contact, channel: string): Reason | null {
  const consent = contact.profile.consent[channel];
  if (consent?.granted) return null;
  if (!consent)
    return reason(`never allowed promotions by ${channel}`, `nunca aceptó promociones por ${channel}`);
  return reason(`said no to promotions by ${channel}`, `dijo no a las promociones por ${channel}`);
}

function heldByTone({ tone, mood }: Sending): Reason | null {
  return tone.hold_back.includes('promotions') ? inFull(heldWhile(PROMOTIONS, mood), tone) : null;
}

function inFull(held: Reason, { because }: Tone): Reason {
  return reason(`${held.en} (${because.en})`, `${held.es} (${because.es})`);
}

function overLimit(contact: Contact, { now, zone }: Sending, limits: Limits): Reason | null {
  const checks: [Limit | null, (mark: SentMark) => boolean, Reason][] = [
    [limits.promotions, (mark) => mark.purpose === 'promotion', reason('promotions', 'promociones')],
    [limits.any, () => true, reason('messages', 'mensajes')],
  ];
  for (const [limit, counts, what] of checks) {
    if (!limit) continue;
    const from = before(now, limit.per, zone);
    if (contact.sent.filter((mark) => mark.at > from && counts(mark)).length < limit.messages) continue;
    return reason(
      `already ${limit.messages} ${what.en} within ${durationWords(limit.per, 'en')}`,
      `ya recibió ${limit.messages} ${what.es} en ${durationWords(limit.per, 'es')}`,
    );
  }
  return null;
}
