/** Contacts that could not be decided: they wait apart, so that nobody else waits for them. */
import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { partitionOf, type PutAside, type Trouble } from '../engine/ports.ts';
import type { Runner } from './database.ts';
import { array, ms, rows, timestamp } from './values.ts';

/** In minutes after each failure; then a contact waits until somebody asks, or other rules are deployed. */
const TRIED_AGAIN_AFTER = [1, 5, 30, 120];

/** Of a contact: that it need not be left alone now. */
export function isNotAside(contact_id: SQL): SQL {
  return sql`not exists (select from put_aside a where a.contact_id = ${contact_id}
    and (a.retry_at is null or a.retry_at > now()))`;
}

/** Of a contact `c`: that it was put aside, and is tried again now. */
export const WAS_ASIDE: SQL = sql`exists (select from put_aside a where a.contact_id = c.id)`;

export async function putAside(tx: Runner, troubles: readonly Trouble[]): Promise<void> {
  if (troubles.length === 0) return;
  const after = sql`(${array(TRIED_AGAIN_AFTER, 'bigint')})`;
  await tx.execute(sql`
    insert into put_aside as a (contact_id, because, attempts, since, retry_at)
    select contact_id, because, 1, now(), now() + ${after}[1] * interval '1 minute'
    from json_to_recordset(${rows(troubles)}) as t (contact_id uuid, because text)
    on conflict (contact_id) do update set because = excluded.because, attempts = a.attempts + 1,
      retry_at = now() + ${after}[a.attempts + 1] * interval '1 minute'`);
}

/** They were decided after all. */
export async function takeBack(tx: Runner, contact_ids: readonly string[]): Promise<void> {
  if (contact_ids.length === 0) return;
  await tx.execute(sql`delete from put_aside where contact_id = any(${array(contact_ids, 'uuid')})`);
}

/** Other rules may do better: everybody is tried at once, as for the first time. */
export async function tryAllAgain(tx: Runner): Promise<void> {
  await tx.execute(sql`update put_aside set attempts = 0, retry_at = now()`);
}

/** Oldest first, after the one that a page before ended with. */
export async function listPutAside(
  db: Runner,
  after: readonly [Instant, string] | null,
  limit: number,
): Promise<readonly PutAside[]> {
  const [since, id] = after ?? [0, '00000000-0000-0000-0000-000000000000'];
  const found = await db.execute<{ [column: string]: unknown } & PutAside>(sql`
    select contact_id, because, attempts, ${ms('since')} as since, ${ms('retry_at')} as retry_at from put_aside
    where (since, contact_id) > (${timestamp(since)}, ${id}::uuid) order by since, contact_id limit ${limit}`);
  return found.rows;
}

/** The partitions in which somebody is tried again now: of these contacts, or of all. */
export async function tryAgain(
  db: Runner,
  contact_ids: readonly string[] | 'all',
): Promise<readonly number[]> {
  const which = contact_ids === 'all' ? sql`true` : sql`contact_id = any(${array(contact_ids, 'uuid')})`;
  const found = await db.execute<{ contact_id: string }>(sql`
    update put_aside set attempts = 0, retry_at = now() where ${which} returning contact_id`);
  return found.rows.map(({ contact_id }) => partitionOf(contact_id));
}
