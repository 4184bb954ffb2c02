import { PARTITIONS } from '../engine/ports.ts';
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
  const work = async ({ data }: Answered): Promise<void> => turner.work(partitionsIn(data));
  return startWorkers(backend, TURNS, work, TURNS_AT_ONCE, () => turner.stop(), onError);
}

/** Whoever reaches the queue can put anything into it, and each partition that is worked at is locked. */
function partitionsIn(data: unknown): readonly number[] {
  const { partitions } = (data ?? {}) as Partial<TurnsJob>;
  const known = Array.isArray(partitions) ? new Set(partitions.filter(isPartition)) : new Set<number>();
  if (known.size > 0) return [...known];
  throw new Error('a job in the queue names no partition, so Etapa did not put it there; nothing was done');
}

function isPartition(one: unknown): one is number {
  return Number.isInteger(one) && Number(one) >= 0 && Number(one) < PARTITIONS;
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

interface Answered {
  readonly data: unknown;
  removeDeduplicationKey(): Promise<boolean>;
}

function startWorkers(
  backend: OpenBackend,
  queue: string,
  work: (job: Answered) => Promise<void>,
  at_once: number,
  stop: () => void,
  onError: (error: unknown) => void,
): Workers {
  const under_way = new Set<Promise<void>>();
  const answer = async (job: Answered): Promise<void> => {
    // Before the work looks at anything: who rings from here on is not answered by it.
    await job.removeDeduplicationKey().catch(onError);
    await work(job);
  };
  const process = (job: Answered): Promise<void> => {
    const working = answer(job).finally(() => under_way.delete(working));
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
