import type { Instant } from '../core/events/event.ts';
import type { Clock } from './ports.ts';

/** Production's clock: the database's. */
export const databaseClock: Clock = { at: (database_now) => database_now, moved: false };

/** A clock that is moved by hand: for replays, the demo and tests. */
export interface MovableClock extends Clock {
  /** Stands still at this moment. */
  set(instant: Instant): void;
  /** Goes on from here as the database's clock does, so much ahead of it. */
  run(ahead: number): void;
}

export function movableClock(start: Instant): MovableClock {
  let standing: Instant | undefined = start;
  let ahead = 0;
  return {
    at: (database_now) => standing ?? database_now + ahead,
    get moved() {
      return standing !== undefined;
    },
    set(instant) {
      standing = instant;
    },
    run(by) {
      standing = undefined;
      ahead = by;
    },
  };
}
