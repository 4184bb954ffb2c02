import type { Instant } from '../core/events/event.ts';
import type { Live } from './live-project.ts';
import type { Bell, Clock, Store } from './ports.ts';

export interface Sweep {
  stop(): Promise<void>;
}

export interface SweepParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly live: Live;
  /** Looks whether a test has a winner. */
  lookForWinners(now: Instant): Promise<void>;
  onError(error: unknown): void;
}

const LONGEST_SLEEP = 1000;
const RECOVER_EVERY = 2000;
const LOOK_EVERY = 60_000;
/** While new rules go through the contacts, and where one thing falls due after the other. */
const SHORT_SLEEP = 100;
/** So many contacts wait for being decided anew at most, so that news about others is never far behind. */
const MOST_ASKED_ANEW = 5000;

/**
 * Rings for whatever is due: at the very moment at which the next thing falls due, or up to a tenth of a second later
 * where much does, and at least once a second, so that no bell that was lost matters for longer. Also takes back what processes held that ended.
 */
export function startSweep({ store, bell, clock, live, lookForWinners, onError }: SweepParts): Sweep {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  let recovered_at = 0;
  let looked_at = 0;

  async function sweep(): Promise<number> {
    const database_now = await store.databaseNow();
    const now = clock.at(database_now);
    if (database_now - recovered_at >= RECOVER_EVERY) {
      recovered_at = database_now;
      await store.recover();
    }
    const recomputation = await store.recompute(now, MOST_ASKED_ANEW, live().project.rules);
    const partitions = await store.partitionsWithWork(now, clock.moved);
    if (partitions.length > 0) bell.ringTurns(partitions);
    if (await store.hasOwed(now)) bell.ringSends();
    if (database_now - looked_at >= LOOK_EVERY) {
      looked_at = database_now;
      await lookForWinners(now);
    }
    if (recomputation && !recomputation.finished) return SHORT_SLEEP;
    // What is due by now has been rung for: only what comes after it can ask for an earlier look.
    const next = (await store.nextDue(now)) ?? Infinity;
    return Math.min(LONGEST_SLEEP, Math.max(SHORT_SLEEP, next - now + 1));
  }

  function schedule(delay: number): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = sweep().then(schedule, (error: unknown) => {
        onError(error);
        schedule(LONGEST_SLEEP);
      });
    }, delay);
  }

  schedule(0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
