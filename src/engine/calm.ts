/** Spares receivers that ask for it, and a sender that is new; tells people what only they can mend. */
import { domainOf } from '../core/messages/address.ts';
import type { Instant } from '../core/events/event.ts';
import { share } from '../core/hash.ts';
import { MOST_STRIKES } from '../core/messages/report.ts';
import type { Reason } from '../core/reason.ts';
import {
  createDestinations,
  dayOfWarmUp,
  warmingUp,
  whyItWaits,
  type Heard,
  type WarmUp,
} from './destinations.ts';
import type { ClaimedMessage, Delivery, MessageMark, PutOffBy } from './ports.ts';
import { isStale } from './retry.ts';
import { insist } from './insist.ts';

export interface CalmParts {
  readonly book: SendingBook;
  readonly warm_up?: WarmUp | undefined;
  onAlert?(alert: SendingAlert): void;
}

/** What sparing receivers needs to keep, beyond the messages themselves. */
export interface SendingBook {
  /** Gives claimed messages back until `due_at`, without counting the attempt. Tells the ids that were. */
  putBack(token: string, marks: readonly MessageMark[]): Promise<ReadonlySet<string>>;
  /** Of the claimed messages, those that had been given back: what they waited for is over. */
  takeUp(token: string): Promise<ReadonlySet<string>>;
  /** How many messages found the mailbox full or resting in the last thirty days, this one included. */
  strike(strike: Strike): Promise<number>;
  countSentSince(since: Instant): Promise<number>;
}

/** A mailbox was full or resting. */
export interface Strike {
  readonly message_id: string;
  readonly channel: string;
  readonly address: string;
  /** RFC 3463; null where none was given. */
  readonly status: string | null;
  readonly diagnostic: string;
  readonly at: Instant;
}

/** Something that only people can mend. Told at once, then at most once an hour. */
export interface SendingAlert {
  readonly kind:
    /** A domain refuses us as a sender. */
    | 'unwanted'
    /** Our own server does not let us in. */
    | 'shut_out'
    /** Answers that no server should give. */
    | 'nonsense';
  readonly domain: string;
  readonly response: string;
  /** How often since it was told last. */
  readonly times: number;
  readonly at: Instant;
}

export interface Held {
  readonly until: Instant;
  readonly because: Reason;
}

/** What an answer means for the next attempt, beyond itself. */
export interface Spared {
  /** Before then nothing goes to that domain. */
  readonly until: Instant | undefined;
  /** The recipient was never asked: the attempt does not count. */
  readonly waits: Held | undefined;
  /** How many messages found the mailbox full or resting lately. */
  readonly strikes: number;
}

export function isFullTooOften({ strikes }: Spared): boolean {
  return strikes >= MOST_STRIKES;
}

export function heardIn(delivery: Delivery): Heard {
  switch (delivery.outcome) {
    case 'accepted':
      return 'accepted';
    case 'refused':
      return delivery.fault === 'sender' ? 'unwanted' : 'answered';
    case 'uncertain':
      return 'silent';
    case 'deferred':
      return delivery.by === undefined ? 'not_tried' : HEARD_IN_DELAY[delivery.by];
  }
}

const HEARD_IN_DELAY: Readonly<Record<PutOffBy, Heard>> = {
  recipient: 'answered',
  mailbox: 'answered',
  domain: 'asked_for_less',
  closed: 'asked_for_less',
  us: 'silent',
  connection: 'silent',
  nonsense: 'silent',
};

/** Spares the receivers, and a sender that is new. */
export interface Calm {
  readonly book: SendingBook;
  heldBack(address: string, now: Instant): Held | undefined;
  /** Waits in line for a place at the domain. Undefined when the message may go; it must `leave` then. */
  admit(address: string, message: ClaimedMessage, time: () => Instant): Promise<Held | undefined>;
  leave(address: string, what: Heard, now: Instant, took?: number): void;
  heardOf(delivery: Delivery, address: string, message: ClaimedMessage, now: Instant): Promise<Spared>;
  /** Nobody waits in line any more. */
  callAll(): void;
}

