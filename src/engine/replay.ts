import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingEvent, Instant } from '../core/events/event.ts';
import type { MovableClock } from './clocks.ts';
import type { Live } from './live-project.ts';
import type { Bell, Store } from './ports.ts';

/** Lets a replay wait until the workers have answered the bells. */
export interface Activity {
  /** A ring for this partition has been answered. */
  turned(partition: number): void;
  /** A ring for sending has been answered. */
  sent(): void;
  /** Something broke: whoever waits hears of it. */
  fail(error: unknown): void;
  /** Resolves when all these have been answered, or after a while: a ring may have been lost. */
  answered(partitions: readonly number[], sends: boolean): Promise<void>;
}

/** How long to wait for an answer before ringing again. */
const PATIENCE = 1000;

export function createActivity(): Activity {
  let waiting = new Set<number | 'sends'>();
  let wake: (() => void) | undefined;
  let broken: { readonly error: unknown } | undefined;
  const answer = (what: number | 'sends'): void => {
    waiting.delete(what);
    if (waiting.size === 0) wake?.();
  };
  return {
    turned: answer,
    sent: () => answer('sends'),
    fail(error) {
      broken = { error };
      wake?.();
    },
    async answered(partitions, sends) {
      waiting = new Set(sends ? [...partitions, 'sends'] : partitions);
      const all = new Promise<void>((resolve) => (wake = resolve));
      const patience = new AbortController();
      await Promise.race([all, sleep(PATIENCE, undefined, patience).catch(() => undefined)]);
      patience.abort();
      if (broken) throw broken.error;
    },
  };
}

export interface ReplayParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: MovableClock;
  readonly live: Live;
  readonly activity: Activity;
}

const EVENTS_PER_COMMIT = 2000;

/**
 * Stores the events as they would have been received: each is decided when the clock comes to the moment of its
 * receipt. Events that were stored before are left out, so a replay that was cut short can simply be begun again.
 *
 * @returns how many were new.
 */
export async function receiveAll(
  { store, live }: ReplayParts,
  events: Iterable<IncomingEvent> | AsyncIterable<IncomingEvent>,
  source: string,
  onProgress: (done: number) => void,
): Promise<number> {
  const { project } = live();
  let [added, done] = [0, 0];
  for await (const some of inLots(events, EVENTS_PER_COMMIT)) {
    const sent = some.map((event) => ({ ...event, source }));
    const appended = await store.append(sent, {
      due: 'received_at',
      stage: project.stages.start,
      shape: project.memory.shape,
    });
    added += appended.added;
    done += some.length;
    onProgress(done);
  }
  return added;
}

async function* inLots(
  events: Iterable<IncomingEvent> | AsyncIterable<IncomingEvent>,
  most: number,
): AsyncGenerator<IncomingEvent[]> {
  let lot: IncomingEvent[] = [];
  for await (const event of events) {
    lot.push(event);
    if (lot.length < most) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}

export interface Moving {
  /** Where to begin; absent: at whatever falls due first. */
  readonly from?: Instant;
  readonly until: Instant;
  /** How far the clock moves at once. What comes of a replay does not depend on it. */
  readonly step: number;
  /** Milliseconds of the clock per millisecond of ours; `Infinity` for as fast as it goes. */
  readonly speed: number;
  onProgress(now: Instant): void;
}

/**
 * Moves the clock up to a moment, and at each stop lets the workers do all that has fallen due. The clock also stops
 * just before and at each merge, so that a visitor has lived through all that came before he became somebody known.
 */
export async function moveClock(
  parts: ReplayParts,
  { from, until, step, speed, onProgress }: Moving,
): Promise<void> {
  const began = performance.now();
  const first = from ?? (await parts.store.nextDue()) ?? until;
  for (let now = Math.min(first, until); ;) {
    if (Number.isFinite(speed)) await sleep(Math.max(0, (now - first) / speed - (performance.now() - began)));
    parts.clock.set(now);
    await settle(parts, now);
    onProgress(now);
    if (now >= until) return;
    now = Math.min(until, await nextStop(parts.store, now, step));
  }
}

async function nextStop(store: Store, now: Instant, step: number): Promise<Instant> {
  const [merge, due] = await Promise.all([store.nextMerge(), store.nextDue()]);
  const far = Math.max(now + step, due ?? Infinity);
  if (merge === null || merge > far) return far;
  return merge - 1 > now ? merge - 1 : merge;
}

const MOST_ASKED_ANEW = 5000;

/** Rings until nothing is due at this moment any more, neither to decide nor to send. */
async function settle({ store, bell, activity, live }: ReplayParts, now: Instant): Promise<void> {
  for (;;) {
    const recomputing = await store.recompute(now, MOST_ASKED_ANEW, live().project.rules);
    const { partitions, unsettled } = await store.unfinished(now);
    if (partitions.length === 0 && !unsettled) {
      if (recomputing && !recomputing.finished) continue;
      return;
    }
    const answered = activity.answered(partitions, unsettled);
    bell.ringTurns(partitions);
    if (unsettled) bell.ringSends();
    await answered;
  }
}
