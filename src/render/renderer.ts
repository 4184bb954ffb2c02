/**
 * Renders messages in threads of their own, so that neither a slow nor a runaway template can hold up the process.
 * A bad message never takes its batch with it.
 */
import { availableParallelism } from 'node:os';
import { writeContext } from './context.ts';
import { messageOf, type MessageTemplates, type RenderResult } from './message.ts';
import { startThread, type Job, type Thread } from './thread.ts';

export type { MessageTemplates, RenderResult } from './message.ts';

export interface RenderJob {
  /** Hash of the templates: equal keys must mean equal templates. */
  readonly key: string;
  readonly templates: MessageTemplates;
  readonly context: unknown;
}

export interface Renderer {
  /**
   * One result per job, in the order of the jobs.
   * @throws when no thread can be started, or after `close`.
   */
  renderBatch(jobs: readonly RenderJob[]): Promise<RenderResult[]>;
  close(): Promise<void>;
}

export interface RendererOptions {
  /** At least 1; by default one less than the processors, at most 4. */
  readonly threads?: number;
  /** Longest time for one message in milliseconds. */
  readonly time_limit?: number;
}

const CHUNK = 25;
/** A message that was stopped is tried once more, alone and with more time: the machine may just have been busy. */
const PATIENCE = 3;

/** Threads are started when first needed and do not keep the process alive. */
export function createRenderer(options: RendererOptions = {}): Renderer {
  const pool = threadPool(options.threads ?? Math.min(4, Math.max(1, availableParallelism() - 1)));
  const limit = options.time_limit ?? 200;
  return {
    async renderBatch(jobs) {
      const results: RenderResult[] = [];
      const places = jobs.flatMap((job, index) => place(job, index, results));
      await Promise.all(chunksOf(places, CHUNK).map((chunk) => renderChunk(pool, chunk, limit, results)));
      return results;
    },
    close: () => pool.close(),
  };
}

/** A job and where its result belongs. */
interface Placed {
  readonly job: Job;
  readonly index: number;
}

function place(job: RenderJob, index: number, results: RenderResult[]): Placed[] {
  try {
    return [{ index, job: { key: job.key, templates: job.templates, context: writeContext(job.context) } }];
  } catch (error) {
    results[index] = { ok: false, reason: `The data of this message are not usable: ${messageOf(error)}` };
    return [];
  }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Each round either finishes or takes one suspect out, so it ends. */
async function renderChunk(
  pool: Pool,
  chunk: Placed[],
  limit: number,
  results: RenderResult[],
): Promise<void> {
  let rest = chunk;
  while (rest.length > 0) {
    const suspect = await renderRound(pool, rest, limit, results);
    if (!suspect) return;
    rest = rest.filter((placed) => placed !== suspect.placed);
    await retryAlone(pool, suspect.placed, limit * PATIENCE, results);
  }
}

interface Suspect {
  readonly placed: Placed;
  readonly reason: string;
}

async function renderRound(
  pool: Pool,
  chunk: readonly Placed[],
  limit: number,
  results: RenderResult[],
): Promise<Suspect | undefined> {
  const outcome = await pool.use((thread) =>
    thread.render(
      chunk.map((placed) => placed.job),
      limit,
    ),
  );
  if (outcome.kind === 'stopped') {
    const placed = chunk[outcome.position] ?? chunk[0];
    return placed && { placed, reason: outcome.reason };
  }
  chunk.forEach((placed, i) => (results[placed.index] = outcome.results[i] ?? LOST));
  return undefined;
}

const LOST: RenderResult = { ok: false, reason: 'The rendering thread gave no answer.' };

async function retryAlone(pool: Pool, placed: Placed, limit: number, results: RenderResult[]): Promise<void> {
  const suspect = await renderRound(pool, [placed], limit, results);
  if (suspect) results[placed.index] = { ok: false, reason: suspect.reason };
}

interface Pool {
  use<T extends { readonly kind: string }>(work: (thread: Thread) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** At most `size` threads; whoever comes when all are busy waits in line. A stopped thread is not used again. */
function threadPool(size: number): Pool {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const line: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  async function start(): Promise<Thread> {
    const thread = await startThread();
    all.add(thread);
    if (closed) await thread.stop();
    return thread;
  }

  async function turn(): Promise<void> {
    if (busy >= size) await new Promise<void>((resolve) => line.push(resolve));
    else busy++;
  }

  function pass(): void {
    const next = line.shift();
    if (next) next();
    else busy--;
  }

  return {
    async use(work) {
      await turn();
      try {
        if (closed) throw new Error('The renderer is closed.');
        const thread = idle.pop() ?? (await start());
        const outcome = await work(thread);
        if (outcome.kind === 'stopped') all.delete(thread);
        else idle.push(thread);
        if (closed) throw new Error('The renderer was closed while it rendered.');
        return outcome;
      } finally {
        pass();
      }
    },
    async close() {
      closed = true;
      await Promise.all([...all].map((thread) => thread.stop()));
    },
  };
}
