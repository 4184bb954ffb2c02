import type { Instant } from '../core/events/event.ts';
import type { MemoryPlan } from '../core/contacts/memory.ts';
import { exactMilliseconds, type Duration } from '../core/time/duration.ts';
import type { Keep } from '../project/files/keep.ts';
import type { Live } from './live-project.ts';

/** What is deleted by its age. */
export const KEPT = [
  ...['events', 'messages', 'stage_moves', 'segment_moves'],
  ...['runs', 'calls', 'touches', 'reports', 'rejected_events'],
  ...['audit_log', 'sessions', 'invitations', 'sign_in_tries'],
] as const;
export type Kept = (typeof KEPT)[number];

/** One table, and what may be deleted of it. */
export interface Cleaning {
  readonly table: Kept;
  readonly before: Instant;
  /** Names of events that stay, whatever their age. */
  readonly except: readonly string[];
}

export interface RetentionBook {
  /** Deletes so many rows at most; how many there were. 0 also where another process is at it. */
  clean(cleaning: Cleaning, most: number): Promise<number>;
}

const USUAL: Keep = {
  calls: { amount: 13, unit: 'month' },
  touches: { amount: 13, unit: 'month' },
  rejected_events: { amount: 30, unit: 'day' },
  audit_log: { amount: 25, unit: 'month' },
};

/** Of what is deleted when it has ended, whatever the project says; the book knows when that is. */
const A_DAY: Duration = { amount: 1, unit: 'day' };

/** What a project lets be deleted at a moment. */
export function cleanings(given: Keep, memory: MemoryPlan, now: Instant): readonly Cleaning[] {
  const keep = { ...USUAL, ...given };
  const lengths: Readonly<Record<Kept, Duration | undefined>> = {
    ...keep,
    stage_moves: keep.moves,
    segment_moves: keep.moves,
    ...{ sessions: A_DAY, invitations: A_DAY, sign_in_tries: A_DAY },
  } as Readonly<Record<Kept, Duration | undefined>>;
  return KEPT.flatMap((table) => {
    const length = lengths[table];
    if (length === undefined) return [];
    // Contacts are folded anew, from their events, when rules ask for other memories: what they ask about stays.
    const except = table === 'events' ? [...memory.by_event.keys()] : [];
    return [{ table, before: now - exactMilliseconds(length), except }];
  });
}

export interface CleanerParts {
  readonly book: RetentionBook;
  readonly live: Live;
  now(): Promise<Instant>;
  onCleaned?(table: Kept, rows: number): void;
  onError(error: unknown): void;
}

const BATCH = 2000;
/** Between two batches, so that deleting never takes more than a share of the database. */
const PAUSE = 200;
const EVERY = 10 * 60_000;

/** Deletes what is too old, in small batches, one after the other. */
export function startCleaning({ book, live, now, onCleaned, onError }: CleanerParts): {
  stop(): Promise<void>;
} {
  let timer: NodeJS.Timeout | undefined;
  let rest: (() => void) | undefined;
  let stopped = false;
  let running = Promise.resolve();

  async function clean(): Promise<void> {
    const { settings, project } = live();
    for (const cleaning of cleanings(settings.keep, project.memory, await now()))
      for (let rows = BATCH; rows === BATCH && !stopped;) {
        rows = await book.clean(cleaning, BATCH);
        if (rows > 0) onCleaned?.(cleaning.table, rows);
        await pause(PAUSE);
      }
  }

  function pause(length: number): Promise<void> {
    return new Promise((resolve) => {
      rest = resolve;
      timer = setTimeout(resolve, stopped ? 0 : length);
    });
  }

  async function goOn(): Promise<void> {
    while (!stopped) {
      await clean().catch(onError);
      await pause(EVERY);
    }
  }

  running = goOn();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      rest?.();
      await running;
    },
  };
}
