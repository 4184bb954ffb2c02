import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Live } from './live-project.ts';
import type { Bell, Clock, Places, Store, Trouble } from './ports.ts';
import { takeTurn, takeTurnsAlone, UnwritableBatch, type TurnReport } from './turn.ts';

export interface Turner {
  /** Works through everything new and due of these partitions; leaves those to others that somebody else is at. */
  work(partitions: readonly number[]): Promise<void>;
  /** Takes note of what is new where a turn is under way here, and tells the partitions where none is. */
  hear(partitions: readonly number[]): readonly number[];
  /** Lets the turns that have begun end, and begins no others. */
  stop(): void;
}

const HAPPENINGS_PER_TURN = 2000;
const DUE_PER_TURN = 250;
/** What another process is at is rung for again after so many milliseconds: it may have read before the news came. */
const RING_AGAIN = 200;

export interface TurnerParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly live: Live;
  /** Hears of each turn. */
  onTurn?(report: TurnReport): void;
  /** Hears of each contact that could not be decided. */
  onTrouble?(trouble: Trouble): void;
  /** Hears when a ring for a partition has been answered, whatever there was to do. */
  onDone?(partition: number): void;
}

export function createTurner({ store, bell, clock, live, onTurn, onTrouble, onDone }: TurnerParts): Turner {
  const busy = new Set<number>();
  const again = new Set<number>();
  let stopping = false;

  async function work(partitions: readonly number[]): Promise<void> {
    if (stopping) return;
    const free = hear(partitions);
    if (free.length === 0) return;
    for (const partition of free) busy.add(partition);
    try {
      await turnUntilDone(free);
    } finally {
      for (const partition of free) busy.delete(partition);
    }
    // Between the last look at what was rung for and the end of being busy.
    const rung = free.filter((partition) => again.delete(partition));
    for (const partition of free) if (!rung.includes(partition)) onDone?.(partition);
    if (rung.length > 0) await work(rung);
  }

  function hear(partitions: readonly number[]): readonly number[] {
    if (stopping) return partitions;
    for (const partition of partitions) if (busy.has(partition)) again.add(partition);
    return partitions.filter((partition) => !busy.has(partition));
  }

  /** Who was rung for meanwhile is asked with the next turn, together with those where there is more. */
  async function turnUntilDone(partitions: readonly number[]): Promise<void> {
    for (let from = placesOf(partitions); from.size > 0 && !stopping;) {
      for (const partition of from.keys()) again.delete(partition);
      const rest = await turnOnce(from);
      const rung = partitions.filter((partition) => again.has(partition));
      from = new Map([...placesOf(rung), ...rest]);
    }
  }

  /** Tells where there is more to do. After contacts had to be taken one by one, the partitions are asked once more. */
  async function turnOnce(from: Places): Promise<Places> {
    try {
      const report = await takeTurn(store, turning(from));
      tell(report);
      return report.rest;
    } catch (error) {
      if (!(error instanceof UnwritableBatch)) throw error;
      (await takeTurnsAlone(store, error, turning(from))).forEach(tell);
      return from;
    }
  }

  function tell(report: TurnReport): void {
    if (report.owed > 0) bell.ringSends();
    bell.ringTurns(report.moved_to);
    if (report.elsewhere.length > 0) void ringLater(report.elsewhere);
    onTurn?.(report);
    for (const trouble of report.troubles) onTrouble?.(trouble);
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
    hear,
    stop() {
      stopping = true;
    },
  };
}

/** A bell that needs no job for partitions at which this process is just now: under load those are most of all rings. */
export function heardFirstBy(turner: () => Turner | undefined, bell: Bell): Bell {
  return {
    ringTurns: (partitions) => bell.ringTurns(turner()?.hear(partitions) ?? partitions),
    ringSends: bell.ringSends,
  };
}

function placesOf(partitions: readonly number[]): Places {
  return new Map(partitions.map((partition) => [partition, '']));
}
