import { sql, type SQL } from 'drizzle-orm';
import type { Cleaning, Kept, RetentionBook } from '../engine/retention.ts';
import type { Database } from './database.ts';
import { LOCK } from './locks.ts';
import { transaction } from './transaction.ts';
import { array, timestamp } from './values.ts';

export function openRetentionBook(db: Database): RetentionBook {
  return { clean: (cleaning, most) => clean(db, cleaning, most) };
}

/** One process at a time, by the places of the rows, which are found by a block range: old rows stand together. */
async function clean(db: Database, { table, before, except }: Cleaning, most: number): Promise<number> {
  return transaction(db, async (tx) => {
    const mine = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${LOCK.cleaning}) as mine`,
    );
    if (!mine.rows[0]?.mine) return 0;
    const name = sql.identifier(table);
    const deleted = await tx.execute(sql`
      delete from ${name} where ctid = any(array(
        select ctid from ${name} where ${OLD[table](timestamp(before))} and ${spared(table, except)} limit ${most}
        for update skip locked))`);
    return deleted.rowCount ?? 0;
  });
}

/** What has come to its end, before a moment. */
const OLD: Readonly<Record<Kept, (before: SQL) => SQL>> = {
  events: (before) => sql`received_at < ${before} and occurred_at < ${before}
    and not exists (select from happenings h where h.event_id = events.id)`,
  messages: (before) => sql`owed_at < ${before} and state in ('sent', 'suppressed', 'refused', 'uncertain')
    and coalesce(sent_at, owed_at) < ${before}`,
  stage_moves: (before) => sql`at < ${before}`,
  segment_moves: (before) => sql`at < ${before}`,
  runs: (before) => sql`entered_at < ${before} and ended_at < ${before}`,
  calls: (before) => sql`owed_at < ${before} and state in ('done', 'failed') and finished_at < ${before}`,
  touches: (before) => sql`at < ${before}`,
  reports: (before) => sql`at < ${before}`,
  rejected_events: (before) => sql`received_at < ${before}`,
  audit_log: (before) => sql`at < ${before}`,
  // By the database's own time, as they were made: a clock that was put forward must not sign anybody out.
  sessions: () => sql`expires_at < now()`,
  invitations: () => sql`expires_at < now()`,
  sign_in_tries: () => sql`at < now() - interval '1 day'`,
};

function spared(table: Kept, except: readonly string[]): SQL {
  return table === 'events' ? sql`name <> all(${array(except, 'text')})` : sql`true`;
}
