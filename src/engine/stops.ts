/**
 * Promotions that do not leave for the time being: because readers complain too much, because our domain is not set up,
 * or because somebody says so. They wait, with the reason, and lose no attempt; service messages go on.
 */
import type { Instant } from '../core/events/event.ts';
import { share } from '../core/hash.ts';
import {
  COMPLAINT_DAYS,
  complaintsOfWeek,
  hasCalmedDown,
  judgeComplaints,
  type Complaints,
} from '../core/messages/complaint-rate.ts';
import type { Wait } from '../core/messages/may-send.ts';
import type { Reason } from '../core/reason.ts';
import { DAY, HOUR, MINUTE } from '../core/time/date.ts';
import type { SendingAlert } from './alert.ts';
import { wordsOf } from '../errors.ts';
import type { ClaimedMessage } from './ports.ts';
import type { Ration } from './ration.ts';
import { notSetUp, rationWithoutSetUp, type SetUpLook } from './set-up.ts';

/** `setup` lets a few a day go: see `set-up.ts`. */
export type StopCause = 'complaints' | 'setup' | 'hand';

export interface SendingStop {
  /** `all` for every channel. */
  readonly channel: string;
  readonly cause: StopCause;
  readonly because: Reason;
  readonly since: Instant;
}

export const EVERY_CHANNEL = 'all';

export interface StopBook {
  open(): Promise<readonly SendingStop[]>;
  /** False where there is one already for this cause. */
  begin(stop: SendingStop): Promise<boolean>;
  /** Lets go what waited for it, and tells how many; undefined where there was none. */
  end(channel: string, cause: StopCause, at: Instant): Promise<number | undefined>;
  /** How many messages wait for it. */
  held(stop: SendingStop): Promise<number>;
}

export interface StopParts {
  readonly stops: StopBook;
  complaints(now: Instant, days: number): Promise<readonly Complaints[]>;
  /** Absent where mail stays in the house. */
  readonly set_up?: SetUpLook | undefined;
  onAlert?: ((alert: SendingAlert) => void) | undefined;
}

export interface Stops {
  /** Learns what others have decided, and looks at the complaints. Cheap: asks the book every few seconds at most. */
  refresh(now: Instant): Promise<void>;
  /** How many promotions may leave today because our domain is not set up; undefined where it is, or need not be. */
  ration(now: Instant): Ration | undefined;
  /** Why a message must wait, and until it is looked at again; undefined where it may go. */
  holdBack(message: Pick<ClaimedMessage, 'id' | 'channel' | 'purpose'>, now: Instant): Wait | undefined;
}

/** So old may be what a process knows of stops. */
const FRESH = 5000;
const COMPLAINTS_EVERY = MINUTE;
const SET_UP_EVERY = DAY;
const TOLD_EVERY = DAY;
/** What waits is let go when the stop ends; this is for what was put back just then. */
const LOOKED_AT_AGAIN = HOUR;

export function createStops(parts: StopParts): Stops {
  let known: readonly SendingStop[] = [];
  let read_at = -Infinity;
  let watched_at = -Infinity;
  let told_at = -Infinity;
  let looked_at = -Infinity;
  let refreshing: Promise<void> | undefined;

  async function readAll(now: Instant): Promise<void> {
    known = await parts.stops.open();
    if (isOver(watched_at, COMPLAINTS_EVERY, now)) {
      if (await watchComplaints(now)) known = await parts.stops.open();
      watched_at = now;
    }
    if (parts.set_up && isOver(looked_at, SET_UP_EVERY, now)) {
      looked_at = now;
      if (await lookAtSetUp(parts.set_up, now)) known = await parts.stops.open();
    }
    read_at = now;
  }

  /** Whether it began or ended a stop. What is known stays so while DNS is silent. */
  async function lookAtSetUp(look: SetUpLook, now: Instant): Promise<boolean> {
    const domain = look.domain();
    const stop = known.find(({ cause }) => cause === 'setup');
    try {
      const missing = await look.missing(domain);
      const because = missing.length > 0 ? notSetUp(domain, missing) : null;
      if (because) tell('setup', because.en, now, domain);
      if (because?.en === stop?.because.en) return false;
      if (stop) await parts.stops.end('email', 'setup', now);
      if (because) await parts.stops.begin({ channel: 'email', cause: 'setup', because, since: now });
      return true;
    } catch (error) {
      tell('dns_silent', wordsOf(error), now, domain);
      return false;
    }
  }

  /** Whether it began or ended a stop. */
  async function watchComplaints(now: Instant): Promise<boolean> {
    const days = await parts.complaints(now, COMPLAINT_DAYS);
    const stop = known.find(({ cause }) => cause === 'complaints');
    if (stop) {
      if (!hasCalmedDown(days, (now - stop.since) / DAY)) return false;
      return (await parts.stops.end(stop.channel, 'complaints', now)) !== undefined;
    }
    const { level, because } = judgeComplaints(complaintsOfWeek(days));
    if (level === 'warn' && because && isOver(told_at, TOLD_EVERY, now)) {
      told_at = now;
      tell('complaints', because.en, now);
    }
    return level === 'pause' && because !== null && stopFor(because, now);
  }

  async function stopFor(because: Reason, now: Instant): Promise<boolean> {
    const began = await parts.stops.begin({ channel: 'email', cause: 'complaints', because, since: now });
    if (began) tell('stopped', because.en, now);
    return began;
  }

  function tell(kind: SendingAlert['kind'], response: string, at: Instant, domain = ''): void {
    parts.onAlert?.({ kind, domain, response, times: 1, at });
  }

  return {
    refresh(now) {
      if (!isOver(read_at, FRESH, now)) return Promise.resolve();
      refreshing ??= readAll(now).finally(() => (refreshing = undefined));
      return refreshing;
    },
    ration(now) {
      const stop = parts.set_up && known.find(({ cause }) => cause === 'setup');
      return stop && rationWithoutSetUp(stop.because, now);
    },
    holdBack({ id, channel, purpose }, now) {
      if (purpose !== 'promotion') return undefined;
      const stop = known.find((one) => one.cause !== 'setup' && holds(one, channel));
      return (
        stop && { until: now + Math.round(LOOKED_AT_AGAIN * (0.5 + share(id) / 2)), because: stop.because }
      );
    },
  };
}

/** A clock that was put back has it looked at again. */
function isOver(at: Instant, time: number, now: Instant): boolean {
  return Math.abs(now - at) >= time;
}

function holds(stop: SendingStop, channel: string): boolean {
  return stop.channel === EVERY_CHANNEL || stop.channel === channel;
}
