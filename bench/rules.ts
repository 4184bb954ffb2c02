import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql, TransactionRollbackError, type SQL } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import { DAY } from '../src/core/time/date.ts';
import { PARTITIONS } from '../src/engine/ports.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import { startEtapa, type EtapaProcess } from './processes.ts';
import { openBenchApp, spread, timed, type Bench, type Spread } from './surroundings.ts';

export interface RulesFigures {
  readonly people: number;
  readonly events: number;
  /** Contacts per second that are read, decided by the new rules and written. */
  readonly decided_anew: Spread;
  /** The same where the rules ask for events that nobody had to remember, so that everybody's are read again. */
  readonly with_events: number;
  /** Rows per second of one bare `update contacts set stage = …`. */
  readonly bare: Spread;
  readonly ratio: Spread;
  readonly with_events_ratio: number;
  /** By one process, which hears of the new rules within two seconds. */
  readonly longest_turn_ms: number;
  /** How long news about somebody else waited meanwhile. */
  readonly longest_wait_ms: number;
  readonly memory_mb: number;
}

const STAGES = 'workflows/journey/stages.yaml';

/** New rules go through everybody while news comes in; they move whoever has ordered exactly twice, back and forth. */
export async function benchRules(bench: Bench, people: number, rounds: number): Promise<RulesFigures> {
  const url = await bench.newDatabase();
  const app = await openBenchApp(url, {});
  let etapa: EtapaProcess | undefined;
  try {
    const events = await addPeople(app, people);
    etapa = await startEtapa(bench, url, 'smtp://127.0.0.1:9', ['engine', 'chores']);
    const files = await readProjectFiles(fileURLToPath(new URL('..', import.meta.url)));
    const waits: number[] = [];
    const decideAnew = async (needed: number): Promise<number> => {
      const { result, wall } = await timed(() => deployAndWait(app, loyalFrom(files, needed)));
      waits.push(result);
      await refuseOthers(app, needed);
      return people / wall;
    };
    const with_events = await decideAnew(3);
    const rates: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      rates.push(await decideAnew(round % 2 === 0 ? 2 : 3));
      bare.push(people / (await updateBare(app)));
    }
    const { turns, memory_mb } = await etapa.report();
    return {
      people,
      events,
      decided_anew: spread(rates),
      with_events,
      bare: spread(bare),
      ratio: spread(rates.map((rate, round) => rate / (bare[round] ?? 1))),
      with_events_ratio: with_events / spread(bare).median,
      longest_turn_ms: Math.max(...turns.map(({ began, at }) => at - began)),
      longest_wait_ms: Math.round(Math.max(...waits)),
      memory_mb: Math.round(memory_mb),
    };
  } finally {
    await etapa?.stop();
    await app.close();
  }
}

/** The shipped rules, with so many orders as the whole condition of the last stage. */
function loyalFrom(files: ProjectFiles, orders: number): ProjectFiles {
  const text = files[STAGES] ?? '';
  const start = text.indexOf('- id: loyalty');
  if (start === -1) throw new Error(`${STAGES} has no stage "loyalty" any more`);
  const loyalty = `- { id: loyalty, enter_when: { field: orders.count, at_least: ${orders} } }\n`;
  return { ...files, [STAGES]: text.slice(0, start) + loyalty };
}

const PER_INSERT = 10_000;

/**
 * Contacts as they stood long ago, with an order or more for three of four. They were decided by rules that nobody
 * knows any more, and remember nothing: their events tell it.
 */
