import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { PARTITIONS, type Lease, type Unfinished } from '../engine/ports.ts';
import type { Runner } from './database.ts';
import { LIVING } from './instance.ts';
import { ms, timestamp } from './values.ts';

/** A turn renews its lease by committing; one that hangs for so long has lost it. */
const LEASE_SECONDS = 30;

export async function makePartitions(db: Runner): Promise<void> {
  await db.execute(
    sql`insert into partitions (id) select generate_series(0, ${PARTITIONS - 1}) on conflict do nothing`,
  );
}

/** Takes the partition if nobody holds it, by the database's clock. */
export async function lease(db: Runner, partition: number, owner: number): Promise<Lease | undefined> {
  const taken = await db.execute<{ fence: string; now: number }>(sql`
    update partitions set owner = ${owner}, fence = fence + 1,
      lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
    where id = ${partition} and (lease_until is null or lease_until < now())
    returning fence, ${ms('now()')} as now`);
  const row = taken.rows[0];
  return row && { partition, fence: Number(row.fence), database_now: row.now };
}

export async function release(db: Runner, { partition, fence }: Lease): Promise<void> {
  await db.execute(
    sql`update partitions set owner = null, lease_until = null where id = ${partition} and fence = ${fence}`,
  );
}

/** Frees the partitions of processes that have ended, without waiting for their leases to run out. */
export async function recoverPartitions(db: Runner): Promise<void> {
  await db.execute(sql`
    update partitions set owner = null, lease_until = null where owner is not null and owner not in (${LIVING})`);
}

/** Renews the lease within the turn's transaction; false when somebody else holds it by now. */
export async function holds(db: Runner, { partition, fence }: Lease): Promise<boolean> {
  const renewed = await db.execute(sql`
    update partitions set lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
    where id = ${partition} and fence = ${fence}`);
  return renewed.rowCount === 1;
}

/** Partitions in which something is new or due at `now`. */
export async function partitionsWithWork(
  db: Runner,
  now: Instant,
  skip_owing: boolean,
): Promise<readonly number[]> {
  const found = await db.execute<{ id: number }>(sql`
    select id from partitions p where ${hasWork(now, skip_owing)} order by id`);
  return found.rows.map((row) => row.id);
}

function hasWork(now: Instant, skip_owing: boolean): SQL {
  return sql`
    (exists (select from happenings h where h.partition = p.id and h.due_at <= ${timestamp(now)}
        and ${owesNothing(sql`h.contact_id`, now, skip_owing)})
      or exists (select from contacts c where c.partition = p.id and c.next_due_at <= ${timestamp(now)}
        and ${owesNothing(sql`c.id`, now, skip_owing)}))`;
}

/**
 * What is left to do at `now` under a moved clock. One statement, so one moment: a contact that owes a message is not
 * decided until it has been sent, and asked one after the other, she could be seen owing first and settled then, and
 * what falls due after the message be missed by both answers.
 */
export async function unfinished(db: Runner, now: Instant): Promise<Unfinished> {
  const found = await db.execute<Unfinished & Record<string, unknown>>(sql`
    select array(select id from partitions p where ${hasWork(now, true)} order by id) as partitions,
      (exists (select from messages where ${unsettledMessage(now)})
        or exists (select from calls where ${unsettledCall(now)})) as unsettled`);
  return found.rows[0] ?? { partitions: [], unsettled: false };
}

/** Also one that is just leaving has not come to its end. */
function unsettledMessage(now: Instant): SQL {
  return sql`state in ('claimed', 'handing_over') or (state in ('owed', 'deferred') and due_at <= ${timestamp(now)})`;
}

function unsettledCall(now: Instant): SQL {
  return sql`state = 'claimed' or (state = 'owed' and due_at <= ${timestamp(now)})`;
}

/** Under a moved clock a contact is decided no further until what is owed to it has been sent. */
export function owesNothing(contact_id: SQL, now: Instant, skip_owing: boolean): SQL {
  if (!skip_owing) return sql`true`;
  return sql`not exists (select from messages m where m.contact_id = ${contact_id}
    and (${unsettledMessage(now)}))
    and not exists (select from calls k where k.contact_id = ${contact_id} and (${unsettledCall(now)}))`;
}

/**
 * The earliest moment, later than `after` where that is given, at which anything waits to be decided or sent. Asked many
 * times a second: a look at each partition's first.
 */
export async function nextDue(db: Runner, after?: Instant): Promise<Instant | null> {
  const later = (column: SQL): SQL =>
    after === undefined ? sql`${column} is not null` : sql`${column} > ${timestamp(after)}`;
  const found = await db.execute<{ next: number | null }>(sql`
    select ${ms('min(next)')} as next from (
      select min(due_at) as next from happenings where ${later(sql`due_at`)}
      union all select first.next_due_at from partitions p cross join lateral (
        select next_due_at from contacts where partition = p.id and ${later(sql`next_due_at`)}
        order by next_due_at limit 1) first
      union all select min(due_at) from messages where state in ('owed', 'deferred') and ${later(sql`due_at`)}
      union all select min(due_at) from calls where state = 'owed' and ${later(sql`due_at`)}
    ) all_that_waits`);
  return found.rows[0]?.next ?? null;
}

export async function nextMerge(db: Runner): Promise<Instant | null> {
  const found = await db.execute<{ next: number | null }>(sql`
    select ${ms('min(due_at)')} as next from happenings where gone_id is not null`);
  return found.rows[0]?.next ?? null;
}
