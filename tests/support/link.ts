/** A line to a server that a test can cut, or let go silent. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Link {
  /** The server's address, with the way over this line. */
  readonly url: string;
  /**
   * `cut` ends all connections and refuses others; `mute` accepts and lets nothing through any more. A connection that lost
   * something then stays silent for ever, as one that a router has forgotten.
   */
  set(state: 'open' | 'cut' | 'mute'): void;
  stop(): Promise<void>;
}

export async function linkTo(url: string): Promise<Link> {
  const target = new URL(url);
  const pairs = new Map<Socket, Socket>();
  let state: 'open' | 'cut' | 'mute' = 'open';
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (state === 'cut') return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    let is_silent = false;
    const pass = (bytes: Buffer, to: Socket): void => {
      is_silent ||= state !== 'open';
      if (!is_silent) to.write(bytes);
    };
    pairs.set(near, far);
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => {
      far.destroy();
      pairs.delete(near);
    });
    near.on('data', (bytes) => pass(bytes, far));
    far.on('data', (bytes) => pass(bytes, near));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const way = new URL(url);
  way.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    url: way.href,
    set(next) {
      state = next;
      if (next === 'cut') for (const near of pairs.keys()) near.destroy();
    },
    async stop() {
      for (const near of pairs.keys()) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