async function addPeople({ db }: App, people: number): Promise<number> {
  let events = 0;
  for (let first = 1; first <= people; first += PER_INSERT) {
    const crowd = crowdOf(first, Math.min(people, first + PER_INSERT - 1));
    await db.execute(sql`
      insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, decided_at, created_at)
      select id, ('x' || right(id::text, 2))::bit(8)::int % ${PARTITIONS}, jsonb_build_object(
          'fields', jsonb_build_object('email', jsonb_build_object('value', email, 'at', last)),
          'memory', '{}'::jsonb, 'cart', '{"changes":[]}'::jsonb, 'consent', '{}'::jsonb,
          'orders', jsonb_build_object('cancelled', '{}'::jsonb, 'refunded', '{}'::jsonb, 'list', coalesce((
            select jsonb_agg(jsonb_build_object('id', n || '-' || o, 'at', last - (orders - o) * ${DAY}::bigint,
              'revenue', 30, 'product_ids', '[]'::jsonb) order by o)
            from generate_series(1, orders) o), '[]'::jsonb))),
        '', '{}', '[]', 'awareness', now() - interval '400 days', now() - interval '200 days', now()
      from ${crowd}`);
    const added = await db.execute(sql`
      insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select md5(n || '/' || o)::uuid, id, n || '/' || o, case o when 0 then 'identify' else 'track' end,
        case o when 0 then 'identified' else 'order_completed' end,
        case o when 0 then jsonb_build_object('email', email)
          else jsonb_build_object('order_id', n || '-' || o, 'revenue', 30) end,
        to_timestamp((last - (orders - o) * ${DAY}::bigint) / 1000.0), now(), 'bench'
      from ${crowd}, generate_series(0, orders) o`);
    events += added.rowCount ?? 0;
  }
  await db.execute(sql`analyze contacts, events`);
  return events;
}

function crowdOf(first: number, last: number): SQL {
  return sql`(
    select n, md5(n::text)::uuid as id, n % 4 as orders, 'p' || n || '@people.example' as email,
      ${Date.now()}::bigint - (1 + n % 150) * ${DAY}::bigint as last
    from generate_series(${first}::int, ${last}::int) n) crowd`;
}

/** How long, at most, news about somebody waited until the new rules had gone through all. */
async function deployAndWait(app: App, files: ProjectFiles): Promise<number> {
  await app.deploy(files);
  let longest = 0;
  for (let told = 0; ;) {
    const [done, wait] = await Promise.all([app.recomputation(), newsWaits(app)]);
    longest = Math.max(longest, wait);
    if (!done || done.finished) return longest;
    const tenth = Math.floor((done.asked / done.total) * 10);
    if (tenth > told) process.stderr.write(`${done.asked} of ${done.total} contacts\n`);
    told = tenth;
    await sleep(BETWEEN_NEWS);
  }
}

const BETWEEN_NEWS = 200;

/** Until somebody who comes by is decided, in milliseconds. */
async function newsWaits({ receiver, db }: App): Promise<number> {
  const at = Date.now();
  const message_id = randomUUID();
  const base = { message_id, anonymous_id: message_id, occurred_at: at, received_at: at, source: 'bench' };
  const began = performance.now();
  await receiver.receive([{ ...base, type: 'track', name: 'product_viewed', properties: {} }]);
  for (;;) {
    const { rows } = await db.execute<{ waiting: boolean }>(sql`
      select c.decided_at is null as waiting from identities i join contacts c on c.id = i.contact_id
      where i.kind = 'anonymous' and i.value = ${message_id}`);
    if (rows[0]?.waiting === false) return performance.now() - began;
    await sleep(5);
  }
}

/** Everybody stands where the rules say, and was decided by them. */
async function refuseOthers({ db, live }: App, needed: number): Promise<void> {
  const { rows } = await db.execute<{ wrong: number }>(sql`
    select count(*)::int as wrong from contacts c join lateral (
      select jsonb_array_length(profile -> 'orders' -> 'list') as orders) o on true
    where c.decided_at is not null and c.profile -> 'fields' ? 'email' and (c.rules <> ${live().project.rules}
      or c.stage <> case when orders >= ${needed} then 'loyalty' when orders > 0 then 'experience' else 'awareness' end)`);
  if (rows[0]?.wrong !== 0) throw new Error(`${rows[0]?.wrong} contacts stand in a wrong stage`);
}

/** The same rows in one statement, taken back at once: the next rules find everybody where the last ones left them. */
async function updateBare({ db }: App): Promise<number> {
  const began = performance.now();
  let took = 0;
  await db
    .transaction(async (tx) => {
      await tx.execute(sql`set local statement_timeout = 0`);
      await tx.execute(
        sql`update contacts set stage = case stage when 'loyalty' then 'experience' else 'loyalty' end`,
      );
      took = (performance.now() - began) / 1000;
      tx.rollback();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TransactionRollbackError)) throw error;
    });
  return took;
}
