/** The door of calls to other systems. A server on 127.0.0.1 stands by that must hear nothing. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { lookup as lookupInEarnest } from 'node:dns/promises';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { createWebhook } from '../../src/channels/webhook.ts';
import type { Case } from './cases.ts';

type Attack = Case<'webhook-url'>;
type Far = NonNullable<Attack['far']>;

interface Listening {
  readonly port: number;
  connections: number;
  asked: number;
  stop(): Promise<void>;
}

export async function tryWebhook(attack: Attack): Promise<void> {
  const canary = await listen(createServer(), (_, answer) => void answer.end());
  const far = attack.far && (await openFar(attack.far, canary.port));
  if (attack.far === 'self_signed' && !far) {
    process.stderr.write('SKIPPED: no openssl is installed; a certificate of its own making is not tried\n');
    return canary.stop();
  }
  const scheme = attack.far === 'self_signed' ? 'https' : 'http';
  const url = attack.input?.replace('{port}', String(canary.port)) ?? `${scheme}://far.example:${far?.port}/`;
  const names = new Map(Object.entries({ 'far.example': [['127.0.0.1']], ...attack.names }));
  let looked_up = 0;
  const webhook = createWebhook({
    ...{ signing_secrets: [`whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`], secrets: {} },
    may_reach: far ? ['far.example'] : [],
    async lookup(host) {
      const known = names.get(host);
      if (!known) return lookupInEarnest(host, { all: true });
      const answers = known[Math.min(looked_up++, known.length - 1)] ?? [];
      return answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
    patience: attack.patience,
  });
  const memory = process.memoryUsage().rss;
  const answer = await webhook.call({
    ...{ id: 'attack', url, method: 'POST', headers: {}, body: '{}', at: Date.now() },
  });
  expect(answer.outcome, answer.response).toBe(attack.outcome);
  expect(answer.response).toContain(attack.says.replace('{far}', String(far?.port)));
  expect([canary.connections, canary.asked]).toEqual([0, 0]);
  if (attack.looked_up !== undefined) expect(looked_up).toBe(attack.looked_up);
  if (attack.asked !== undefined) expect(far?.asked).toBe(attack.asked);
  expect((process.memoryUsage().rss - memory) / 2 ** 20).toBeLessThan(200);
  await far?.stop();
  await canary.stop();
}

const MIB = Buffer.alloc(2 ** 20, 120);

const SAYS: Readonly<Record<Exclude<Far, 'self_signed'>, (inside: number) => RequestListener>> = {
  redirect: (inside) => (_, answer) =>
    void answer.writeHead(302, { location: `http://127.0.0.1:${inside}/` }).end(),
  circle: () => (asked, answer) =>
    void answer.writeHead(301, { location: `http://${asked.headers.host}/again` }).end(),
  flood: () => (_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': String(10 * 2 ** 30) });
    const pour = (): void => {
      while (!answer.destroyed && answer.write(MIB));
    };
    answer.on('drain', pour);
    pour();
  },
  drip: () => (_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.write('{');
  },
  long_header: () => (_, answer) => {
    const { socket } = answer;
    socket?.write('HTTP/1.1 200 OK\r\n');
    socket?.write(`X-Long: ${'x'.repeat(2 ** 20)}`);
  },
};

async function openFar(what: Far, inside: number): Promise<Listening | undefined> {
  if (what !== 'self_signed') return listen(createServer(), SAYS[what](inside));
  const pair = await selfSigned();
  return pair && listen(createHttpsServer(pair), (_, answer) => void answer.end());
}

async function selfSigned(): Promise<{ key: Buffer; cert: Buffer } | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'etapa-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const args = 'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=far.example'.split(' ');
  try {
    await promisify(execFile)('openssl', [...args, '-keyout', key, '-out', cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function listen(server: Server, says: RequestListener): Promise<Listening> {
  const sockets = new Set<Socket>();
  const listening: Listening = {
    port: 0,
    connections: 0,
    asked: 0,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket: Socket) => {
    listening.connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('request', (...[asked, answer]: Parameters<RequestListener>) => {
    listening.asked++;
    answer.on('error', () => undefined);
    says(asked, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(listening, { port: (server.address() as AddressInfo).port });
}
