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
      await worker.close();
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
      await worker.close();
    },
  };
}
