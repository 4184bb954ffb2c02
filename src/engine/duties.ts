/** What is done once for the whole installation, by the process that leads. */
import type { Instant } from '../core/events/event.ts';
import { LeadershipLost, type Clock, type Leadership, type Store } from './ports.ts';

export interface Duty {
  /** Milliseconds. */
  readonly every: number;
  /**
   * Does it at this moment of the engine's clock. Writes check in their transaction that the leadership still stands.
   *
   * @returns milliseconds after which it is to be done again, where that is sooner than `every`.
   */
  does(now: Instant, under: Leadership): Promise<number | undefined>;
}

export interface DutiesParts {
  readonly store: Pick<Store, 'databaseNow'>;
  readonly clock: Clock;
  readonly duties: readonly Duty[];
  /** What this process leads by; undefined while another one leads. */
  leadership(): Leadership | undefined;
  onError(error: unknown): void;
}

export interface Duties {
  stop(): Promise<void>;
}

/** Milliseconds; nothing is done more often. */
const LOOK_EVERY = 100;

/** A duty that takes long keeps those that fall due meanwhile waiting; one that fails, keeps none. */
export function startDuties({ store, clock, duties, leadership, onError }: DutiesParts): Duties {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  const next_at = new Map<Duty, number>();

  async function doAll(): Promise<void> {
    for (const duty of duties) {
      const under = leadership();
      if (stopped || !under) return;
      if ((next_at.get(duty) ?? -Infinity) > performance.now()) continue;
      const again = await doOne(duty, under);
      next_at.set(duty, performance.now() + Math.min(duty.every, again ?? Infinity));
    }
  }

  async function doOne(duty: Duty, under: Leadership): Promise<number | undefined> {
    try {
      return await duty.does(clock.at(await store.databaseNow()), under);
    } catch (error) {
      // Whoever leads now does it.
      if (!(error instanceof LeadershipLost)) onError(error);
      return undefined;
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = doAll().then(schedule);
    }, LOOK_EVERY);
  }

  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
