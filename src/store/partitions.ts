import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { PARTITIONS, type Unfinished } from '../engine/ports.ts';
import type { Runner } from './database.ts';
import { LOCK } from './locks.ts';
import { isNotAside } from './put-aside.ts';
import { ms, timestamp } from './values.ts';

/**
 * For the `begin` of a turn: tries to hold each of the partitions until the transaction ends. So the right to a
 * partition is the transaction itself, and nothing can be written by somebody who has lost it.
 */
export function holding(partitions: readonly number[]): string {
  const wanted = partitions.map((partition) => Math.trunc(partition)).join(',');
  return `select array(select id from unnest('{${wanted}}'::int[]) id
    where pg_try_advisory_xact_lock(${LOCK.turn}, id)) as held, (extract(epoch from now()) * 1000)::float8 as database_now`;
}

/** Partitions in which something is new or due at `now`. */
export async function partitionsWithWork(
  db: Runner,
  now: Instant,
  skip_owing: boolean,
): Promise<readonly number[]> {
  const found = await db.execute<{ id: number }>(sql`
    select id from ${ALL_PARTITIONS} where ${hasWork(now, skip_owing)} order by id`);
  return found.rows.map((row) => row.id);
}

/** As a table `p` with the column `id`. */
export const ALL_PARTITIONS: SQL = sql.raw(`generate_series(0, ${PARTITIONS - 1}) p (id)`);

function hasWork(now: Instant, skip_owing: boolean): SQL {
  return sql`
    (exists (select from happenings h where h.partition = p.id and h.due_at <= ${timestamp(now)}
        and ${isNotAside(sql`h.contact_id`)} and ${owesNothing(sql`h.contact_id`, now, skip_owing)})
      or exists (select from contacts c where c.partition = p.id and c.next_due_at <= ${timestamp(now)}
        and ${isNotAside(sql`c.id`)} and ${owesNothing(sql`c.id`, now, skip_owing)}))`;
}

/**
 * What is left to do at `now` under a moved clock. One statement, so one moment: a contact that owes a message is not
 * decided until it has been sent, and asked one after the other, she could be seen owing first and settled then, and
 * what falls due after the message be missed by both answers.
 */
export async function unfinished(db: Runner, now: Instant): Promise<Unfinished> {
  const found = await db.execute<Unfinished & Record<string, unknown>>(sql`
    select array(select id from ${ALL_PARTITIONS} where ${hasWork(now, true)} order by id) as partitions,
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
 * times a second: a look at each partition's first. News is left out where `after` is given: it is due at once, but for
 * what settles first, and that may come with the next look.
 */
export async function nextDue(db: Runner, after?: Instant): Promise<Instant | null> {
  const later = (column: SQL): SQL =>
    after === undefined ? sql`${column} is not null` : sql`${column} > ${timestamp(after)}`;
  const found = await db.execute<{ next: number | null }>(sql`
    select ${ms('min(next)')} as next from (
      ${after === undefined ? sql`select min(due_at) as next from happenings` : sql`select null::timestamptz as next`}
      union all select first.next_due_at from ${ALL_PARTITIONS} cross join lateral (
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
