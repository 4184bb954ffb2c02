import type { Contact, SentMark } from '../contacts/contact.ts';
import type { Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import { before, durationWords, type Duration } from '../time/duration.ts';
import type { Purpose } from './message.ts';
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
  if (addressOf(contact, sending.channel) === undefined) return NO_ADDRESS;
  if (sending.survey !== null && sending.tone.hold_back.includes('surveys')) return surveyHeld(sending);
  if (sending.purpose === 'service') return null;
  return (
    withoutConsent(contact, sending.channel) ?? heldByTone(sending) ?? overLimit(contact, sending, limits)
  );
}

/** The address that a channel writes to; undefined when there is none. */
export function addressOf(contact: Contact, channel: string): string | undefined {
  const value = contact.profile.fields[channel]?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

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

const NO_ADDRESS = reason('no email address is known', 'no se conoce su correo');

function withoutConsent(contact: Contact, channel: string): Reason | null {
  const consent = contact.profile.consent[channel];
  if (consent?.granted) return null;
  if (!consent)
    return reason(`never allowed promotions by ${channel}`, `nunca aceptó promociones por ${channel}`);
  return reason(`said no to promotions by ${channel}`, `dijo no a las promociones por ${channel}`);
}

function heldByTone({ tone, mood }: Sending): Reason | null {
  if (!tone.hold_back.includes('promotions')) return null;
  return reason(
    `promotions are held back while mood is ${mood} (${tone.because.en})`,
    `no se envían promociones mientras el ánimo es ${mood} (${tone.because.es})`,
  );
}

function surveyHeld({ tone, mood }: Sending): Reason {
  return reason(
    `surveys are held back while mood is ${mood} (${tone.because.en})`,
    `no se envían encuestas mientras el ánimo es ${mood} (${tone.because.es})`,
  );
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
