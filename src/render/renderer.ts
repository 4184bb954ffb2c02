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
   * One result per job, in the order of the jobs, each as soon as it is there: one that takes long keeps no other one.
   * @throws each of them, when no thread can be started, or after `close`.
   */
  render(jobs: readonly RenderJob[]): readonly Promise<RenderResult>[];
  /** All of them together. */
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
/**
 * A message that was stopped is tried once more, alone and with more time: the machine may just have been busy. That has
 * a thread of its own, so that those after it go on.
 */
const PATIENCE = 3;

/** Threads are started when first needed and do not keep the process alive. */
export function createRenderer(options: RendererOptions = {}): Renderer {
  const limit = options.time_limit ?? 200;
  const lanes: Lanes = {
    quick: {
      limit,
      pool: threadPool(options.threads ?? Math.min(4, Math.max(1, availableParallelism() - 1))),
    },
    patient: { limit: limit * PATIENCE, pool: threadPool(1) },
  };
  const render = (jobs: readonly RenderJob[]): readonly Promise<RenderResult>[] => {
    const placed = jobs.map(place);
    const whole = placed.filter((one) => 'job' in one);
    for (const chunk of chunksOf(whole, CHUNK)) void renderChunk(lanes, chunk);
    return placed.map(({ result }) => result);
  };
  return {
    render,
    renderBatch: (jobs) => Promise.all(render(jobs)),
    close: async () => void (await Promise.all([lanes.quick.pool.close(), lanes.patient.pool.close()])),
  };
}

interface Lane {
  readonly pool: Pool;
  /** Longest time for one message in milliseconds. */
  readonly limit: number;
}

interface Lanes {
  readonly quick: Lane;
  readonly patient: Lane;
}

/** A job and whoever waits for its result. */
interface Placed {
  readonly job: Job;
  readonly result: Promise<RenderResult>;
  resolve(result: RenderResult): void;
  reject(error: unknown): void;
}

function place(job: RenderJob): Placed | { readonly result: Promise<RenderResult> } {
  try {
    const written = { key: job.key, templates: job.templates, context: writeContext(job.context) };
    return { job: written, ...waiting() };
  } catch (error) {
    const reason = `The data of this message are not usable: ${messageOf(error)}`;
    return { result: Promise.resolve({ ok: false, reason }) };
  }
}

function waiting(): Omit<Placed, 'job'> {
  const settle: { resolve?: Placed['resolve']; reject?: Placed['reject'] } = {};
  const result = new Promise<RenderResult>((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return { result, ...(settle as Required<typeof settle>) };
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Each round either finishes or takes one suspect out, so it ends. */
async function renderChunk(lanes: Lanes, chunk: readonly Placed[]): Promise<void> {
  for (let rest = chunk; rest.length > 0;) {
    const suspect = await renderRound(lanes.quick, rest);
    if (!suspect) return;
    rest = rest.filter((placed) => placed !== suspect.placed);
    void retryAlone(lanes.patient, suspect.placed);
  }
}

interface Suspect {
  readonly placed: Placed;
  readonly reason: string;
}

/** Never throws: what goes wrong is told to those who wait. */
async function renderRound({ pool, limit }: Lane, chunk: readonly Placed[]): Promise<Suspect | undefined> {
  const jobs = chunk.map((placed) => placed.job);
  try {
    const outcome = await pool.use((thread) => thread.render(jobs, limit));
    if (outcome.kind === 'stopped') {
      const placed = chunk[outcome.position] ?? chunk[0];
      return placed && { placed, reason: outcome.reason };
    }
    chunk.forEach((placed, i) => placed.resolve(outcome.results[i] ?? LOST));
  } catch (error) {
    for (const placed of chunk) placed.reject(error);
  }
  return undefined;
}

const LOST: RenderResult = { ok: false, reason: 'The rendering thread gave no answer.' };

async function retryAlone(lane: Lane, placed: Placed): Promise<void> {
  const suspect = await renderRound(lane, [placed]);
  if (suspect) placed.resolve({ ok: false, reason: suspect.reason });
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
