import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import type { Instant } from '../src/core/events/event.ts';
import type { ReceivedEvent } from '../src/engine/ports.ts';
import { addCrowd, crowdProject, LONG_WAIT } from './crowd.ts';
import { startEtapa, type EtapaProcess } from './processes.ts';
import {
  openBenchApp,
  percentile,
  seconds,
  spread,
  startSink,
  type Bench,
  type Spread,
} from './surroundings.ts';
import { count, milliseconds, rate, times, type Row } from './words.ts';

export interface HerdFigures {
  readonly people: number;
  /** From the second's beginning to the mail server's answer to the first message, in milliseconds. */
  readonly first_message: Spread;
  /** Waits per second that end, walk on, owe a message and are committed, while a sender sends. */
  readonly transitions: Spread;
  /** Bare statements that write the same rows, as many at a time, with nobody else at work. */
  readonly bare: Spread;
  readonly ratio: Spread;
  /** How long events in batches of ten took to be received, in milliseconds: alone, and during the herd. */
  readonly receive_alone: Latency;
  readonly receive_meanwhile: Latency;
  readonly memory_mb: number;
}

interface Latency {
  readonly p50: Spread;
  readonly p99: Spread;
}

/** A workflow sends to all of a crowd in the same second: one process decides, another sends, this one receives. */
export async function benchHerd(bench: Bench, people: number, rounds: number): Promise<HerdFigures> {
  const sink = await startSink();
  const runs: Run[] = [];
  try {
    for (let round = 0; round < rounds; round++) runs.push(await runHerd(bench, sink.url, people));
  } finally {
    sink.stop();
  }
  const latency = (which: 'alone' | 'meanwhile', share: number): Spread =>
    spread(runs.map((run) => percentile(run[which], share)));
  return {
    people,
    first_message: spread(runs.map(({ first_message }) => first_message)),
    transitions: spread(runs.map(({ transitions }) => transitions)),
    bare: spread(runs.map(({ bare }) => bare)),
    ratio: spread(runs.map(({ transitions, bare }) => transitions / bare)),
    receive_alone: { p50: latency('alone', 0.5), p99: latency('alone', 0.99) },
    receive_meanwhile: { p50: latency('meanwhile', 0.5), p99: latency('meanwhile', 0.99) },
    memory_mb: Math.round(Math.max(...runs.map(({ memory_mb }) => memory_mb))),
  };
}

interface Run {
  readonly first_message: number;
  readonly transitions: number;
  readonly bare: number;
  readonly alone: readonly number[];
  readonly meanwhile: readonly number[];
  readonly memory_mb: number;
}

/** For the writing of so many moments, and for the calm before the storm. */
const CALM = 10_000;

async function runHerd(bench: Bench, smtp_url: string, people: number): Promise<Run> {
  const url = await bench.newDatabase();
  const app = await openBenchApp(url, {}, await crowdProject());
  const processes: EtapaProcess[] = [];
  try {
    await addCrowd(app, people, sql`now() + interval '100 days'`);
    const bare = people / (await seconds(() => writeBare(app, people)));
    const engine = await startEtapa(bench, url, smtp_url, ['engine', 'chores']);
    processes.push(engine);
    const sender = await startEtapa(bench, url, smtp_url, ['sender']);
    processes.push(sender);
    const at = await allDueAt(app, people);
    const alone = await receiveWhile(app, 'alone', () => Date.now() < at - 500);
    await sleep(at - Date.now());
    let decided = 0;
    let ended = at;
    const herd = watchHerd(engine, people, (now, so_far) => {
      ended = now;
      decided = so_far;
    });
    const meanwhile = await receiveWhile(app, 'meanwhile', () => decided < people);
    await herd;
    const { first_sent_at, memory_mb } = await firstSent(sender);
    return {
      first_message: first_sent_at - at,
      transitions: (1000 * people) / (ended - at),
      ...{ bare, alone, meanwhile },
      memory_mb: Math.max(memory_mb, (await engine.report()).memory_mb),
    };
  } finally {
    for (const etapa of processes) await etapa.stop();
    await app.close();
    await bench.dropDatabase(url);
  }
}

/** Within one second, some time from now. */
async function allDueAt({ db }: App, people: number): Promise<Instant> {
  const at = Date.now() + CALM + people / 5;
  const due = sql`to_timestamp((${at}::float8 + 1000 * random()) / 1000)`;
  await db.execute(sql`update runs set due_at = ${due} where workflow = ${LONG_WAIT}`);
  await db.execute(sql`
    update contacts c set next_due_at = r.due_at from runs r where r.contact_id = c.id and r.workflow = ${LONG_WAIT}`);
  await db.execute(sql`vacuum contacts, runs`);
  if (Date.now() > at - CALM / 2) throw new Error('the herd was still being gathered when it was to go off');
  return at;
}

