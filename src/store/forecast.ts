/** What waits for a moment that is known: runs, and messages on their way. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { ForecastBook, WaitingMessages, WaitingRuns } from '../engine/forecast.ts';
import { PARTITIONS } from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { array, ms, timestamp } from './values.ts';

export function openForecastBook(db: Database): ForecastBook {
  return {
    waitingRuns: (until) => waitingRuns(db, until),
    waitingMessages: (until) => waitingMessages(db, until),
  };
}

/** So many contacts are looked at for one answer. A contact's partition is chance, so some of them tell of all. */
const MOST_CONTACTS = 10_000;
const MOST_MESSAGES = 20_000;

async function waitingRuns(
  db: Runner,
  until: Instant,
): Promise<{ readonly groups: readonly WaitingRuns[]; readonly partitions: number }> {
  const partitions = await partitionsWithin(db, until);
  const chosen = Array.from({ length: partitions }, (_, partition) => partition);
  const found = await db.execute<WaitingRuns & Record<string, unknown>>(sql`
    select r.workflow, r.version, r.step, r.held_before, ${ms(sql`date_trunc('hour', r.due_at)`)} as due_at,
      count(*)::int as runs
    from contacts c cross join lateral (${RUNS_OF_CONTACT}) as r
    where c.partition = any(${array(chosen, 'smallint')}) and c.next_due_at is not null
      and c.next_due_at < ${timestamp(until)} and c.merged_into is null
      and r.due_at < ${timestamp(until)} and not r.held_out
    group by 1, 2, 3, 4, 5`);
  return { groups: found.rows, partitions };
}

/** Asked of each contact by her index: `offset` keeps the planner from reading the runs of everybody instead. */
const RUNS_OF_CONTACT = sql`select workflow, version, step, held_before, due_at, held_out
  from runs where contact_id = c.id and ended_at is null offset 0`;

async function partitionsWithin(db: Runner, until: Instant): Promise<number> {
  const found = await db.execute<{ due: number }>(sql`
    select count(*)::int as due from (
      select from contacts where partition = 0 and next_due_at is not null and next_due_at < ${timestamp(until)}
      limit ${MOST_CONTACTS}) as due`);
  const due = found.rows[0]?.due ?? 0;
  return Math.min(PARTITIONS, Math.max(1, Math.floor(MOST_CONTACTS / Math.max(1, due))));
}

async function waitingMessages(
  db: Runner,
  until: Instant,
): Promise<{ readonly groups: readonly WaitingMessages[]; readonly more: boolean }> {
  const found = await db.execute<WaitingMessages & Record<string, unknown>>(sql`
    select workflow, message, channel, ${ms(sql`date_trunc('hour', due_at)`)} as due_at, count(*)::int as messages
    from (select workflow, message, channel, due_at from messages
      where state in ('owed', 'deferred') and due_at < ${timestamp(until)}
      order by due_at limit ${MOST_MESSAGES}) as waiting
    group by 1, 2, 3, 4`);
  const counted = found.rows.reduce((sum, { messages }) => sum + messages, 0);
  return { groups: found.rows, more: counted === MOST_MESSAGES };
}
