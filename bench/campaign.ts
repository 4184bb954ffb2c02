import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import { addCrowd, CAMPAIGN, crowdProject } from './crowd.ts';
import { startEtapa, type EtapaProcess } from './processes.ts';
import { noteSlowStatements, type SlowStatement, type SlowStatements } from './slow-statements.ts';
import { openBenchApp, seconds, spread, startSink, type Bench, type Spread } from './surroundings.ts';
import { count, rate, times, type Row } from './words.ts';

export interface CampaignFigures {
  readonly people: number;
  /** Messages per second that are owed and committed, from the command to the last one. */
  readonly expanded: Spread;
  /** Bare `insert into messages … select` of as many, 500 a statement. */
  readonly bare: Spread;
  readonly ratio: Spread;
  readonly memory_mb: number;
  /** Those that took longest. */
  readonly slowest: readonly SlowStatement[];
}

/** A notice is begun by command and told to a segment that everybody is in. */
export async function benchCampaign(bench: Bench, people: number, rounds: number): Promise<CampaignFigures> {
  const sink = await startSink();
  const runs: Run[] = [];
  try {
    for (let round = 0; round < rounds; round++) runs.push(await runCampaign(bench, sink.url, people));
  } finally {
    sink.stop();
  }
  return {
    people,
    expanded: spread(runs.map(({ expanded }) => expanded)),
    bare: spread(runs.map(({ bare }) => bare)),
    ratio: spread(runs.map(({ expanded, bare }) => expanded / bare)),
    memory_mb: Math.round(Math.max(...runs.map(({ memory_mb }) => memory_mb))),
    slowest: runs
      .flatMap(({ slow }) => slow)
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SHOWN),
  };
}

const SHOWN = 10;
const NOTED_FROM = 200;

interface Run {
  readonly expanded: number;
  readonly bare: number;
  readonly memory_mb: number;
  readonly slow: readonly SlowStatement[];
}

async function runCampaign(bench: Bench, smtp_url: string, people: number): Promise<Run> {
  const url = await bench.newDatabase();
  const { slow, bare } = await prepare(url, people);
  const app = await openBenchApp(url, {}, await crowdProject());
  let etapa: EtapaProcess | undefined;
  try {
    etapa = await startEtapa(bench, url, smtp_url, ['engine', 'chores']);
    const took = await seconds(async () => {
      await app.notices.start(CAMPAIGN, null, 'bench');
      await untilExpanded(app);
    });
    await refuseOthers(app, people);
    return {
      expanded: people / took,
      bare,
      memory_mb: (await etapa.report()).memory_mb,
      slow: (await slow.read()).filter(({ statement }) => !statement.includes(OWN)),
    };
  } finally {
    await etapa?.stop();
    await app.close();
    await bench.dropDatabase(url);
  }
}

/** Connections that are opened afterwards have their slow statements noted. */
async function prepare(
  url: string,
  people: number,
): Promise<{ readonly slow: SlowStatements; readonly bare: number }> {
  const app = await openBenchApp(url, {}, await crowdProject());
  try {
    await addCrowd(app, people);
    // Written past the engine: counted now, as the first process after an update does.
    await app.store.recountPeople(app.live().project, Date.now());
    const bare = people / (await seconds(() => insertBare(app, people)));
    return { bare, slow: await noteSlowStatements(app.db, NOTED_FROM) };
  } finally {
    await app.close();
  }
}

async function untilExpanded(app: App): Promise<void> {
  for (;;) {
    const done = await app.recomputation();
    if (done?.finished) return;
    await sleep(200);
  }
}

/** Marks the bench's own questions, which may take as long as they like. */
const OWN = 'of the bench';

async function refuseOthers({ db }: App, people: number): Promise<void> {
  const { rows } = await db.execute<{ owed: number }>(sql`
    select count(distinct contact_id)::int as owed from messages where message = 'courier_strike' /* ${sql.raw(OWN)} */`);
  if (rows[0]?.owed !== people) throw new Error(`${rows[0]?.owed} of ${people} people are owed the message`);
}

const PER_BARE = 500;

async function insertBare({ db }: App, people: number): Promise<void> {
  for (let first = 1; first <= people; first += PER_BARE) {
    await db.execute(sql`
      insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
        stage, language, tone, formality, because, event)
      select gen_random_uuid(), id, 'bare', 1, '1', 1, 'bare', 'email', 'service', 'owed', now(), now(), stage, 'es',
        'friendly', '{}', '{"en":"the notice campaign is on","es":"el aviso campaign está vigente"}', '{}'
      from contacts where id in (
        select (lpad(to_hex(n), 8, '0') || substr(md5(n::text), 9))::uuid
        from generate_series(${first}::int, ${Math.min(people, first + PER_BARE - 1)}::int) n)`);
  }
  await db.execute(sql`truncate messages`);
}

export function campaignRows({ people, expanded, bare, ratio, ...figures }: CampaignFigures): readonly Row[] {
  const longest = figures.slowest[0]?.ms;
  const words = longest === undefined ? `none above ${NOTED_FROM} ms` : `${Math.round(longest)} ms`;
  return [
    [`rows into \`messages\`, bare inserts of ${PER_BARE} (${count(people)})`, rate(bare), '1'],
    [
      `a campaign to all: decided and owed (longest statement ${words}, ${figures.memory_mb} MB)`,
      rate(expanded),
      times(ratio),
    ],
  ];
}
