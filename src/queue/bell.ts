import { setTimeout as sleep } from 'node:timers/promises';
import type { Bell } from '../engine/ports.ts';
import type { OpenBackend } from './backend.ts';
import { farewell } from './farewell.ts';

export const TURNS = 'turns';
export const SENDS = 'sends';

export interface TurnsJob {
  readonly partitions: readonly number[];
}

/** How many partitions one ring names: few enough that several workers share a burst. */
const PARTITIONS_PER_JOB = 8;
/** Rings within this time of the one before become one. */
const GATHERING = 5;

export interface ClosableBell extends Bell {
  close(): Promise<void>;
}

/** Rings through BullMQ. A ring that fails is reported and forgotten: the sweep rings again. */
export function createBell(backend: OpenBackend, onError: (error: unknown) => void): ClosableBell {
  const turns = backend.queue(TURNS);
  const sends = backend.queue(SENDS);
  turns.on('error', onError);
  sends.on('error', onError);
  const due = new Set<number>();
  const ringTurns = gather(async () => {
    const partitions = [...due];
    due.clear();
    const jobs = chunks(partitions, PARTITIONS_PER_JOB).map((some) => ({
      name: 'ring',
      data: { partitions: some },
    }));
    await turns.addBulk(jobs);
  }, onError);
  const ringSends = gather(async () => {
    await sends.addBulk([{ name: 'ring', data: {} }]);
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

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
