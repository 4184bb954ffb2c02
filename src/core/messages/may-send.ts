import { consentTo, isConfirmed, type Consents } from '../contacts/consent.ts';
import type { Contact, SentMark } from '../contacts/contact.ts';
import { pausedUntil, wantsFewer } from '../contacts/preferences.ts';
import type { Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import { after, before, durationWords, type Duration } from '../time/duration.ts';
import { localDate } from '../time/zone.ts';
import { addressOf } from './address-of.ts';
import type { MessagePlan, Purpose } from './message.ts';
import { quietHours, whereaboutsOf, type Places } from './quiet-hours.ts';
import type { Tone } from './tone.ts';

/** At most so many messages in so long a time. */
export interface Limit {
  readonly messages: number;
  readonly per: Duration;
}

export interface Limits {
  readonly promotions: Limit | null;
  /** Instead, for those who asked for fewer. */
  readonly fewer: Limit;
  readonly any: Limit | null;
}

export interface Sending {
  readonly purpose: Purpose;
  readonly plan: MessagePlan;
  readonly channel: string;
  readonly tone: Tone;
  readonly mood: string;
  readonly now: Instant;
  readonly zone: string;
}

/** What the project asks of promotions; the project itself. */
export interface SendingRules {
  readonly limits: Limits;
  /** Whether a yes counts only once it was confirmed from the address itself. */
  readonly double_opt_in: boolean;
}

/**
 * Whether this message may go to this contact now; the reason if not. Limits are counted per contact inside the
 * contact's own turn, so they hold however many processes work. Service messages pass consent, tone and limits.
 */
export function holdBack(contact: Contact, sending: Sending, rules: SendingRules): Reason | null {
  if (addressOf(contact, sending.channel) === undefined) return noAddress(sending.channel);
  const { plan, tone, mood } = sending;
  const elsewhere = movedOn(contact, plan);
  if (elsewhere) return elsewhere;
  if (plan.survey !== null && tone.hold_back.includes('surveys'))
    return inFull(heldWhile(SURVEYS, mood), tone);
  if (sending.purpose === 'service') return null;
  return (
    withoutConsent(contact.profile.consent, sending, rules) ??
    paused(contact, sending) ??
    heldByTone(sending) ??
    (sending.plan.over_limit === 'drop' ? overLimit(contact, sending, rules.limits) : null)
  );
}

/**
 * From when on limits leave room for a message that waits for it; now, where they do already. Later ones that wait are
 * behind those that wait before them.
 */
export function whenLimitsAllow(contact: Contact, sending: Sending, { limits }: SendingRules): Instant {
  const { now, zone, purpose, plan } = sending;
  if (purpose === 'service' || plan.over_limit === 'drop' || !overLimit(contact, sending, limits)) return now;
  const pers = [promotionLimit(contact, limits), limits.any].flatMap((limit) => (limit ? [limit.per] : []));
  const ends = contact.sent.flatMap(({ at }) => pers.map((per) => after(at, per, zone)));
  const later = ends.filter((end) => end > now).sort((a, b) => a - b);
  return later.find((end) => !overLimit(contact, { ...sending, now: end }, limits)) ?? later.at(-1) ?? now;
}

/** What is asked once more at the moment of sending, of what is known then. */
export interface SendingNow extends Sending {
  /** What the contact said last. */
  readonly consents: Consents;
}

/** Whether a message that was owed must not go after all. */
export function holdBackNow(contact: Contact, sending: SendingNow, rules: SendingRules): Reason | null {
  const { purpose, plan, consents, tone, mood } = sending;
  const elsewhere = movedOn(contact, plan);
  if (elsewhere) return elsewhere;
  if (plan.survey !== null && tone.hold_back.includes('surveys')) return heldWhile(SURVEYS, mood);
  if (purpose === 'service') return null;
  if (withoutConsent(consents, sending, rules)) return NO_CONSENT;
  const is_held = tone.hold_back.includes('promotions');
  return paused(contact, sending) ?? (is_held ? heldWhile(PROMOTIONS, mood) : null);
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
  const starts = [limits.promotions, limits.fewer, limits.any].flatMap((limit) =>
    limit ? [before(now, limit.per, zone)] : [],
  );
  const from = Math.min(now, ...starts);
  return sent.filter((mark) => mark.at > from);
}

function noAddress(channel: string): Reason {
  if (channel === 'sms') return reason('no telephone number is known', 'no se conoce su teléfono');
  return reason('no email address is known', 'no se conoce su correo');
}

/** The stage as a guard: what belongs to one stage says nothing to whoever has left it. */
function movedOn({ stage }: Contact, { for_stages }: MessagePlan): Reason | null {
  if (for_stages === null || for_stages.includes(stage)) return null;
  const stages = for_stages.join(', ');
  return reason(
    `it is for people in ${stages}, and the contact is in ${stage}`,
    `es para quienes están en ${stages}, y el contacto está en ${stage}`,
  );
}

function withoutConsent(
  consents: Consents,
  { channel, plan: { topic } }: Pick<Sending, 'channel' | 'plan'>,
  { double_opt_in }: SendingRules,
): Reason | null {
  const consent = consentTo(consents, channel, topic);
  const what =
    topic === null || consent === consents[channel]
      ? reason(`by ${channel}`, `por ${channel}`)
      : reason(`by ${channel} about ${topic}`, `por ${channel} sobre ${topic}`);
  if (!consent) return reason(`never allowed promotions ${what.en}`, `nunca aceptó promociones ${what.es}`);
  if (!consent.granted)
    return reason(`said no to promotions ${what.en}`, `dijo no a las promociones ${what.es}`);
  if (!double_opt_in || isConfirmed(consent)) return null;
  return reason(
    `has not confirmed yet that promotions ${what.en} are wanted`,
    `aún no ha confirmado que quiere promociones ${what.es}`,
  );
}

function paused(contact: Contact, { now, zone }: Pick<Sending, 'now' | 'zone'>): Reason | null {
  const until = pausedUntil(contact, now, zone);
  if (until === undefined) return null;
  const day = localDate(until, zone);
  return reason(`asked for no promotions until ${day}`, `pidió no recibir promociones hasta el ${day}`);
}

function heldByTone({ tone, mood }: Sending): Reason | null {
  return tone.hold_back.includes('promotions') ? inFull(heldWhile(PROMOTIONS, mood), tone) : null;
}

function inFull(held: Reason, { because }: Tone): Reason {
  return reason(`${held.en} (${because.en})`, `${held.es} (${because.es})`);
}

function overLimit(contact: Contact, { now, zone }: Sending, limits: Limits): Reason | null {
  const checks: [Limit | null, (mark: SentMark) => boolean, Reason][] = [
    [promotionLimit(contact, limits), isPromotion, reason('promotions', 'promociones')],
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

function promotionLimit(contact: Contact, { promotions, fewer }: Limits): Limit | null {
  return wantsFewer(contact) ? fewer : promotions;
}

function isPromotion({ purpose }: SentMark): boolean {
  return purpose === 'promotion';
}
