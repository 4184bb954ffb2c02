/** One rendering thread seen from outside: it answers, or it is stopped and says which message was to blame. */
import { LRUCache } from 'lru-cache';
import { Worker } from 'node:worker_threads';
import type { MessageTemplates, RenderResult } from './message.ts';
import { COMPILING, IDLE, POSITION, STEPS, type Request, type Work } from './thread-protocol.ts';

export interface Job extends Work {
  readonly templates: MessageTemplates;
}

export type Outcome =
  | { readonly kind: 'done'; readonly results: readonly RenderResult[] }
  /** The thread is gone; the message at this position was being rendered. */
  | { readonly kind: 'stopped'; readonly position: number; readonly reason: string };

export interface Thread {
  /** One request at a time. @param limit longest time for one message, in milliseconds. */
  render(jobs: readonly Job[], limit: number): Promise<Outcome>;
  stop(): Promise<void>;
}

const ENDED: Outcome = { kind: 'stopped', position: 0, reason: 'the rendering thread ended' };
const KEPT_SETS = 100;
/** Compiling may take this many times the limit of a message. */
const COMPILE_PATIENCE = 5;
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** @throws when the thread cannot start: that is a broken installation, not a bad template. */
export async function startThread(): Promise<Thread> {
  const progress = new Int32Array(new SharedArrayBuffer(12));
  Atomics.store(progress, POSITION, IDLE);
  const worker = startWorker(progress.buffer);
  await firstMessage(worker);
  const ledger = keyLedger();
  let ended = false;
  worker.once('exit', () => (ended = true));
  // A thread may also die between two requests; unheard, its error would end the whole process.
  worker.on('error', () => (ended = true));
  return {
    render: async (jobs, limit) =>
      ended ? ENDED : await watched(worker, progress, ledger.request(jobs), limit),
    stop: async () => void (await worker.terminate()),
  };
}

/** Built, the thread runs plain JavaScript; from sources, tsx must be switched on inside it first. It sees no environment. */
function startWorker(progress: ArrayBufferLike): Worker {
  const options = { workerData: { progress }, resourceLimits: MEMORY, execArgv: [], env: {} };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./render-worker.js', import.meta.url), options);
  }
  const tsx = import.meta.resolve('tsx/esm/api');
  const file = new URL('./render-worker.ts', import.meta.url).href;
  const code = `import('${tsx}').then((tsx) => { tsx.register(); return import('${file}'); });`;
  return new Worker(code, { ...options, eval: true });
}

function firstMessage(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      worker.off('error', reject);
      worker.unref();
      resolve();
    });
  });
}

/** Remembers what the thread has compiled, so that sources cross over once per key. */
function keyLedger(): { request(jobs: readonly Job[]): Request } {
  let forget: string[] = [];
  const known = new LRUCache<string, true>({ max: KEPT_SETS, dispose: (_, key) => forget.push(key) });
  return {
    request(jobs) {
      const fresh = jobs.filter((job) => !known.get(job.key));
      for (const job of fresh) known.set(job.key, true);
      const request = {
        work: jobs.map(({ key, context }) => ({ key, context })),
        templates: Object.fromEntries(fresh.map((job) => [job.key, job.templates])),
        forget,
      };
      forget = [];
      return request;
    },
  };
}

function watched(worker: Worker, progress: Int32Array, request: Request, limit: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const stop = (reason: string) => {
      finish({ kind: 'stopped', position: Math.max(0, Atomics.load(progress, POSITION)), reason });
      void worker.terminate();
    };
    const watch = watchProgress(progress, limit, () => stop('template took too long'));
    const onMessage = (results: RenderResult[]) => finish({ kind: 'done', results });
    const onError = (error: Error) => stop(crashReason(error));
    const onExit = () => finish(ENDED);
    const finish = (outcome: Outcome) => {
      clearInterval(watch);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit).unref();
      resolve(outcome);
    };
    worker.ref();
    worker.once('message', onMessage).once('error', onError).once('exit', onExit);
    worker.postMessage(request);
  });
}

/** Calls `stuck` when the thread stands at the same step for longer than the limit. An idle thread is never stuck. */
function watchProgress(progress: Int32Array, limit: number, stuck: () => void): NodeJS.Timeout {
  let steps = Atomics.load(progress, STEPS);
  let since = performance.now();
  return setInterval(() => {
    const now = performance.now();
    const reached = Atomics.load(progress, STEPS);
    const idle = Atomics.load(progress, POSITION) === IDLE;
    if (idle || reached !== steps) since = now;
    else if (now - since > limit * (Atomics.load(progress, COMPILING) ? COMPILE_PATIENCE : 1)) stuck();
    steps = reached;
  }, limit / 4);
}

function crashReason(error: Error & { code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'template used too much memory' : error.message;
}