export function createCalm(
  { book, warm_up, onAlert }: CalmParts,
  at_once: number,
  isStopping: () => boolean,
): Calm {
  const destinations = createDestinations({ at_once });
  const line = createLine();
  const warming = warm_up && createWarming(warm_up, book);
  /** Only receivers of e-mail have to get to know a sender. */
  const warmingOf = (address: string): Warming | undefined => (address.includes('@') ? warming : undefined);

  function held(domain: string, now: Instant): Held | undefined {
    const answer = destinations.heldBack(domain, now);
    return answer && answer.why !== 'in_line' ? heldBy(domain, answer.why, answer.at) : undefined;
  }

  async function admitTo(domain: string, time: () => Instant): Promise<Held | undefined> {
    while (!isStopping()) {
      const answer = destinations.may(domain, time(), line.length(domain));
      if (answer.go) return undefined;
      if (answer.why !== 'in_line') return heldBy(domain, answer.why, answer.at);
      await line.wait(domain);
    }
    return undefined;
  }

  function alert(kind: SendingAlert['kind'], domain: string, response: string, at: Instant): void {
    const times = destinations.count(domain, kind, at);
    if (times !== undefined) onAlert?.({ kind, domain, response, times, at });
  }

  function alertOf(delivery: Delivery, domain: string, now: Instant): void {
    const { outcome, response } = delivery;
    if (outcome === 'refused' && delivery.fault === 'sender') alert('unwanted', domain, response, now);
    if (outcome !== 'deferred') return;
    if (delivery.by === 'nonsense') alert('nonsense', domain, response, now);
    // It is the same server for all domains.
    if (delivery.by === 'us') alert('shut_out', '', response, now);
  }

  return {
    book,
    heldBack: (address, now) => held(domainOf(address), now),
    async admit(address, message, time) {
      const is_late = await warmingOf(address)?.admit(message, time());
      if (is_late) return is_late;
      const because = await admitTo(domainOf(address), time);
      if (because) warmingOf(address)?.giveBack();
      return because;
    },
    leave(address, what, now, took) {
      const domain = domainOf(address);
      destinations.heard(domain, what, now, took);
      if (what !== 'accepted') warmingOf(address)?.giveBack();
      line.call(
        domain,
        what === 'asked_for_less' || what === 'unwanted' ? Infinity : destinations.room(domain),
      );
    },
    async heardOf(delivery, address, message, now) {
      const domain = domainOf(address);
      alertOf(delivery, domain, now);
      const by = delivery.outcome === 'deferred' ? delivery.by : undefined;
      const strikes =
        by === 'mailbox' ? await insist(() => book.strike(strikeOf(delivery, address, message, now))) : 0;
      const waits = by === 'closed' || by === 'domain' ? held(domain, now) : undefined;
      const is_counted = by !== 'closed' || isStale(message.owed_at, now);
      return {
        until: waits?.until,
        waits: is_counted ? undefined : waits,
        strikes,
      };
    },
    callAll: () => line.callAll(),
  };
}

function heldBy(domain: string, why: Parameters<typeof whyItWaits>[1], until: Instant): Held {
  return { until, because: whyItWaits(domain, why) };
}

function strikeOf({ response }: Delivery, address: string, message: ClaimedMessage, at: Instant): Strike {
  const { id: message_id, channel } = message;
  const status = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0] ?? null;
  const diagnostic = response.replace(/\s+/g, ' ').slice(0, 500);
  return { message_id, channel, address, status, diagnostic, at };
}

/** Those that wait for a place, by domain. */
interface Line {
  length(domain: string): number;
  /** Resolves when there may be a place, and every now and then. */
  wait(domain: string): Promise<void>;
  call(domain: string, most: number): void;
  callAll(): void;
}

/** A domain that has fallen silent calls nobody. */
const LOOK_EVERY = 500;

function createLine(): Line {
  const lines = new Map<string, (() => void)[]>();
  let timer: NodeJS.Timeout | undefined;

  function call(domain: string, most: number): void {
    const standing = lines.get(domain);
    if (!standing) return;
    const called = standing.splice(0, most);
    if (standing.length === 0) lines.delete(domain);
    for (const go of called) go();
  }

  function callAll(): void {
    timer = undefined;
    for (const domain of [...lines.keys()]) call(domain, Infinity);
  }

  return {
    length: (domain) => lines.get(domain)?.length ?? 0,
    wait(domain) {
      timer ??= setTimeout(callAll, LOOK_EVERY);
      return new Promise((resolve) => {
        const standing = lines.get(domain);
        if (standing) standing.push(resolve);
        else lines.set(domain, [resolve]);
      });
    },
    call,
    callAll,
  };
}

/** Counts what a new sender sends in a day. Service messages count, but nobody waits a day for a receipt. */
interface Warming {
  admit(message: ClaimedMessage, now: Instant): Promise<Held | undefined>;
  /** It was not sent after all. */
  giveBack(): void;
}

function createWarming(warm_up: WarmUp, book: SendingBook): Warming {
  let counting: { readonly from: Instant; readonly sent: Promise<number> } | undefined;
  let sent = 0;

  async function countFrom(from: Instant): Promise<void> {
    if (counting?.from !== from)
      counting = {
        from,
        sent: book.countSentSince(from).then((n) => (sent = n)),
      };
    try {
      await counting.sent;
    } catch (error) {
      counting = undefined;
      throw error;
    }
  }

  return {
    async admit({ id, purpose }, now) {
      const day = dayOfWarmUp(warm_up, now);
      await countFrom(day.from);
      if (purpose === 'promotion' && sent >= day.cap)
        return {
          until: day.until + Math.round(OVER_THE_MORNING * share(id)),
          because: warmingUp(day),
        };
      sent++;
      return undefined;
    },
    giveBack() {
      sent--;
    },
  };
}

const OVER_THE_MORNING = 60 * 60_000;
