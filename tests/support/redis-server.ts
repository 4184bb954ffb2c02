import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * A redis-server of our own, on a free port unless one is given; undefined where none is installed. One that keeps its
 * writes has them in `appendonlydir` of the folder, and reads them when it starts.
 */
export async function startRedis(
  folder: string,
  policy = 'noeviction',
  given?: number,
  keeps_writes = false,
): Promise<RedisServer | undefined> {
  const port = given ?? (await freePort());
  const kept = keeps_writes ? 'yes' : 'no';
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', kept];
  const server = spawn('redis-server', [...options, '--dir', folder, '--maxmemory-policy', policy], {
    stdio: 'ignore',
  });
  const failed = await Promise.race([
    once(server, 'error').then(() => true),
    once(server, 'spawn').then(() => false),
  ]);
  if (failed || server.pid === undefined) return undefined;
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { maxRetriesPerRequest: 100, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await client.ping();
  client.disconnect();
  return {
    url,
    pid: server.pid,
    async stop() {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