async function watchHerd(
  engine: EtapaProcess,
  people: number,
  tell: (at: Instant, decided: number) => void,
): Promise<void> {
  for (let decided = 0; decided < people;) {
    await sleep(100);
    for (const { at, late } of (await engine.report()).turns) {
      decided += late.length;
      tell(at, decided);
    }
  }
}

async function firstSent(
  sender: EtapaProcess,
): Promise<{ readonly first_sent_at: Instant; readonly memory_mb: number }> {
  for (;;) {
    const { first_sent_at, memory_mb } = await sender.report();
    if (first_sent_at !== null) return { first_sent_at, memory_mb };
    await sleep(100);
  }
}

const PER_BATCH = 10;
const BETWEEN_BATCHES = 50;

/** Answers how long each batch took, in milliseconds. */
async function receiveWhile(
  { receiver }: App,
  round: string,
  goesOn: () => boolean,
): Promise<readonly number[]> {
  const took: number[] = [];
  while (goesOn()) {
    const began = performance.now();
    const batch = Array.from({ length: PER_BATCH }, (_, index) =>
      anEvent(`${round}-${took.length}-${index}`),
    );
    await receiver.receive(batch);
    took.push(performance.now() - began);
    await sleep(Math.max(0, BETWEEN_BATCHES - (performance.now() - began)));
  }
  return took;
}

function anEvent(message_id: string): ReceivedEvent {
  const now = Date.now();
  const base = { message_id, anonymous_id: message_id, occurred_at: now, received_at: now, source: 'bench' };
  return { ...base, type: 'track', name: 'product_viewed', properties: { product_id: 'p1' } };
}

const PER_BARE = 500;

/** What a turn must write of each: the contact, the run that ended, a message; taken back at the end. */
async function writeBare({ db }: App, people: number): Promise<void> {
  const client = await db.$client.connect();
  try {
    for (let first = 0; first < people; first += PER_BARE) {
      const last = Math.min(people, first + PER_BARE);
      await client.query('begin');
      await client.query(BARE_CONTACTS, [first, last]);
      await client.query(BARE_RUNS, [first, last]);
      await client.query(BARE_MESSAGES, [first, last]);
      await client.query('commit');
    }
    await client.query('delete from messages');
    await client.query('vacuum messages');
  } finally {
    client.release();
  }
}

const SOME = `(select (lpad(to_hex(n), 8, '0') || substr(md5(n::text), 9))::uuid as id
  from generate_series($1::int + 1, $2::int) n) crowd`;

const BARE_CONTACTS = `
  update contacts c set profile = c.profile || '{}', decided_at = now(), next_due_at = next_due_at + interval '1 hour'
  from ${SOME} where c.id = crowd.id`;

const BARE_RUNS = `
  update runs r set visit = visit + 1, arrived_at = now(), due_at = due_at + interval '1 hour' from ${SOME}
  where r.contact_id = crowd.id`;

const BARE_MESSAGES = `
  insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
    stage, language, tone, formality, because, event)
  select gen_random_uuid(), c.id, r.workflow, r.number, r.step, r.visit, 'order_thanks', 'email', 'service', 'owed', now(),
    now(), c.stage, 'es', 'friendly', '{}', r.because, r.event
  from ${SOME} join contacts c using (id) join runs r on r.contact_id = c.id`;

export function herdRows(figures: HerdFigures): readonly Row[] {
  const { people, receive_alone: alone, receive_meanwhile: meanwhile } = figures;
  return [
    [
      `contact, run and message of each of ${count(people)}, bare statements of ${PER_BARE}`,
      rate(figures.bare),
      '1',
    ],
    [
      `waits that end in the same second, decided and committed (first message sent after ${milliseconds(figures.first_message)}, ${figures.memory_mb} MB)`,
      rate(figures.transitions),
      times(figures.ratio),
    ],
    [
      `${PER_BATCH} events received meanwhile: p50 ${milliseconds(meanwhile.p50)}, p99 ${milliseconds(meanwhile.p99)}; alone ${milliseconds(alone.p50)}, ${milliseconds(alone.p99)}`,
      '',
      '',
    ],
  ];
}
