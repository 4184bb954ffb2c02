import { setTimeout as sleep } from 'node:timers/promises';
import type { Bell } from '../engine/ports.ts';
import type { OpenBackend, Ring } from './backend.ts';
import { farewell } from './farewell.ts';

export const TURNS = 'turns';
export const SENDS = 'sends';

export interface TurnsJob {
  readonly partitions: readonly number[];
}

/** How many partitions a ring asks to look at: few enough that several workers share a burst. */
const PARTITIONS_PER_JOB = 8;
/** Rings within this time of the one before become one. */
const GATHERING = 5;

export interface ClosableBell extends Bell {
  close(): Promise<void>;
}

/**
 * Rings through BullMQ. A ring that fails is reported and forgotten: the sweep rings again.
 *
 * However often it rings, the queue holds few jobs: rings for the same partitions have one id, of which one job waits at
 * most. A worker lets go of the id before it looks, so that what comes while it works is rung for anew.
 */
export function createBell(backend: OpenBackend, onError: (error: unknown) => void): ClosableBell {
  const turns = backend.queue(TURNS);
  const sends = backend.queue(SENDS);
  turns.on('error', onError);
  sends.on('error', onError);
  const due = new Set<number>();
  const ringTurns = gather(async () => {
    const groups = new Set([...due].map((partition) => Math.floor(partition / PARTITIONS_PER_JOB)));
    due.clear();
    await turns.addBulk([...groups].map((group) => once(`partitions-${group}`, partitionsOf(group))));
  }, onError);
  const ringSends = gather(async () => {
    await sends.addBulk([once('send', {})]);
  }, onError);
  return {
    ringTurns(partitions) {
      if (partitions.length === 0) return;
      for (const partition of partitions) due.add(partition);
      ringTurns.ring();
    },
    ringSends: ringSends.ring,
    async close() {
      await farewell(Promise.all([ringTurns.settle(), ringSends.settle()]));
      await farewell(Promise.all([turns.close(), sends.close()]).catch(onError));
    },
  };
}

interface Gathered {
  ring(): void;
  settle(): Promise<void>;
}

/** The first ring goes out at once; those that come while it is on its way, or soon after, go out together. */
function gather(send: () => Promise<void>, onError: (error: unknown) => void): Gathered {
  let wanted = false;
  let sending: Promise<void> | undefined;

  async function sendAll(): Promise<void> {
    while (wanted) {
      wanted = false;
      await send().catch(onError);
      await sleep(GATHERING);
    }
    sending = undefined;
  }

  return {
    ring() {
      wanted = true;
      sending ??= Promise.resolve().then(sendAll);
    },
    settle: () => sending ?? Promise.resolve(),
  };
}

function once(id: string, data: unknown): Ring {
  return { name: 'ring', data, opts: { deduplication: { id } } };
}

/** Always the same for the same id, since of several rings only one is kept. */
function partitionsOf(group: number): TurnsJob {
  const first = group * PARTITIONS_PER_JOB;
  return { partitions: Array.from({ length: PARTITIONS_PER_JOB }, (_, index) => first + index) };
}
