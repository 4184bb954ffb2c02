import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { DAY } from '../core/time/date.ts';
import { keptAnswer } from '../engine/kept-answer.ts';
import type {
  Passed,
  Sent,
  Standing,
  Waiting,
  WaitingPlace,
  Walked,
  WorkflowBook,
  WorkflowCounts,
  WorkflowVersion,
} from '../engine/workflow-book.ts';
import type { Database } from './database.ts';
import { ALL_FACTS } from './map-counts.ts';
import { WAITS } from './reader.ts';
import { ms, timestamp } from './values.ts';

/** So far back entries and messages are counted. */
const COUNTED_DAYS = 30;

export function openWorkflowBook(db: Database, now: () => Promise<Instant>): WorkflowBook {
  return {
    counts: keptAnswer(async () => count(db, await now())),
    waiting: (workflow, step, after, limit) => waiting(db, workflow, step, after, limit),
    versions: (workflow, limit) => versions(db, workflow, limit),
    version: async (workflow, version) => (await versions(db, workflow, 1, version))[0],
  };
}

async function count(db: Database, at: Instant): Promise<WorkflowCounts> {
  const since = at - COUNTED_DAYS * DAY;
  const [standing, walked, passed, sent] = await Promise.all([
    countStanding(db, at),
    countWalked(db, since),
    countPassed(db, since),
    countSent(db, since),
  ]);
  return { since, at, standing, walked, passed, sent };
}

async function countStanding(db: Database, at: Instant): Promise<readonly Standing[]> {
  const found = await db.execute<Standing & Record<string, unknown>>(sql`
    select workflow, version, step, held_out, count(*)::int as people,
      greatest(0, ${at}::float8 - avg(extract(epoch from arrived_at)) * 1000)::float8 as mean_ms
    from runs where ended_at is null group by workflow, version, step, held_out`);
  return found.rows;
}

/** By block ranges: rows are written nearly in the order of entry. */
async function countWalked(db: Database, since: Instant): Promise<readonly Walked[]> {
  const found = await db.execute<Walked & Record<string, unknown>>(sql`
    select workflow, step, held_out, outcome, count(*)::int as runs from runs
    where entered_at >= ${timestamp(since)} and outcome is distinct from 'merged'
    group by workflow, step, held_out, outcome`);
  return found.rows;
}

/** By the days that turns have counted. */
async function countPassed(db: Database, since: Instant): Promise<readonly Passed[]> {
  const found = await db.execute<Passed & Record<string, unknown>>(sql`
    select split_part(key, '/', 1) as workflow, split_part(key, '/', 2) as step,
      coalesce(sum(n) filter (where fact = 'visit'), 0)::int as visits,
      (sum(total) filter (where fact = 'stay') / nullif(sum(n) filter (where fact = 'stay'), 0))::float8 as mean_ms
    from (${ALL_FACTS}) f
    where segment = '' and fact in ('visit', 'stay') and day >= ${timestamp(since)}::date group by key`);
  return found.rows;
}

async function countSent(db: Database, since: Instant): Promise<readonly Sent[]> {
  const found = await db.execute<Sent & Record<string, unknown>>(sql`
    select workflow, step, (count(*) filter (where state = 'sent'))::int as sent,
      (count(*) filter (where ${WAITS}))::int as waiting,
      (count(*) filter (where state <> 'sent' and not (${WAITS})))::int as held_back
    from messages where owed_at >= ${timestamp(since)} group by workflow, step`);
  return found.rows;
}

async function waiting(
  db: Database,
  workflow: string,
  step: string | null,
  after: WaitingPlace | null,
  limit: number,
): ReturnType<WorkflowBook['waiting']> {
  const at_step = step === null ? sql`true` : sql`r.step = ${step}`;
  const from = after ? sql`(r.contact_id, r.number) > (${after[0]}::uuid, ${after[1]}::int)` : sql`true`;
  const found = await db.execute<Waiting & Record<string, unknown>>(sql`
    with here as materialized (
      select * from runs r where r.ended_at is null and r.workflow = ${workflow} and not r.held_out and ${at_step} and ${from}
      order by r.contact_id, r.number limit ${limit + 1}
    )
    select h.contact_id, h.number, h.step, h.version, ${ms('h.entered_at')} as entered_at,
      ${ms('h.arrived_at')} as arrived_at, ${ms('h.due_at')} as due_at, h.held_before is not null as held,
      nullif(concat_ws(' ', c.profile #>> '{fields,first_name,value}', c.profile #>> '{fields,last_name,value}'), '') as name,
      c.profile #>> '{fields,email,value}' as email
    from here h join contacts c on c.id = h.contact_id order by h.contact_id, h.number`);
  const list = found.rows.slice(0, limit);
  const last = list.at(-1);
  return { list, next: last && found.rows.length > limit ? [last.contact_id, last.number] : null };
}

async function versions(
  db: Database,
  workflow: string,
  limit: number,
  version?: string,
): Promise<readonly WorkflowVersion[]> {
  const which = version === undefined ? sql`true` : sql`version = ${version}`;
  const found = await db.execute<WorkflowVersion & Record<string, unknown>>(sql`
    select version, ${ms('deployed_at')} as deployed_at, source as text from workflow_versions
    where workflow = ${workflow} and ${which} order by deployed_at desc, version limit ${limit}`);
  return found.rows;
}
