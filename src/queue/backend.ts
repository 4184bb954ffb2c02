import { createPostgresBackend, Queue, runMigrations, Worker, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { UserError } from '../errors.ts';

/** Where the bells hang: on the same PostgreSQL as everything else, or on Redis. */
export type QueueBackend =
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix?: string };

/** A job; of those with the same id one waits at most. */
export interface Ring {
  readonly name: string;
  readonly data: unknown;
  readonly opts?: { readonly deduplication: { readonly id: string } };
}

interface AnyQueue {
  addBulk(jobs: Ring[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface AnyWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
  close(): Promise<void>;
}

/** Opens queues and workers of one backend, and closes what they share. */
export interface OpenBackend {
  queue(name: string): AnyQueue;
  worker(name: string, process: Processor, concurrency: number): AnyWorker;
  close(): Promise<void>;
}

const SCHEMA = 'etapa_queue';
/** Bells leave nothing behind: what they rang for is in the book. */
const JOBS = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
const QUEUE = { defaultJobOptions: JOBS, streams: { events: { maxLen: 10 } } };
/** What a worker holds that was killed comes free within twice so many milliseconds; those alive renew their locks. */
const WORKER = { lockDuration: 10_000, stalledInterval: 10_000 };

export function openBackend(backend: QueueBackend): Promise<OpenBackend> {
  return backend.kind === 'redis' ? openRedis(backend) : openPostgres(backend);
}

async function openPostgres({
  url,
  schema = SCHEMA,
}: QueueBackend & { kind: 'postgres' }): Promise<OpenBackend> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    await client.end();
  }
  const connection = { connectionString: url, schema, max: 4 };
  return {
    queue: (name) => new Queue(name, { ...QUEUE, connection }, createPostgresBackend),
    worker: (name, process, concurrency) =>
      new Worker(name, process, { ...WORKER, connection, concurrency }, createPostgresBackend),
    close: () => Promise.resolve(),
  };
}

async function openRedis({ url, prefix = 'etapa' }: QueueBackend & { kind: 'redis' }): Promise<OpenBackend> {
  await refuseEviction(url);
  let is_closing = false;
  const lasting = {
    socketTimeout: LONGEST_SILENCE,
    retryStrategy: (times: number) => (is_closing ? null : Math.min(times * 50, 2000)),
  };
  // A ring that cannot be heard now is not kept: the sweep rings again. Workers wait for Redis for ever.
  const not_kept = { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true };
  const ringing = new Redis(url, { ...lasting, ...not_kept });
  const working = new Redis(url, { ...lasting, maxRetriesPerRequest: null });
  const connections = [ringing, working];
  const duplicate = working.duplicate.bind(working);
  working.duplicate = (options) => {
    const blocking = duplicate(options);
    connections.push(blocking);
    return blocking;
  };
  for (const connection of connections) connection.on('error', () => undefined);
  await ringing.connect();
  return {
    queue: (name) => new Queue(name, { ...QUEUE, prefix, connection: ringing }),
    worker(name, process, concurrency) {
      const worker = new Worker(name, process, { ...WORKER, prefix, connection: working, concurrency });
      const close = worker.close.bind(worker);
      // A worker that closes waits for its connections, and without Redis it would wait for ever.
      worker.close = async () => {
        is_closing = true;
        await Promise.all(connections.map(settled));
        await close();
      };
      return worker;
    },
    close() {
      for (const connection of connections) connection.disconnect();
      return Promise.resolve();
    },
  };
}

/**
 * A command that is not answered for so long is taken for lost: the other side may be gone without a word. Twice as long as a
 * worker lets Redis wait for a job; whoever begins to connect again just before Redis is back waits as long once more.
 */
const LONGEST_SILENCE = 12_000;

/** Resolves when the connection stands, or has been given up. */
async function settled(connection: Redis): Promise<void> {
  if (!['connecting', 'connect', 'close', 'reconnecting'].includes(connection.status)) return;
  await new Promise<void>((resolve) => {
    connection.once('ready', resolve);
    connection.once('end', resolve);
  });
}

/** Any policy but `noeviction` lets Redis drop jobs silently when memory runs short. */
async function refuseEviction(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } catch (error) {
    throw new UserError(
      'redis_unreachable',
      `Redis cannot be reached: ${(error as Error).message}. Check REDIS_URL.`,
    );
  }
  const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
  redis.disconnect();
  if (policy === 'noeviction' || policy === undefined) return;
  throw new UserError(
    'redis_evicts',
    `Redis would drop jobs when memory runs short: its maxmemory-policy is "${policy}". Set it to "noeviction".`,
  );
}
