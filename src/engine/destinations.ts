/**
 * How much each receiving domain is sent at once and in a second. What it can take is learnt from its answers: a
 * little more while it takes them promptly, half as much when it asks for less (as TCP does), nothing for a while
 * where we are unwanted. The state of one process; it asks no clock.
 */
import type { Instant } from '../core/events/event.ts';
import { reason, type Reason } from '../core/reason.ts';
import { DAY, HOUR, MINUTE } from '../core/time/date.ts';
import { startOfDay } from '../core/time/zone.ts';
import type { SettingsFile } from '../project/files/settings-file.ts';

/** What came of one message, as far as it concerns others to the same domain. */
export type Heard =
  | 'accepted'
  /** An answer about this message alone. */
  | 'answered'
  /** It asked for fewer. */
  | 'asked_for_less'
  /** It refused us, not the recipient. */
  | 'unwanted'
  /** Nothing came back, or nothing that makes sense. */
  | 'silent'
  /** The message was not handed over after all. */
  | 'not_tried';

export type Admission =
  | { readonly go: true }
  /** Not now. `in_line`: a place will soon be free; otherwise it is best put back until then. */
  | {
      readonly go: false;
      readonly at: Instant;
      readonly why: 'in_line' | 'slow' | 'asked_for_less' | 'unwanted';
    };

export interface Destinations {
  /**
   * Whether a message may go to this domain now; with `go` it has a place until `heard`.
   * @param ahead how many others wait in line for a place there.
   */
  may(domain: string, now: Instant, ahead?: number): Admission;
  /** The same, but takes no place: undefined where nothing but a place is wanting. */
  heldBack(domain: string, now: Instant): Extract<Admission, { go: false }> | undefined;
  /** @param took milliseconds until the answer. */
  heard(domain: string, what: Heard, now: Instant, took?: number): void;
  /** How many more may be under way there. */
  room(domain: string): number;
  /**
   * Counts something that people should know of. How often it happened since they were told last, where it is time to
   * tell them: at once, then at most once an hour.
   */
  count(domain: string, what: string, now: Instant): number | undefined;
  readonly size: number;
}

/** Why a message waits that nobody has tried yet, or whose attempt does not count. */
export function whyItWaits(domain: string, why: 'slow' | 'asked_for_less' | 'unwanted'): Reason {
  switch (why) {
    case 'slow':
      return reason(
        `${domain} answers slowly, so this one waits for its turn`,
        `${domain} responde despacio, así que este espera su turno`,
      );
    case 'asked_for_less':
      return reason(
        `${domain} asked for fewer messages, so this one waits`,
        `${domain} pidió menos mensajes, así que este espera`,
      );
    case 'unwanted':
      return reason(
        `${domain} refused us as a sender, so nothing goes there for a while`,
        `${domain} nos rechazó como remitente, así que por un tiempo no se le envía nada`,
      );
  }
}

interface Destination {
  under_way: number;
  /** So many at once; grows by fractions. */
  places: number;
  /** Grows fast until the domain was once less than prompt. */
  is_new: boolean;
  /** Messages in a second; infinite while it never asked for fewer. */
  rate: number;
  /** By the rate, when the next is to go. */
  next_at: Instant;
  closed_until: Instant;
  closed_why: 'asked_for_less' | 'unwanted';
  /** How often in a row, with nothing accepted in between. */
  asked: number;
  refused: number;
  /** The last moment that was given to one that had to wait. */
  promised: Instant;
  /** When it answered last; while nothing is under way, when that began. */
  heard_at: Instant;
  halved_at: Instant;
  /** Milliseconds until an answer, on average. */
  took: number;
  accepted: number;
  accepted_since: Instant;
  readonly counted: Map<string, { times: number; told_at: Instant }>;
}

export interface Bounds {
  /** How many messages are handed over side by side, to all domains together. */
  readonly at_once: number;
  /** How many domains are remembered: who was not written to for longest is forgotten. */
  readonly domains?: number;
}

const SECOND = 1000;

