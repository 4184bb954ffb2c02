/** What Redis says about itself, and which tables the queue wants on PostgreSQL. Nothing is changed. */
import { LATEST_SCHEMA_VERSION } from 'bullmq';
import { Redis } from 'ioredis';
import type { Instant } from '../core/events/event.ts';

/** The version of the queue's tables that this program works with. */
export const QUEUE_SCHEMA_VERSION: number = LATEST_SCHEMA_VERSION;

export interface RedisState {
  readonly version: string;
  /** Undefined where the server does not tell. */
  readonly eviction: string | undefined;
  readonly used_bytes: number;
  /** 0: as much as the machine has. */
  readonly most_bytes: number;
  /** Whether each write is also kept in a file (`appendonly`). */
  readonly keeps_writes: boolean;
  /** Whether the last write to disk went well. */
  readonly last_save_failed: boolean;
}

/** @throws Error where Redis cannot be reached or does not answer. */
export function inspectRedis(url: string): Promise<RedisState> {
  return asking(url, async (redis) => {
    const text = await redis.info();
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
    return {
      version: field('redis_version') ?? '',
      eviction: field('maxmemory_policy'),
      used_bytes: Number(field('used_memory') ?? 0),
      most_bytes: Number(field('maxmemory') ?? 0),
      keeps_writes: field('aof_enabled') === '1',
      last_save_failed: field('rdb_last_bgsave_status') === 'err' || field('aof_last_write_status') === 'err',
    };
  });
}

/** By Redis's clock. @throws Error where Redis cannot be reached or does not answer. */
export function redisTime(url: string): Promise<Instant> {
  return asking(url, async (redis) => {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  });
}

const PATIENCE = 5000;

async function asking<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
    return await ask(redis);
  } catch (error) {
    // Of a connection that fails, the promise tells only that it is closed.
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}
