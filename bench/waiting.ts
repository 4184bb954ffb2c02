import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import type { Instant } from '../src/core/events/event.ts';
import { DAY } from '../src/core/time/date.ts';
import { PARTITIONS } from '../src/engine/ports.ts';
import { array } from '../src/store/values.ts';
import { addCrowd, crowdProject, LONG_WAIT } from './crowd.ts';
import { postgresCore } from './postgres-usage.ts';
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
import { count, milliseconds, times, type Row } from './words.ts';

export interface WaitingFigures {
  readonly few: number;
  readonly many: number;
  /** What one look of the sweep costs while nobody is due, in milliseconds. */
  readonly look: Compared;
  /** What a turn's reading costs that finds nobody due, and that finds some, in milliseconds. */
  readonly empty_read: Compared;
  readonly due_read: Compared;
  readonly contacts_per_read: number;
  /** The three together. */
  readonly claim: Compared;
  /** Of one core, while nothing happens, in percent: of the process, and of PostgreSQL. */
  readonly idle: Compared;
  readonly idle_postgres: Compared;
  readonly wake_ups: number;
  /** From falling due to decided and committed, in milliseconds. */
  readonly late_p50: Spread;
  readonly late_p99: Spread;
  /** The most that the process held. */
  readonly memory_mb: number;
}

interface Compared {
  readonly few: Spread;
  readonly many: Spread;
  /** Of the two of one round. */
  readonly ratio: Spread;
}

export interface WaitingScale {
  readonly few: number;
  readonly many: number;
  readonly rounds: number;
  readonly idle_seconds: number;
  readonly wake_ups: number;
}

/** Contacts in the middle of a workflow whose wait ends on some later day: many of them, against few. */
export async function benchWaiting(bench: Bench, scale: WaitingScale): Promise<WaitingFigures> {
  const sink = await startSink();
  const few = await openWaiting(bench, scale.few);
  const many = await openWaiting(bench, scale.many);
  try {
    await claimCosts(few, many);
    const costs: Both<Cost>[] = [];
    for (let round = 0; round < scale.rounds; round++) costs.push(await claimCosts(few, many));
    const idle_few = await lookAtIdle(bench, few, sink.url, { ...scale, wake_ups: 0 });
    const idle_many = await lookAtIdle(bench, many, sink.url, scale);
    const compare = (figure: (cost: Cost) => number): Compared =>
      compared(
        costs.map((cost) => figure(cost.few)),
        costs.map((cost) => figure(cost.many)),
      );
    return {
      few: scale.few,
      many: scale.many,
      look: compare(({ look }) => look),
      empty_read: compare(({ empty_read }) => empty_read),
      due_read: compare(({ due_read }) => due_read),
      contacts_per_read: DUE_PER_READ,
      claim: compare(({ look, empty_read, due_read }) => look + empty_read + due_read),
      idle: compared(idle_few.process, idle_many.process),
      idle_postgres: compared(idle_few.postgres, idle_many.postgres),
      wake_ups: scale.wake_ups,
      late_p50: spread(idle_many.late.map((late) => percentile(late, 0.5))),
      late_p99: spread(idle_many.late.map((late) => percentile(late, 0.99))),
      memory_mb: Math.round(idle_many.memory_mb),
    };
  } finally {
    sink.stop();
    for (const { app, url } of [few, many]) {
      await app.close();
      await bench.dropDatabase(url);
    }
  }
}

interface Waiting {
  readonly app: App;
  readonly url: string;
  readonly people: number;
  /** The wait of the first contacts ends at `from`, that of the others evenly over the days after it. */
  readonly from: Instant;
}

const SPAN = 30 * DAY;

async function openWaiting(bench: Bench, people: number): Promise<Waiting> {
  const url = await bench.newDatabase();
  const app = await openBenchApp(url, {}, await crowdProject());
  const from = Date.now() + 2 * DAY;
  // Who falls due together stands far apart in the table.
  const place = sql`(n::bigint * 7919) % ${people}::bigint`;
  await addCrowd(
    app,
    people,
    sql`to_timestamp((${from}::float8 + ${place} * ${SPAN / people}::float8) / 1000)`,
  );
  await app.db.execute(sql`checkpoint`);
  return { app, url, people, from };
}

/** In milliseconds. */
interface Cost {
  readonly look: number;
  readonly empty_read: number;
  readonly due_read: number;
}

const PER_COST = 40;
const DUE_PER_READ = 100;

async function claimCosts(few: Waiting, many: Waiting): Promise<Both<Cost>> {
  const measure = (work: (waiting: Waiting, run: number) => Promise<unknown>): Promise<Both<number>> =>
    inTurns(few, many, work);
  const look = await measure(async ({ app: { store } }) => {
    const now = Date.now();
    await store.partitionsWithWork(now, false);
    await store.hasOwed(now);
    await store.nextDue();
  });
  const empty_read = await measure(({ app }, run) => readTurn(app, run, Date.now()));
  const due_read = await measure(({ app, people, from }, run) =>
    readTurn(app, run, from + (DUE_PER_READ * PARTITIONS * SPAN) / people),
  );
  const of = (which: keyof Both<Cost>): Cost => ({
    look: look[which],
    empty_read: empty_read[which],
    due_read: due_read[which],
  });
  return { few: of('few'), many: of('many') };
}

interface Both<T> {
  readonly few: T;
  readonly many: T;
}

