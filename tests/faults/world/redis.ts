/** A redis-server of the run's own, which can be killed, frozen and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../../support/redis-server.ts';

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
  close(): Promise<void>;
}

export async function redisIsInstalled(): Promise<boolean> {
  const asked = spawn('redis-server', ['--version'], { stdio: 'ignore' });
  return Promise.race([once(asked, 'exit').then(() => true), once(asked, 'error').then(() => false)]);
}

export async function openRedis(folder: string, keeps_writes: boolean): Promise<RedisProcess> {
  await mkdir(folder, { recursive: true });
  let server = await running(folder, keeps_writes);
  const { url } = server;
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  let is_dead = false;

  async function kill(): Promise<void> {
    if (is_dead) return;
    is_dead = true;
    await server.stop();
  }

  return {
    url,
    get pid() {
      return server.pid;
    },
    folder,
    client,
    kill,
    async start() {
      server = await running(folder, keeps_writes, Number(new URL(url).port));
      is_dead = false;
    },
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
    async close() {
      client.disconnect();
      await kill();
    },
  };
}

async function running(folder: string, keeps_writes: boolean, port?: number): Promise<RedisServer> {
  const server = await startRedis(folder, 'noeviction', port, keeps_writes);
  if (!server) throw new Error('redis-server could not be started');
  return server;
}
