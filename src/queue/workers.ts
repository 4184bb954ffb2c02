import { setTimeout as sleep } from 'node:timers/promises';
import type { Sender } from '../engine/send.ts';
import type { Turner } from '../engine/turner.ts';
import type { OpenBackend } from './backend.ts';
import { SENDS, TURNS, type TurnsJob } from './bell.ts';

export interface Workers {
  /** Stops taking jobs and waits for those under way. */
  close(): Promise<void>;
}

const TURNS_AT_ONCE = 3;

/** Answers the bells. A job that fails is only reported: what it rang for is still due, and the sweep rings again. */
export function startTurnWorkers(
  backend: OpenBackend,
  turner: Turner,
  onError: (error: unknown) => void,
): Workers {
  const worker = backend.worker(
    TURNS,
    async ({ data }: { data: TurnsJob }) => {
      for (const partition of data.partitions) await turner.work(partition);
    },
    TURNS_AT_ONCE,
  );
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return {
    async close() {
      turner.stop();
      await closeInTime(worker);
    },
  };
}

export function startSendWorker(
  backend: OpenBackend,
  sender: Sender,
  onError: (error: unknown) => void,
): Workers {
  const worker = backend.worker(SENDS, () => sender.work(), 1);
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return {
    async close() {
      sender.stop();
      await closeInTime(worker);
    },
  };
}

const FAREWELL = 15_000;

/**
 * BullMQ waits for the work under way and for its own connections, and where these are gone it may wait for ever. What
 * a process holds when it ends without a farewell is taken back by the others.
 */
async function closeInTime(worker: { close(): Promise<void> }): Promise<void> {
  const patience = new AbortController();
  const enough = sleep(FAREWELL, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
  await Promise.race([worker.close(), enough]);
  patience.abort();
}
