import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { Recomputation } from '../engine/ports.ts';
import type { Runner } from './database.ts';
import type { Duty } from './leadership.ts';
import { ALL_PARTITIONS } from './partitions.ts';
import { isNotAside } from './put-aside.ts';
import { array, ms, timestamp } from './values.ts';

type Row = {
  deployment: number;
  rules: string;
  after: string | null;
  asked: number;
  /** Whoever was still decided by other rules, on this way through all of them. */
  found: number;
  total: number;
};

/** New rules are to go through all contacts; those that were still on their way are overtaken. */
export async function beginRecomputation(
  tx: Runner,
  deployment: number,
  rules: string,
  now: Instant,
): Promise<void> {
  await tx.execute(sql`update recomputations set finished_at = ${timestamp(now)} where finished_at is null`);
  await tx.execute(sql`
    insert into recomputations (deployment, rules, total, started_at, finished_at)
    select ${deployment}, ${rules}, count(*), ${timestamp(now)}, case when count(*) = 0 then ${timestamp(now)} end
    from contacts where merged_into is null and decided_at is not null and rules <> ${rules}`);
}

/** A command has changed the rules of what is deployed: they go through all contacts, unless they do so already. */
export async function recomputeByCommand(db: Runner, rules: string, now: Instant): Promise<void> {
  await db.execute(sql`
    update recomputations r set rules = ${rules}, after = null, asked = 0, found = 0, total = people.total,
      started_at = ${timestamp(now)}, finished_at = case when people.total = 0 then ${timestamp(now)} end
    from (select count(*) as total from contacts
      where merged_into is null and decided_at is not null and rules <> ${rules}) people
    where r.deployment = (select max(id) from deployments) and r.rules <> ${rules}`);
}

/** A turn was written by other rules than the newest, as its process had not heard of those: they go round once more. */
export async function recomputeLatecomers(tx: Runner, rules: string): Promise<void> {
  await tx.execute(sql`
    update recomputations set finished_at = null, found = found + 1, after = case when finished_at is null then after end
    where deployment = (select max(id) from deployments) and rules <> ${rules}`);
}

/**
 * Asks the next contacts anew, in the order of their ids. Where it stands is committed with what it did, so that it
 * goes on after any interruption. It goes through all of them until there is nobody left who was decided by other rules.
 */
export async function recompute(
  db: Runner,
  now: Instant,
  most: number,
  rules: string,
  begin: Duty,
): Promise<Recomputation | undefined> {
  if (!(await isUnderWay(db, rules))) return undefined;
  return begin(async (tx) => {
    const under_way = await tx.execute<Row>(sql`
      select deployment, rules, after, asked, found, total from recomputations
      where finished_at is null and rules = ${rules} order by deployment desc limit 1 for update skip locked`);
    const row = under_way.rows[0];
    if (!row) return undefined;
    const { asked, total } = row;
    const room = most - (await dueUpTo(tx, now, most));
    if (room <= 0) return { rules, asked, total, finished: false };
    const { list, last } = await askNext(tx, row, now, room);
    const found = row.found + list.length;
    const finished = last === null && found === 0;
    await tx.execute(sql`
      update recomputations set after = ${last}, asked = least(total, asked + ${list.length}),
        found = ${last === null ? 0 : found}, finished_at = case when ${finished} then ${timestamp(now)} end
      where deployment = ${row.deployment}`);
    return { rules, asked: Math.min(total, asked + list.length), total, finished };
  });
}

async function isUnderWay(db: Runner, rules: string): Promise<boolean> {
  const found = await db.execute(sql`
    select from recomputations where finished_at is null and rules = ${rules} limit 1`);
  return found.rowCount !== 0;
}

/** How many contacts are due already, counted up to a bound. */
async function dueUpTo(tx: Runner, now: Instant, most: number): Promise<number> {
  const found = await tx.execute<{ due: number }>(sql`
    select count(*)::int as due from (
      select from ${ALL_PARTITIONS} cross join lateral (
        select from contacts c where c.partition = p.id and c.next_due_at <= ${timestamp(now)}
          and ${isNotAside(sql`c.id`)} limit ${most}) due
      limit ${most}) bounded`);
  return found.rows[0]?.due ?? 0;
}

/** So many contacts are looked at in one go, that no statement takes long where few of them are left to ask. */
const WINDOW = 10_000;

/** `last` is null at the end of the way. Who is put aside is not waited for, and who is due already is asked anyway. */
async function askNext(
  tx: Runner,
  { rules, after }: Row,
  now: Instant,
  room: number,
): Promise<{ readonly list: readonly string[]; readonly last: string | null }> {
  const from = after === null ? sql`true` : sql`id > ${after}`;
  const seen = await tx.execute<{ id: string; differs: boolean }>(sql`
    with seen as (
      select id, merged_into is null and decided_at is not null and rules <> ${rules} as differs
      from contacts where ${from} order by id limit ${WINDOW}
    ), numbered as (
      select id, differs, row_number() over (order by id desc) as place from seen
    )
    select id, differs and ${isNotAside(sql`numbered.id`)} as differs from numbered where differs or place = 1
    order by id limit ${room}`);
  const list = seen.rows.flatMap(({ id, differs }) => (differs ? [id] : []));
  if (list.length > 0)
    await tx.execute(sql`
      with next as (
        select id from contacts where id = any(${array(list, 'uuid')}) and rules <> ${rules}
          and (next_due_at is null or next_due_at > ${timestamp(now)})
        order by id for update skip locked
      )
      update contacts c set next_due_at = ${timestamp(now)} from next where c.id = next.id`);
  return { list, last: seen.rows.at(-1)?.id ?? null };
}

/** How far the rules that were deployed last have got; undefined where there never was anybody to ask. */
export async function recomputation(
  db: Runner,
): Promise<(Recomputation & { readonly started_at: Instant }) | undefined> {
  const found = await db.execute<{
    rules: string;
    asked: number;
    total: number;
    started_at: number;
    finished: boolean;
  }>(sql`
    select rules, asked, total, ${ms('started_at')} as started_at, finished_at is not null as finished
    from recomputations where total > 0 or finished_at is null order by deployment desc limit 1`);
  return found.rows[0];
}
