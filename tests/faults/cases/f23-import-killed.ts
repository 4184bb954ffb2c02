import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../../support/built-program.ts';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { peakMegabytes } from '../world/memory.ts';
import type { World } from '../world/world.ts';

export const importKilled: FaultCase = {
  id: 'F23c',
  name: '`etapa replay` of 50,000 rows, killed twice while it reads and once while it decides, and begun again',
  correct: 'Begun again it goes on: each row is stored once, counted once, and starts what it starts once.',
  backends: 'both',
  run: importAll,
};

const PEOPLE = 1000;
/** Of each person: one who he is, one an order, the others views. */
const ROWS_EACH = 50;
const ROWS = PEOPLE * ROWS_EACH;
/** A sender may have so many under way when it is killed. */
const HANDED_OVER_AT_ONCE = 40;

async function importAll({ dice, openWorld }: Setting): Promise<Findings> {
  const world = await openWorld({ processes: [] });
  const file = join(world.folder, 'events.jsonl');
  await pipeline(Readable.from(lines()), createWriteStream(file));
  const first = dice.whole(5, 50) / 100;
  const second = first + dice.whole(5, 45) / 100;
  const decided = dice.whole(10, 90) / 100;
  const kills: readonly (readonly [what: string, reached: () => Promise<boolean>])[] = [
    [`${Math.round(first * 100)} % stored`, () => isStored(world, first)],
    [`${Math.round(second * 100)} % stored`, () => isStored(world, second)],
    [`${Math.round(decided * 100)} % decided`, () => isDecided(world, decided)],
  ];
  let killed = 0;
  for (const [, reached] of kills) if (await killWhen(begin(world, file), reached)) killed++;
  const began = performance.now();
  const last = begin(world, file);
  const held = await peakUntilEnd(last);
  const { code, err } = await last.ended();
  const seconds = (performance.now() - began) / 1000;
  const doubtful = killed * HANDED_OVER_AT_ONCE;
  const found = await world.check({ twice_inside: doubtful, uncertain: doubtful });
  const own = {
    ...{ rows: ROWS, killed: kills.map(([what]) => what).join(', '), last_run_s: seconds.toFixed(0) },
    held_mb: held,
  };
  const violations = [
    ...(code === 0 ? [] : [`the last one ended with ${code}: ${err.slice(-300)}`]),
    ...(killed === kills.length ? [] : [`only ${killed} of ${kills.length} were killed`]),
    ...(held > MOST_HELD ? [`it held ${held} MB, more than ${MOST_HELD}`] : []),
    ...(await wrongRows(world)),
  ];
  return { ...found, own, violations: [...found.violations, ...violations] };
}

/** Megabytes. The events of a file are held until they are stored. */
const MOST_HELD = 1000;

function begin(world: World, file: string): Running {
  return world.command('replay', file, '--send-to', world.smtp.url, '--json');
}

const FROM = Date.parse('2026-10-01T08:00:00Z');
const EVERY = 10_000;

/** All within a few weeks, people mixed. */
function* lines(): Generator<string> {
  for (let row = 0; row < ROWS; row++) {
    const userId = `imported${row % PEOPLE}`;
    const messageId = `row-${row}`;
    const timestamp = new Date(FROM + row * EVERY).toISOString();
    yield `${JSON.stringify({ messageId, userId, timestamp, ...told(userId, Math.floor(row / PEOPLE)) })}\n`;
  }
}

function told(user: string, time: number): object {
  const traits = { email: `${user}@example.com`, first_name: 'Ana', language: 'en', consent: ['email'] };
  if (time === 0) return { type: 'identify', traits };
  if (time === ROWS_EACH / 2)
    return { type: 'track', event: 'Order Completed', properties: { order_id: user, total: 89 } };
  return { type: 'track', event: 'Product Viewed', properties: { product_id: `s${time}`, price: 89 } };
}

/** False where it had ended before. */
async function killWhen(run: Running, reached: () => Promise<boolean>): Promise<boolean> {
  let has_ended = false;
  void run.ended().then(() => (has_ended = true));
  while (!has_ended && !(await reached())) await sleep(LOOK_EVERY);
  run.signal('SIGKILL');
  return (await run.ended()).code === null;
}

const LOOK_EVERY = 50;

async function isStored({ query }: World, share: number): Promise<boolean> {
  const [row] = await query<{ n: number }>('select count(*)::int as n from events');
  return (row?.n ?? 0) >= share * ROWS;
}

async function isDecided(world: World, share: number): Promise<boolean> {
  const [row] = await world.query<{ n: number }>('select count(*)::int as n from happenings');
  return (row?.n ?? ROWS) <= (1 - share) * ROWS && (await isStored(world, 1));
}

async function peakUntilEnd(run: Running): Promise<number> {
  let most = 0;
  let has_ended = false;
  void run.ended().then(() => (has_ended = true));
  while (!has_ended) {
    most = Math.max(most, await peakMegabytes(run.pid).catch(() => 0));
    await sleep(200);
  }
  return most;
}

async function wrongRows({ query }: World): Promise<readonly string[]> {
  const [row] = await query<{ rows: number; ids: number; orders: number; people: number }>(`
    select count(*)::int as rows, count(distinct message_id)::int as ids,
      (select count(*)::int from runs) as orders,
      (select count(*)::int from contacts where merged_into is null) as people
    from events where message_id like 'row-%'`);
  const is = JSON.stringify(row);
  const must_be = JSON.stringify({ rows: ROWS, ids: ROWS, orders: PEOPLE, people: PEOPLE });
  return is === must_be ? [] : [`there is ${is}, and there should be ${must_be}`];
}
