/** What the API does when too much comes in: it says so in time, and whatever it took it keeps. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openDatabase } from '../../src/store/database.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { buildProgram, type Program } from '../cli/program.ts';
import { closedAfterEach } from '../support/closing.ts';
import { newDatabase } from '../support/database.ts';
import { freePort } from '../support/redis-server.ts';
import { openShop, SHOP_FILES } from '../support/shop.ts';

vi.setConfig({ testTimeout: 90_000 });

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const closing = closedAfterEach();

const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

test('one key that asks too often gets 429 and when to come again; others, and readers without a key, do not', async () => {
  const shop = await openShop();
  const server = await openServer(shop.app, { most_requests: 3 });
  closing.push(
    () => shop.close(),
    () => server.close(),
  );
  for (const key of ['wk_one', 'wk_two']) await addWriteKey(shop.app.db, key, key, key);
  const send = (key: string) =>
    server.inject({
      ...{ method: 'POST', url: '/v1/track', headers: { authorization: basic(key) } },
      payload: { type: 'track', userId: 'ana', event: 'Seen' },
    });
  const answers = [];
  for (let time = 0; time < 5; time++) answers.push(await send('wk_one'));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
  expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(answers[4]?.json()).toMatchObject({ error: { code: 'too_many_requests' } });
  expect((await send('wk_two')).statusCode).toBe(200);
  const seen = await Promise.all(Array.from({ length: 6 }, () => server.inject('/health/live')));
  expect(seen.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200, 200]);
});

test('what clients promise and do not send keeps no large batch out', async () => {
  const shop = await openShop();
  const server = await openServer(shop.app);
  closing.push(
    () => shop.close(),
    () => server.close(),
  );
  await addWriteKey(shop.app.db, 'promised', 'Promised', 'wk_promised');
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  const { hostname, port } = new URL(origin);
  const begun = 'POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 400000\r\n\r\n ';
  const promising = Array.from({ length: 300 }, () => connect(Number(port), hostname));
  closing.push(async () => promising.forEach((socket) => socket.destroy()));
  await Promise.all(promising.map((socket) => once(socket, 'connect')));
  await Promise.all(promising.map((socket) => new Promise((resolve) => socket.write(begun, resolve))));
  const properties = { words: 'x'.repeat(30_000) };
  const batch = Array.from({ length: 13 }, () => ({
    ...{ type: 'track', userId: 'ana', event: 'Seen', properties },
  }));
  const answer = await fetch(`${origin}/v1/batch`, {
    ...{ method: 'POST', body: JSON.stringify({ batch }) },
    headers: { authorization: basic('wk_promised'), 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
});

const CLIENTS = 150;
const ROUNDS = 4;
const MEGABYTE = 1024 * 1024;

test('a flood of the largest batches on a small heap gets 200 or 503, memory stays bounded, and each 200 is kept', async () => {
  const [database_url, port, folder] = await Promise.all([
    newDatabase(),
    freePort(),
    program.folder(SHOP_FILES),
  ]);
  const env = {
    DATABASE_URL: database_url,
    PORT: String(port),
    LOG_LEVEL: 'error',
    NODE_OPTIONS: '--max-old-space-size=160',
  };
  const running = program.start(['start', '-C', folder, '--only', 'api'], env);
  await running.says('Etapa is running');
  const { db, close } = openDatabase(database_url, { max: 1 });
  await addWriteKey(db, 'test', 'Test', 'wk_test');
  await close();
  let highest = 0;
  const watch = setInterval(() => {
    void readFile(`/proc/${running.pid}/status`, 'utf8').then(
      (text) => (highest = Math.max(highest, Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024)),
      () => undefined,
    );
  }, 100);
  const words = 'x'.repeat(30_000);
  const accepted: string[] = [];
  const statuses: Record<number, number> = {};
  const send = async (client: number, round: number): Promise<void> => {
    const ids = Array.from({ length: 16 }, (_, n) => `flood-${client}-${round}-${n}`);
    const batch = ids.map((messageId) => ({
      type: 'track',
      userId: `u${client}`,
      messageId,
      event: 'Seen',
      properties: { words },
    }));
    const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      ...{ method: 'POST', body: JSON.stringify({ batch }) },
      headers: { authorization: basic('wk_test'), 'content-type': 'application/json' },
    }).catch(() => undefined);
    const status = answer?.status ?? 0;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 200) accepted.push(...ids);
    if (status === 503) expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
  };
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => send(client, round)));
  clearInterval(watch);
  process.stderr.write(`flood: ${JSON.stringify(statuses)}, highest ${Math.round(highest)} MB resident\n`);

  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const { rows } = await client.query<{ message_id: string }>('select message_id from events');
  await client.end();
  const kept = new Set(rows.map(({ message_id }) => message_id));
  expect(accepted.filter((id) => !kept.has(id))).toEqual([]);
  // A connection that is answered before its body was read may be cut: the client sends it again.
  expect(Object.keys(statuses).filter((status) => !['0', '200', '503'].includes(status))).toEqual([]);
  expect(statuses[200]).toBeGreaterThan(0);
  expect(statuses[503]).toBeGreaterThan(0);
  if (highest > 0) expect(highest * MEGABYTE).toBeLessThan(450 * MEGABYTE);
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  running.signal('SIGTERM');
  expect(await running.ended()).toMatchObject({ code: 0 });
});
