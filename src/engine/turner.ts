import { uuidv7 } from 'uuidv7';
import type { Live } from './live-project.ts';
import { LeaseLost, type Bell, type Clock, type Lease, type Store } from './ports.ts';
import { takeTurn, type TurnReport } from './turn.ts';

export interface Turner {
  /** Works through everything new and due of a partition; does nothing where somebody else is at it. */
  work(partition: number): Promise<void>;
  /** Lets the turns that have begun end, and begins no others. */
  stop(): void;
}

const HAPPENINGS_PER_TURN = 2000;
const DUE_PER_TURN = 250;

export interface TurnerParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly live: Live;
  /** Hears of each turn. */
  onTurn?(report: TurnReport): void;
  /** Hears when a ring for a partition has been answered, whatever there was to do. */
  onDone?(partition: number): void;
}

export function createTurner({ store, bell, clock, live, onTurn, onDone }: TurnerParts): Turner {
  const busy = new Set<number>();
  const again = new Set<number>();
  let stopping = false;

  async function work(partition: number): Promise<void> {
    if (stopping) return;
    if (busy.has(partition)) {
      again.add(partition);
      return;
    }
    busy.add(partition);
    try {
      await workUnderLease(partition);
    } finally {
      busy.delete(partition);
    }
    if (again.delete(partition)) await work(partition);
    else onDone?.(partition);
  }

  async function workUnderLease(partition: number): Promise<void> {
    const lease = await store.lease(partition);
    if (!lease) return;
    try {
      await turnUntilDone(lease);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      await store.release(lease);
    }
  }

  async function turnUntilDone(lease: Lease): Promise<void> {
    const now = clock.at(lease.database_now);
    for (let after = '', more = true; more && !stopping;) {
      const report = await takeTurn(store, lease, turning(now, after));
      if (report.owed > 0) bell.ringSends();
      bell.ringTurns(report.moved_to);
      onTurn?.(report);
      after = report.next_after;
      more = report.more;
    }
  }

  function turning(now: number, after: string): Parameters<typeof takeTurn>[2] {
    return {
      project: () => live().project,
      asking: { now, after, happenings: HAPPENINGS_PER_TURN, due: DUE_PER_TURN, skip_owing: clock.moved },
      moment_by_moment: clock.moved,
      newId: uuidv7,
    };
  }

  return {
    work,
    stop() {
      stopping = true;
    },
  };
}
