/** The figures of tests and holdouts, counted from runs, events and messages. */
import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { Reason } from '../core/reason.ts';
import type { CountedGroup, CountedVariant, ExperimentBook, TestRecord } from '../engine/experiments/book.ts';
import type { Holdout, Success, Test } from '../engine/experiments/measures.ts';
import { eventsThat } from './conditions/happened.ts';
import { jsonAt, numberOf } from './conditions/json-value.ts';
import type { Database, Runner } from './database.ts';
import { duty } from './leadership.ts';
import { LOCK } from './locks.ts';
import { transaction } from './transaction.ts';
import { array, ms, timestamp } from './values.ts';

/** The variant that has won each `ab_test` that is decided, by `workflow/step`. */
export async function experimentWinners(db: Runner): Promise<Record<string, string>> {
  const found = await db.execute<{ workflow: string; step: string; winner: string }>(sql`
    select workflow, step, winner from experiments where winner is not null and step not like '%@%'
    order by workflow, step`);
  return Object.fromEntries(found.rows.map(({ workflow, step, winner }) => [`${workflow}/${step}`, winner]));
}

export function openExperiments(db: Database): ExperimentBook {
  return {
    ...bookOn(db),
    beginAnew: (test, now) => transaction(db, (tx) => beginAnew(tx, test, now)),
    alone: (work, under) =>
      duty(
        db,
        under,
      )(async (tx) => {
        const taken = await tx.execute<{ taken: boolean }>(
          sql`select pg_try_advisory_xact_lock(${LOCK.looking}) as taken`,
        );
        return taken.rows[0]?.taken ? work(bookOn(tx)) : undefined;
      }),
  };
}

/** Held by the process that looks for winners. */

function bookOn(db: Runner): ExperimentBook {
  const book: ExperimentBook = {
    records: () => readRecords(db),
    began: (test, since) => began(db, test, since),
    countVariants: (test, since, now) => countVariants(db, test, since, now),
    countHoldout: (holdout, now) => countHoldout(db, holdout, now),
    keepLook: (before, look) => keepLook(db, before, look),
    setWinner: (test, winner, because, now) => setWinner(db, test, winner, because, now),
    beginAnew: (test, now) => beginAnew(db, test, now),
    alone: (work) => work(book),
  };
  return book;
}

/**
 * A test that was begun anew stands here once for each time, as `step@1`, `step@2`, …, looked at when it ended; what
 * counts now has the id of the step alone.
 */
async function readRecords(db: Runner): Promise<readonly TestRecord[]> {
  const found = await db.execute<{
    workflow: string;
    step: string;
    looks: number | null;
    looked_at: number | null;
    winner: string | null;
    because: Reason | null;
    since: number | null;
  }>(sql`
    with ended as (
      select workflow, split_part(step, '@', 1) as step, max(looked_at) as since from experiments
      where step like '%@%' group by 1, 2
    )
    select workflow, step, e.looks, ${ms('e.looked_at')} as looked_at, e.winner, e.because, ${ms('ended.since')} as since
    from (select * from experiments where step not like '%@%') e full join ended using (workflow, step)
    order by workflow, step`);
  return found.rows.map((row) => ({ ...row, looks: row.looks ?? 0 }));
}

async function began(db: Runner, { workflow, step }: Test, since: Instant | null): Promise<Instant | null> {
  const found = await db.execute<{ began: number | null }>(sql`
    select ${ms('min(r.entered_at)')} as began from runs r
    where ${takers(workflow, step, since)}`);
  return found.rows[0]?.began ?? null;
}

/** Runs that came to the test. Of two that a merge made one, the other goes on. */
function takers(workflow: string, step: string, since: Instant | null): SQL {
  const from = since === null ? sql`true` : sql`r.entered_at > ${timestamp(since)}`;
  return sql`r.workflow = ${workflow} and r.variants ? ${step} and r.outcome is distinct from 'merged' and ${from}`;
}

async function countVariants(
  db: Runner,
  { workflow, step, success }: Test,
  since: Instant | null,
  now: Instant,
): Promise<readonly CountedVariant[]> {
  const by_message = success.by === 'message';
  const began_at = by_message ? sql`m.sent_at` : sql`r.entered_at`;
  const message = by_message ? sql`m.message` : sql`null::text`;
  const messages = by_message
    ? sql`join messages m on m.contact_id = r.contact_id and m.workflow = r.workflow and m.run = r.number
        and m.state = 'sent' and m.step = any(${array(success.steps, 'text')})`
    : sql``;
  const found = await db.execute<{ [key: string]: unknown } & CountedVariant>(sql`
    with firsts as (
      select distinct on (r.contact_id) r.contact_id as id, r.variants ->> ${step} as variant, ${began_at} as began_at,
        ${message} as message, r.outcome, r.ended_at
      from runs r ${messages}
      where ${takers(workflow, step, since)} and ${began_at} <= ${timestamp(now)}
      order by r.contact_id, ${began_at}, r.number
    )
    select variant, ${counts()} from (${judged(sql`firsts`, success, now)}) judged group by variant`);
  return found.rows;
}

/** Each of these people with whether the time is up, and if so whether they succeeded. */
function judged(people: SQL, success: Success, now: Instant, more: SQL = sql``): SQL {
  const up = isUp(success, now);
  return sql`select c.*, ${up} as is_up, case when ${up} then ${succeeded(success, now)} end as succeeded ${more}
    from ${people} c`;
}