/** What one domain may hold of all places: until it has shown that it is prompt, and for good. */
const FIRST_SHARE = 0.1;
const SHARE = 0.2;
const PROMPT_SHARE = 0.8;
const PROMPT = 2 * SECOND;
const SLOW = 5 * SECOND;
/** For so long a message waits in line; longer waits are spent in the book. */
const PATIENCE = 15 * SECOND;
const SHORTEST_WAIT = 10 * SECOND;
/** Who has to wait is spread over this time. */
const SPREAD = 10 * MINUTE;
const FIRST_PAUSE = { asked_for_less: 10 * SECOND, unwanted: 5 * MINUTE };
const LONGEST_PAUSE = { asked_for_less: 15 * MINUTE, unwanted: 4 * HOUR };
/** Messages in a second. */
const LEAST_RATE = 0.1;
const RATE_GAIN = 0.1;
const RATE_OF_NO_CONCERN = 200;
/** Messages come back from the book in small groups. */
const BURST = 2 * SECOND;
const FORGOTTEN_AFTER = 24 * HOUR;
const TOLD_EVERY = HOUR;

export function createDestinations({ at_once, domains: most_domains = 100_000 }: Bounds): Destinations {
  /** In the order in which they were last written to. */
  const known = new Map<string, Destination>();
  const share = Math.max(1, Math.floor(at_once * SHARE));
  const first = Math.max(1, Math.floor(at_once * FIRST_SHARE));
  const most = Math.max(1, Math.floor(at_once * PROMPT_SHARE));

  function touch(domain: string, now: Instant): Destination {
    const one = known.get(domain) ?? newDestination(first, now);
    known.delete(domain);
    known.set(domain, one);
    forget(now);
    return one;
  }

  function forget(now: Instant): void {
    for (const [domain, one] of known) {
      if (known.size <= most_domains && now - one.heard_at < FORGOTTEN_AFTER) return;
      // Those under way are few, and heard of soon.
      if (one.under_way === 0) known.delete(domain);
      else if (known.size <= most_domains) return;
    }
  }

  function heldBack(domain: string, now: Instant): Extract<Admission, { go: false }> | undefined {
    const one = known.get(domain);
    if (!one) return undefined;
    if (now < one.closed_until) return { go: false, why: one.closed_why, at: promise(one, one.closed_until) };
    if (now < one.next_at - BURST) return { go: false, why: 'asked_for_less', at: promise(one, one.next_at) };
    return undefined;
  }

  function may(domain: string, now: Instant, ahead = 0): Admission {
    const one = touch(domain, now);
    const held = heldBack(domain, now);
    if (held) return held;
    if (one.under_way >= Math.floor(one.places)) return full(one, now, ahead);
    if (one.under_way === 0) one.heard_at = now;
    one.under_way++;
    if (Number.isFinite(one.rate)) one.next_at = Math.max(one.next_at, now) + SECOND / one.rate;
    return { go: true };
  }

  function heard(domain: string, what: Heard, now: Instant, took = 0): void {
    const one = touch(domain, now);
    one.under_way = Math.max(0, one.under_way - 1);
    if (what === 'not_tried') return;
    one.heard_at = now;
    one.took = one.took === 0 ? took : 0.8 * one.took + 0.2 * took;
    if (what === 'asked_for_less') askedForLess(one, now);
    else if (what === 'unwanted') unwanted(one, now);
    else if (what === 'silent' || took > SLOW) halvePlaces(one, now);
    else if (took <= PROMPT) morePlaces(one);
    if (what === 'accepted') accepted(one, now);
  }

  /** One that is only about to be prompt never has more than a fifth of all places. */
  function morePlaces(one: Destination): void {
    const limit = one.took <= PROMPT ? most : share;
    if (one.places < limit) one.places = Math.min(limit, one.places + (one.is_new ? 1 : 1 / one.places));
  }

  function halvePlaces(one: Destination, now: Instant): void {
    one.is_new = false;
    // All that were under way together speak of the same moment.
    if (now - one.halved_at < SECOND) return;
    one.halved_at = now;
    one.places = Math.max(1, Math.min(share, one.places / 2));
  }

  function askedForLess(one: Destination, now: Instant): void {
    if (now < one.closed_until) return;
    halvePlaces(one, now);
    const rate = Number.isFinite(one.rate) ? one.rate : acceptedPerSecond(one, now);
    one.rate = Math.max(LEAST_RATE, rate / 2);
    close(one, 'asked_for_less', one.asked++, now);
  }

  function unwanted(one: Destination, now: Instant): void {
    if (now < one.closed_until && one.closed_why === 'unwanted') return;
    close(one, 'unwanted', one.refused++, now);
  }

  return {
    may,
    heldBack,
    heard,
    room(domain) {
      const one = known.get(domain);
      return one ? Math.max(0, Math.floor(one.places) - one.under_way) : first;
    },
    count(domain, what, now) {
      const { counted } = touch(domain, now);
      const so_far = counted.get(what) ?? { times: 0, told_at: -Infinity };
      const times = so_far.times + 1;
      const is_time = now - so_far.told_at >= TOLD_EVERY;
      counted.set(what, is_time ? { times: 0, told_at: now } : { ...so_far, times });
      return is_time ? times : undefined;
    },
    get size() {
      return known.size;
    },
  };
}

