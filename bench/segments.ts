import { sql, type SQL } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import type { Condition } from '../src/core/conditions/condition.ts';
import { DAY } from '../src/core/time/date.ts';
import type { MessageFilter } from '../src/engine/message-list.ts';
import { summarize } from '../src/store/summary.ts';
import { addCrowd, crowdOf, crowdProject, NO_REASON } from './crowd.ts';
import { openBenchApp, seconds, spread, type Bench, type Spread } from './surroundings.ts';
import { count, milliseconds, times, type Row } from './words.ts';

export interface SegmentsFigures {
  readonly people: number;
  /** A bare `select count(*) from contacts`, in milliseconds. */
  readonly bare: Spread;
  /** What somebody at a screen waits for, in milliseconds. */
  readonly questions: Readonly<Record<string, Spread>>;
}

/** The questions of `etapa segments`, of lists and of the map, when there are many contacts with a year behind them. */
export async function benchSegments(bench: Bench, people: number, rounds: number): Promise<SegmentsFigures> {
  const url = await bench.newDatabase();
  const app = await openBenchApp(url, {}, await crowdProject());
  try {
    await addCrowd(app, people);
    await addHistory(app, people);
    const took: Record<string, number[]> = {};
    const bare: number[] = [];
    const ask = questions(app, people);
    for (let round = -1; round < rounds; round++) {
      // The first is for the caches.
      const keep = (list: number[], value: number): void => void (round >= 0 && list.push(value));
      keep(bare, await asked(() => app.db.execute(sql`select count(*) from contacts`)));
      for (const [name, question] of Object.entries(ask)) keep((took[name] ??= []), await asked(question));
    }
    const all = Object.entries(took).map(([name, values]) => [name, spread(values)]);
    return { people, bare: spread(bare), questions: Object.fromEntries(all) as Record<string, Spread> };
  } finally {
    await app.close();
    await bench.dropDatabase(url);
  }
}

async function asked(question: () => Promise<unknown>): Promise<number> {
  return 1000 * (await seconds(question));
}

function questions(app: App, people: number): Readonly<Record<string, () => Promise<unknown>>> {
  const now = Date.now();
  const tryOut = (condition: Condition): Promise<unknown> =>
    app.segments.tryOut(condition, app.live(), now, 10);
  const list = (filter: Partial<MessageFilter>): Promise<unknown> =>
    app.messages.list({ ...ALL_MESSAGES, ...filter });
  return {
    'people in each segment and persona': () => app.segments.counts(now),
    'who fulfils a condition on a field': () =>
      tryOut({ subject: 'field', field: 'orders.count', at_least: 2 }),
    'a contact by her e-mail address': () =>
      app.reader.findContact(`p${Math.round(people / 2)}@people.example`),
    'the latest messages': () => list({}),
    'the latest messages that were sent': () => list({ states: ['sent'] }),
    'the latest messages held back': () => list({ states: ['suppressed'] }),
    'the latest messages by chat, of which there are none': () => list({ channel: 'chat' }),
    'messages that died': () => list({ states: ['refused', 'uncertain'] }),
    'people in each stage, moves, runs and messages (`etapa status`)': () => summarize(app.db),
    'people at each step': () => app.reader.runCounts(),
    'moves between stages in a month': () => app.db.execute(MOVES_IN_A_MONTH),
  };
}

const MOVES_IN_A_MONTH = sql`
  select "from", "to", count(*) from stage_moves where at > now() - interval '30 days' group by 1, 2`;

const ALL_MESSAGES: MessageFilter = {
  states: [],
  channel: undefined,
  contact_id: undefined,
  behind: undefined,
  limit: 50,
};

const PER_INSERT = 50_000;

/** A move between stages in the last year, a run that ended and one that goes on, and a message, of each. */
export async function addHistory({ db }: App, people: number): Promise<void> {
  for (let first = 1; first <= people; first += PER_INSERT)
    for (const statement of historyOf(crowdOf(first, Math.min(people, first + PER_INSERT - 1))))
      await db.execute(statement);
  await db.execute(sql`vacuum analyze`);
}

function historyOf(some: SQL): readonly SQL[] {
  const at = sql`to_timestamp((first + (n::bigint * 7919) % (190 * ${DAY}::bigint)) / 1000.0)`;
  return [
    sql`insert into stage_moves (contact_id, at, "from", "to", because)
      select id, ${at}, 'awareness', case n % 3 when 0 then 'consideration' when 1 then 'decision' else 'experience' end,
        ${NO_REASON}::jsonb from ${some} order by 2`,
    sql`insert into segment_moves (contact_id, at, segment, way, because)
      select id, ${at}, 'silent_60_days', case n % 2 when 0 then 'enters' else 'leaves' end, ${NO_REASON}::jsonb
      from ${some} order by 2`,
    sql`insert into runs (contact_id, workflow, number, version, entered_at, because, step, visit, arrived_at, due_at,
        ended_at, outcome)
      select id, case n % 4 when 0 then 'welcome' else 'after_purchase' end, number, 'v1', ${at}, ${NO_REASON}::jsonb, '3',
        1, ${at}, null, case number when 1 then now() end, case number when 1 then 'completed' end
      from ${some}, generate_series(1, 2) number`,
    sql`insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
        sent_at, stage, language, tone, formality, because, held_because, event, address, subject, response)
      select gen_random_uuid(), id, 'after_purchase', 1, '1', 1, 'order_thanks', 'email', 'service', state, ${at}, ${at},
        case state when 'sent' then ${at} end, 'experience', 'es', 'friendly', '{}', ${NO_REASON}::jsonb,
        case state when 'sent' then null else ${NO_REASON}::jsonb end, '{}', email, 'Pedido recibido', '250 accepted'
      from (select *, case n % 50 when 0 then 'suppressed' when 1 then 'refused' else 'sent' end as state from ${some}) s`,
  ];
}

export function segmentsRows({ people, bare, questions: all }: SegmentsFigures): readonly Row[] {
  return [
    [`bare \`select count(*) from contacts\` of ${count(people)}: ${milliseconds(bare)}`, '', '1'],
    ...Object.entries(all).map(([name, took]): Row => [
      `${name}: ${milliseconds(took)}`,
      '',
      times({
        median: took.median / bare.median,
        low: took.low / bare.median,
        high: took.high / bare.median,
      }),
    ]),
  ];
}