function counts(): SQL {
  return sql`(count(*) filter (where is_up))::int as people, (count(*) filter (where succeeded))::int as successes,
    (count(*) filter (where not is_up))::int as still_open`;
}

function isUp({ window }: Success, now: Instant): SQL {
  return sql`c.began_at <= ${timestamp(now - window)}`;
}

function succeeded(success: Success, now: Instant): SQL {
  switch (success.by) {
    case 'event':
      return sql`exists (select from ${eventsThat(success, now, inTime(success))})`;
    case 'outcome':
      return sql`coalesce(c.outcome = 'converted' and c.ended_at <= ${endOf(success)}, false)`;
    case 'message': {
      const of_it = sql`e.properties ->> 'message' = c.message`;
      const by_people = { event: [success.event], where: { machine: { is_not: true } } };
      return sql`exists (select from ${eventsThat(by_people, now, [of_it, ...inTime(success)])})`;
    }
  }
}

function inTime(success: Success): readonly SQL[] {
  return [sql`e.occurred_at > c.began_at`, sql`e.occurred_at <= ${endOf(success)}`];
}

function endOf({ window }: Success): SQL {
  return sql`c.began_at + ${window}::float8 * interval '1 millisecond'`;
}

async function countHoldout(
  db: Runner,
  { workflow, success, has_revenue }: Holdout,
  now: Instant,
): ReturnType<ExperimentBook['countHoldout']> {
  const revenue = has_revenue && success.by === 'event' ? revenueOf(success, now) : sql`0`;
  const more = sql`, case when ${isUp(success, now)} then ${revenue} end as revenue`;
  const found = await db.execute<{ [key: string]: unknown } & CountedGroup & { held_out: boolean }>(sql`
    with firsts as (
      select distinct on (r.contact_id) r.contact_id as id, r.held_out, r.entered_at as began_at, r.outcome, r.ended_at
      from runs r
      where r.workflow = ${workflow} and r.outcome is distinct from 'merged' and r.entered_at <= ${timestamp(now)}
        and r.entered_at >= (select min(entered_at) from runs where workflow = ${workflow} and held_out)
      order by r.contact_id, r.entered_at, r.number
    )
    select held_out, ${counts()}, coalesce(avg(revenue), 0)::float8 as mean,
      coalesce(var_samp(revenue), 0)::float8 as variance
    from (${judged(sql`firsts`, success, now, more)}) judged group by held_out`);
  const group = (is_held_out: boolean): CountedGroup =>
    found.rows.find(({ held_out }) => held_out === is_held_out) ?? NOBODY;
  return { treated: group(false), held_out: group(true) };
}

const NOBODY: CountedGroup = { people: 0, successes: 0, still_open: 0, mean: 0, variance: 0 };

/** What the contact `c` ordered in time; an order that was told twice counts once. */
function revenueOf(success: Extract<Success, { by: 'event' }>, now: Instant): SQL {
  const named = (name: string): SQL => numberOf(jsonAt(sql`e.properties`, [name]));
  const amount = sql`coalesce(${sql.join(AMOUNTS.map(named), sql`, `)}, 0)`;
  const order = sql`coalesce(e.properties ->> 'order_id', e.id::text)`;
  return sql`(select coalesce(sum(amount), 0) from (
    select distinct on (${order}) ${amount} as amount from ${eventsThat(success, now, inTime(success))}
    order by ${order}, e.occurred_at) orders)`;
}

/** Where an order says what it brought, in this order: see `readOrder`. */
const AMOUNTS = ['revenue', 'total', 'value', 'subtotal'];

async function keepLook(
  db: Runner,
  before: TestRecord,
  { workflow, step, looks, looked_at, winner, because }: Omit<TestRecord, 'since'>,
): Promise<boolean> {
  const written = await db.execute(sql`
    insert into experiments (workflow, step, looks, looked_at, winner, because)
    values (${workflow}, ${step}, ${looks}, ${timestamp(looked_at ?? 0)}, ${winner}, ${json(because)})
    on conflict (workflow, step) do update
      set looks = excluded.looks, looked_at = excluded.looked_at, winner = excluded.winner, because = excluded.because
      where experiments.looks = ${before.looks} and experiments.looked_at < ${timestamp((before.looked_at ?? -1) + 1)}`);
  return written.rowCount === 1;
}

async function setWinner(
  db: Runner,
  { workflow, step }: Test,
  winner: string,
  because: Reason,
  now: Instant,
): Promise<void> {
  await db.execute(sql`
    insert into experiments (workflow, step, looked_at, winner, because)
    values (${workflow}, ${step}, ${timestamp(now)}, ${winner}, ${json(because)})
    on conflict (workflow, step) do update
      set looked_at = excluded.looked_at, winner = excluded.winner, because = excluded.because`);
}

async function beginAnew(db: Runner, { workflow, step }: Test, now: Instant): Promise<void> {
  await db.execute(sql`
    insert into experiments (workflow, step, looked_at) values (${workflow}, ${step}, ${timestamp(now)})
    on conflict do nothing`);
  await db.execute(sql`
    update experiments set looked_at = ${timestamp(now)}, step = step || '@' ||
      (select count(*) + 1 from experiments where workflow = ${workflow} and starts_with(step, ${`${step}@`}))
    where workflow = ${workflow} and step = ${step}`);
}

function json(because: Reason | null): SQL {
  return sql`${because === null ? null : JSON.stringify(because)}::jsonb`;
}