function newDestination(places: number, now: Instant): Destination {
  return {
    under_way: 0,
    places,
    is_new: true,
    rate: Infinity,
    next_at: -Infinity,
    closed_until: -Infinity,
    closed_why: 'asked_for_less',
    asked: 0,
    refused: 0,
    promised: -Infinity,
    heard_at: now,
    halved_at: -Infinity,
    took: 0,
    accepted: 0,
    accepted_since: now,
    counted: new Map(),
  };
}

/** A moment of its own for each that has to wait, so that they do not all come back at once. */
function promise(one: Destination, from: Instant, gap = gapOf(one)): Instant {
  const next = Math.max(one.promised, from) + gap;
  one.promised = next > from + SPREAD ? from + gap : next;
  return Math.round(one.promised);
}

function gapOf({ rate }: Destination): number {
  return Number.isFinite(rate) ? SECOND / rate : SECOND / RATE_OF_NO_CONCERN;
}

/** A domain that says nothing is as slow as its silence is long. */
function full(one: Destination, now: Instant, ahead: number): Admission {
  const per_place = Math.max(one.took, now - one.heard_at);
  const gap = per_place / Math.floor(one.places);
  const wait = gap * (ahead + 1);
  if (wait <= PATIENCE) return { go: false, why: 'in_line', at: Math.round(now + wait) };
  return { go: false, why: 'slow', at: promise(one, now + SHORTEST_WAIT, gap) };
}

function close(one: Destination, why: Destination['closed_why'], times_before: number, now: Instant): void {
  const pause = Math.min(LONGEST_PAUSE[why], FIRST_PAUSE[why] * 2 ** Math.min(times_before, 20));
  one.closed_why = why;
  one.closed_until = Math.max(one.closed_until, now + pause);
  one.next_at = one.closed_until;
  one.promised = one.closed_until;
}

function accepted(one: Destination, now: Instant): void {
  one.asked = 0;
  one.refused = 0;
  // Adds the same in each second, however many go in it.
  if (Number.isFinite(one.rate)) one.rate += RATE_GAIN / one.rate;
  if (one.rate >= RATE_OF_NO_CONCERN) one.rate = Infinity;
  if (now - one.accepted_since > RECENTLY) {
    one.accepted = 0;
    one.accepted_since = now;
  }
  one.accepted++;
}

const RECENTLY = 10 * SECOND;

function acceptedPerSecond(one: Destination, now: Instant): number {
  return one.accepted / Math.max(1, (now - one.accepted_since) / SECOND);
}

/** A sender that nobody knows yet begins with few, and sends at most twice as many each day. */
export interface WarmUp {
  readonly started_at: Instant;
  /** How many messages leave on the first day. */
  readonly first_day: number;
}

export interface DayOfWarmUp {
  readonly cap: number;
  readonly from: Instant;
  readonly until: Instant;
}

/** When a project's sender has warmed up, it has no such days any more. */
const GROWN_UP = 1_000_000;

/** The day of the warm-up that a project asks for; undefined where it asks for none, or it is over. */
export function dayOfProject(
  { warm_up, time_zone }: Pick<SettingsFile, 'warm_up' | 'time_zone'>,
  now: Instant,
): DayOfWarmUp | undefined {
  if (!warm_up) return undefined;
  const { from, first_day } = warm_up;
  const day = dayOfWarmUp({ started_at: startOfDay(from, time_zone), first_day }, now);
  return day.cap < GROWN_UP ? day : undefined;
}

/** Days are counted from the moment at which it began; each before that is like the first. */
export function dayOfWarmUp({ started_at, first_day }: WarmUp, now: Instant): DayOfWarmUp {
  const day = Math.floor((now - started_at) / DAY);
  const from = started_at + day * DAY;
  return { cap: first_day * 2 ** Math.max(0, day), from, until: from + DAY };
}

export function warmingUp({ cap }: DayOfWarmUp): Reason {
  return reason(
    `the sender is still new: ${cap} messages are enough for today, and this one goes tomorrow`,
    `el remitente aún es nuevo: por hoy bastan ${cap} mensajes y este sale mañana`,
  );
}