/** One after the other, so that what else the machine does meets both; the medians, in milliseconds. */
async function inTurns(
  few: Waiting,
  many: Waiting,
  work: (waiting: Waiting, run: number) => Promise<unknown>,
): Promise<Both<number>> {
  const took = { few: [] as number[], many: [] as number[] };
  for (let run = 0; run < PER_COST; run++) {
    took.few.push(1000 * (await seconds(() => work(few, run))));
    took.many.push(1000 * (await seconds(() => work(many, run))));
  }
  return { few: spread(took.few).median, many: spread(took.many).median };
}

class Undone extends Error {}

/** A turn that reads and locks, and then thinks better of it. */
async function readTurn({ store }: App, run: number, now: Instant): Promise<void> {
  const from = new Map([[run % PARTITIONS, '']]);
  const undone = store.turn([...from.keys()], async (book) => {
    if (book.held.length === 0) throw new Error('somebody else is at work in this database');
    await book.read({ now, from, happenings: 2000, due: 500, skip_owing: false });
    throw new Undone();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}

interface Idle {
  /** Percent of one core in each round. */
  readonly process: readonly number[];
  readonly postgres: readonly number[];
  /** How late each contact was decided, in each round. */
  readonly late: readonly (readonly number[])[];
  readonly memory_mb: number;
}

const SETTLING = 5000;

async function lookAtIdle(
  bench: Bench,
  { app, url }: Waiting,
  smtp_url: string,
  scale: WaitingScale,
): Promise<Idle> {
  const { rounds, idle_seconds, wake_ups } = scale;
  const etapa = await startEtapa(bench, url, smtp_url, ['engine', 'sender', 'chores']);
  const found = { process: [] as number[], postgres: [] as number[], late: [] as number[][] };
  try {
    await sleep(SETTLING);
    for (let round = 0; round < rounds; round++) {
      const before = await cpuOf(url, etapa);
      await sleep(idle_seconds * 1000);
      const after = await cpuOf(url, etapa);
      found.process.push((100 * (after.process - before.process)) / idle_seconds);
      found.postgres.push((100 * (after.postgres - before.postgres)) / idle_seconds);
    }
    for (let round = 0; round < rounds && wake_ups > 0; round++)
      found.late.push(await wakeUp(app, etapa, scale));
    return { ...found, memory_mb: (await etapa.report()).memory_mb };
  } finally {
    await etapa.stop();
  }
}

async function cpuOf(
  url: string,
  etapa: EtapaProcess,
): Promise<{ readonly process: number; readonly postgres: number }> {
  return { process: (await etapa.report()).cpu_seconds, postgres: await postgresCore(url) };
}

/** The waits of some end at moments of chance, as many seconds long as idleness was looked at. */
async function wakeUp(
  { db }: App,
  etapa: EtapaProcess,
  { wake_ups, idle_seconds }: WaitingScale,
): Promise<number[]> {
  // Looking for them takes a while, and nobody is to be due before she is written so.
  const found = await db.execute<{ id: string }>(sql`
    select id from contacts where next_due_at > now() order by random() limit ${wake_ups}`);
  const ids = array(
    found.rows.map(({ id }) => id),
    'uuid',
  );
  await db.execute(sql`
    with woken as (
      select id, now() + interval '2 seconds' + random() * ${idle_seconds} * interval '1 second' as due
      from unnest(${ids}) as chosen (id)
    ), waits as (
      update runs r set due_at = w.due from woken w
      where r.contact_id = w.id and r.workflow = ${LONG_WAIT} and r.number = 1 and r.ended_at is null
    )
    update contacts c set next_due_at = w.due from woken w where c.id = w.id`);
  const late: number[] = [];
  while (late.length < wake_ups) {
    await sleep(500);
    late.push(...(await etapa.report()).turns.flatMap((turn) => turn.late));
  }
  return late;
}

function compared(few: readonly number[], many: readonly number[]): Compared {
  return {
    few: spread(few),
    many: spread(many),
    ratio: spread(many.map((value, round) => value / (few[round] ?? Number.NaN))),
  };
}

export function waitingRows(figures: WaitingFigures): readonly Row[] {
  const { few, many, contacts_per_read: read } = figures;
  const row = (what: string, { few: at_few, many: at_many, ratio }: Compared): Row => [
    `${what}: ${milliseconds(at_few)} at ${count(few)}, ${milliseconds(at_many)} at ${count(many)} waiting`,
    '',
    times(ratio),
  ];
  return [
    row('claim cost', figures.claim),
    row('one look of the sweep', figures.look),
    row('a turn that finds nobody due', figures.empty_read),
    row(`a turn that finds and locks ${read}`, figures.due_read),
    [`idle: ${cpuWords(figures)}; the process held ${figures.memory_mb} MB at most`, '', ''],
    [
      `${count(figures.wake_ups)} wake-ups among ${count(many)}: p50 ${milliseconds(figures.late_p50)}, p99 ${milliseconds(figures.late_p99)} from due to decided`,
      '',
      '',
    ],
  ];
}

function cpuWords({ few, many, idle, idle_postgres }: WaitingFigures): string {
  const words = (which: 'few' | 'many'): string =>
    `${idle[which].median.toFixed(1)} % of a core and PostgreSQL ${idle_postgres[which].median.toFixed(1)} %`;
  return `${words('few')} at ${count(few)}, ${words('many')} at ${count(many)}`;
}
