/** The door of events, for what is wrong with a whole request. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { attacks, type Case } from './cases.ts';
import { KEY, type World } from './world.ts';

type Attack = Case<'json-body'>;

export async function tryBody(
  world: World,
  attack: Attack,
  begun: Promise<string> | undefined,
): Promise<void> {
  if (begun) return judge(await begun, attack);
  const before = await stored(world);
  const memory = process.memoryUsage().rss;
  if (attack.idle !== undefined) return goesOnBeside(world, attack.idle);
  if (attack.raw !== undefined) judge(await speak(world, attack.raw, false), attack);
  else await send(world, attack);
  expect(await stored(world)).toBe(before);
  expect((process.memoryUsage().rss - memory) / 2 ** 20).toBeLessThan(200);
  await answersOthers(world);
}

async function send(
  world: World,
  { input = '', encoding, headers, answers, code, rejected }: Attack,
): Promise<void> {
  const body = encoding === 'gzip' ? gzipSync(input) : Buffer.from(input, encoding);
  const more = encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {};
  const answer = await world.post('/v1/batch', body, { ...more, ...headers });
  expect(answers).toContain(answer.status);
  const told = (await answer.json()) as { error?: { code: string } };
  if (code !== undefined) expect(told.error?.code).toBe(code);
  if (rejected === undefined) return;
  const { rows } = await world.shop.app.db.execute<{ code: string }>(
    sql`select code from rejected_events order by id desc limit 1`,
  );
  expect(rows).toEqual([{ code: rejected }]);
}

function judge(said: string, { answers }: Attack): void {
  expect(answers).toContain(Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1]));
  expect(said.match(/HTTP\/1\.1/g)).toHaveLength(1);
}

/** All that the other side says to it until it closes; slowly, a byte each second for as long as it lets us. */
async function speak(world: World, raw: string, slowly: boolean): Promise<string> {
  const socket = open(world);
  let said = '';
  socket.setEncoding('latin1').on('data', (text: string) => (said += text));
  const begin = `POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: ${KEY}\r\n${raw}`;
  const drip = slowly ? setInterval(() => socket.write(' '), 1000) : undefined;
  if (slowly) socket.write(begin);
  else socket.end(begin);
  await once(socket, 'close');
  clearInterval(drip);
  return said;
}

/** Those that take their time, so that all others can be tried meanwhile. */
export function beginSlowOnes(world: World): ReadonlyMap<string, Promise<string>> {
  const slow = attacks('json-body').filter(({ slowly }) => slowly);
  return new Map(slow.map(({ name, raw = '' }) => [name, speak(world, raw, true)]));
}

async function goesOnBeside(world: World, count: number): Promise<void> {
  const alone = await median(world);
  const idle: Socket[] = [];
  while (idle.length < count) {
    const some = Array.from({ length: 250 }, () => open(world));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    idle.push(...some);
  }
  const beside = await median(world);
  for (const socket of idle) socket.destroy();
  process.stderr.write(
    `an event beside ${count} idle clients: ${beside.toFixed(1)} ms, without them ${alone.toFixed(1)} ms\n`,
  );
  // Another test may run at the same time: what is shown is that nobody waits for them.
  expect(beside).toBeLessThan(500 + 2 * alone);
}

async function median(world: World): Promise<number> {
  const took: number[] = [];
  while (took.length < 15) {
    const began = performance.now();
    await answersOthers(world);
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[7] ?? 0;
}

async function answersOthers({ post }: World): Promise<void> {
  const batch = [{ type: 'track', userId: 'bystander', event: 'Page Seen' }];
  expect((await post('/v1/batch', JSON.stringify({ batch }))).status).toBe(200);
}

function open({ origin }: World): Socket {
  return connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => undefined);
}

/** Of everybody but the bystander. */
async function stored({ shop }: World): Promise<number> {
  const found = await shop.app.db.execute(sql`select from events where name <> 'page_seen'`);
  return found.rowCount ?? 0;
}
