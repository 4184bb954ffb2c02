import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Live } from './live-project.ts';
import type { Bell, Clock, Places, Store } from './ports.ts';
import { takeTurn, type TurnReport } from './turn.ts';

export interface Turner {
  /** Works through everything new and due of these partitions; leaves those to others that somebody else is at. */
  work(partitions: readonly number[]): Promise<void>;
  /** Lets the turns that have begun end, and begins no others. */
  stop(): void;
}

const HAPPENINGS_PER_TURN = 2000;
const DUE_PER_TURN = 500;
/** What another process is at is rung for again after so many milliseconds: it may have read before the news came. */
const RING_AGAIN = 200;

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

  async function work(partitions: readonly number[]): Promise<void> {
    if (stopping) return;
    for (const partition of partitions) if (busy.has(partition)) again.add(partition);
    const free = partitions.filter((partition) => !busy.has(partition));
    if (free.length === 0) return;
    for (const partition of free) busy.add(partition);
    try {
      await turnUntilDone(free);
    } finally {
      for (const partition of free) busy.delete(partition);
    }
    for (const partition of free) onDone?.(partition);
  }

  /** Who was rung for meanwhile is asked with the next turn, together with those where there is more. */
  async function turnUntilDone(partitions: readonly number[]): Promise<void> {
    for (let from = placesOf(partitions); from.size > 0 && !stopping;) {
      for (const partition of from.keys()) again.delete(partition);
      const report = await takeTurn(store, turning(from));
      if (report.owed > 0) bell.ringSends();
      bell.ringTurns(report.moved_to);
      if (report.elsewhere.length > 0) void ringLater(report.elsewhere);
      onTurn?.(report);
      const rung = partitions.filter((partition) => again.has(partition));
      from = new Map([...placesOf(rung), ...report.rest]);
    }
  }

  async function ringLater(partitions: readonly number[]): Promise<void> {
    await sleep(RING_AGAIN, undefined, { ref: false });
    if (!stopping) bell.ringTurns(partitions);
  }

  function turning(from: Places): Parameters<typeof takeTurn>[1] {
    return {
      project: () => live().project,
      clock,
      from,
      happenings: HAPPENINGS_PER_TURN,
      due: DUE_PER_TURN,
      skip_owing: clock.moved,
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

function placesOf(partitions: readonly number[]): Places {
  return new Map(partitions.map((partition) => [partition, '']));
}
