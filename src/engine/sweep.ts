import type { Instant } from '../core/events/event.ts';
import { startDuties, type Duty } from './duties.ts';
import type { Live } from './live-project.ts';
import type { Bell, Clock, Leadership, Store } from './ports.ts';

export interface Sweep {
  stop(): Promise<void>;
}

export interface SweepParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly live: Live;
  /** Done beside the sweep's own by the process that leads. */
  readonly duties: readonly Duty[];
  onError(error: unknown): void;
}

const LONGEST_SLEEP = 1000;
const RECOVER_EVERY = 2000;
/** What the kept counts of people should never differ by is looked for once a day. */
const RECOUNT_EVERY = 24 * 60 * 60_000;
/** While new rules go through the contacts, and where one thing falls due after the other. */
const SHORT_SLEEP = 100;
/** So many contacts wait for being decided anew at most, so that news about others is never far behind. */
const MOST_ASKED_ANEW = 5000;
/**
 * What has been due for so long, the process that leads has not rung for, or in vain: it may be gone, or its way to the
 * queue. So often the others look; where everything is late because there is too much of it, they should not add to it.
 */
const OVERDUE = 3000;

/**
 * Rings for whatever is due: at the very moment at which the next thing falls due, or up to a tenth of a second later
 * where much does, and at least once a second, so that no bell that was lost matters for longer. Of several processes
 * the one that leads does so, and all that is done once for the whole installation; the others ring for what is
 * overdue, so that nothing waits until they have noticed that it is gone.
 */
export function startSweep({ store, bell, clock, live, duties, onError }: SweepParts): Sweep {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  let leadership: Leadership | undefined;
  let looked_at = -Infinity;

  async function sweep(): Promise<number> {
    const now = clock.at(await store.databaseNow());
    leadership = await store.lead(leadership);
    if (!leadership) {
      await helpOut(now);
      return LONGEST_SLEEP;
    }
    await ring(now);
    // What is due by now has been rung for: only what comes after it can ask for an earlier look.
    const next = (await store.nextDue(now)) ?? Infinity;
    return Math.min(LONGEST_SLEEP, Math.max(SHORT_SLEEP, next - now + 1));
  }

  async function helpOut(now: Instant): Promise<void> {
    if (performance.now() - looked_at < OVERDUE) return;
    looked_at = performance.now();
    await ring(now - OVERDUE);
  }

  async function ring(now: Instant): Promise<void> {
    const partitions = await store.partitionsWithWork(now, clock.moved);
    if (partitions.length > 0) bell.ringTurns(partitions);
    if (await store.hasOwed(now)) bell.ringSends();
  }

  /** Takes back what processes held that ended. */
  const recovering: Duty = {
    every: RECOVER_EVERY,
    async does(_now, under) {
      await store.recover(under);
      return undefined;
    },
  };

  const recomputing: Duty = {
    every: LONGEST_SLEEP,
    async does(now, under) {
      const recomputation = await store.recompute(now, MOST_ASKED_ANEW, live().project.rules, under);
      if (!recomputation || recomputation.finished) return undefined;
      await ring(now);
      return SHORT_SLEEP;
    },
  };

  /** Adds up what was counted for the journey map. */
  const folding: Duty = {
    every: LONGEST_SLEEP,
    does: async (_now, under) => ((await store.foldFacts(under)) ? SHORT_SLEEP : undefined),
  };

  const recounting: Duty = {
    every: RECOUNT_EVERY,
    async does(now, under) {
      await store.recountPeople(live().project, now, under);
      return undefined;
    },
  };

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
  const doing = startDuties({
    ...{ store, clock, onError },
    duties: [recovering, recomputing, folding, recounting, ...duties],
    leadership: () => leadership,
  });
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await doing.stop();
      if (leadership) await store.resign(leadership).catch(onError);
    },
  };
}
