/** Another system, which answers what a test tells it to. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Socket } from 'node:net';

export interface HttpAsked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Counts requests from 1. */
  readonly time: number;
}

export interface HttpSays {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `mute` never answers, `drop` closes the connection, `stall` sends half an answer and no more. */
export type HttpAnswer = HttpSays | 'mute' | 'drop' | 'stall';

export interface ScriptedHttp {
  readonly origin: string;
  readonly port: number;
  readonly asked: readonly HttpAsked[];
  /** Resolves when so many requests have come. */
  seen(times: number): Promise<void>;
  stop(): Promise<void>;
}

export function json(body: unknown, status = 200): HttpSays {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export async function startScriptedHttp(
  answer: (asked: HttpAsked) => HttpAnswer | Promise<HttpAnswer> = () => ({ status: 204 }),
  given?: Server,
): Promise<ScriptedHttp> {
  const asked: HttpAsked[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const server = given ?? createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: HttpAsked = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        time: asked.length + 1,
      };
      asked.push(one);
      for (const look of [...waiting]) look();
      void Promise.resolve(answer(one)).then((says) => {
        if (says === 'mute') return;
        if (says === 'drop') return void request.socket.destroy();
        if (says === 'stall') {
          response.writeHead(200, { 'content-type': 'application/json' });
          return void response.write('{"half":');
        }
        response.writeHead(says.status ?? 200, says.headers);
        response.end(says.body ?? '');
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    asked,
    seen: (times) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (asked.length < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
