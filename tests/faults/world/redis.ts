import type { Redis } from 'ioredis';

/** A redis-server of the run's own. */
export interface RedisProcess {
  readonly url: string;
  readonly pid: number;
  /** The folder of its files, `appendonlydir` among them. */
  readonly folder: string;
  /** For commands of the harness. */
  readonly client: Redis;
  kill(): Promise<void>;
  /** On the same port, with the files that are there. */
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
}
