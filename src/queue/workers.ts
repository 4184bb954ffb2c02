import type { Sender } from '../engine/send.ts';
import type { Turner } from '../engine/turner.ts';
import type { OpenBackend } from './backend.ts';
import { SENDS, TURNS, type TurnsJob } from './bell.ts';
import { farewell } from './farewell.ts';

export interface Workers {
  /** Stops taking jobs and waits for those under way. */
  close(): Promise<void>;
}

const TURNS_AT_ONCE = 3;
/** One may wait for slow calls; the other sends on. */
const SENDS_AT_ONCE = 2;

/** Answers the bells. A job that fails is only reported: what it rang for is still due, and the sweep rings again. */
export function startTurnWorkers(
  backend: OpenBackend,
  turner: Turner,
  onError: (error: unknown) => void,
): Workers {
  const work = ({ data }: { data: TurnsJob }): Promise<void> => turner.work(data.partitions);
  return startWorkers(backend, TURNS, work, TURNS_AT_ONCE, () => turner.stop(), onError);
}

export function startSendWorker(
  backend: OpenBackend,
  sender: Sender,
  onError: (error: unknown) => void,
): Workers {
  return startWorkers(
    backend,
    SENDS,
    () => sender.work(),
    SENDS_AT_ONCE,
    () => sender.stop(),
    onError,
  );
}

function startWorkers(
  backend: OpenBackend,
  queue: string,
  work: (job: { data: TurnsJob }) => Promise<void>,
  at_once: number,
  stop: () => void,
  onError: (error: unknown) => void,
): Workers {
  const under_way = new Set<Promise<void>>();
  const process = (job: { data: TurnsJob }): Promise<void> => {
    const working = work(job).finally(() => under_way.delete(working));
    under_way.add(working);
    return working;
  };
  const worker = backend.worker(queue, process, at_once);
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return {
    async close() {
      stop();
      const closed = worker.close().catch(onError);
      await Promise.allSettled(under_way);
      await farewell(closed);
    },
  };
}
