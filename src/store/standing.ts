import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { STUCK_AFTER, type Standing } from '../engine/standing.ts';
import type { Runner } from './database.ts';
import { LIVING } from './instance.ts';
import { LOCK } from './locks.ts';
import { ALL_PARTITIONS } from './partitions.ts';
import { isNotAside } from './put-aside.ts';
import { NOT_HELD } from './recoveries.ts';
import { timestamp } from './values.ts';

/** As many happenings of each partition are looked at: enough for an age, few enough with millions waiting. */
const SAMPLE = 20;
const COUNTED = 1000;
const UNCERTAIN_DAYS = 7;

/** One statement of look-ups in indexes, as quick with a million contacts as with ten. */
export async function readStanding(db: Runner, now: Instant): Promise<Standing> {
  const moment = timestamp(now);
  const stuck = timestamp(now - STUCK_AFTER);
  const found = await db.execute<Standing & Record<string, unknown>>(sql`
    with waiting as materialized (
      select p.id,
        (select min(due_at) from (select due_at from happenings h where h.partition = p.id
          and ${isNotAside(sql`h.contact_id`)} limit ${SAMPLE}) s) as happening,
        (select next_due_at from contacts c where c.partition = p.id and next_due_at is not null
          and ${isNotAside(sql`c.id`)}
          order by next_due_at limit 1) as contact
      from ${ALL_PARTITIONS}
    )
    select
      ${late(moment, sql`(select due_at from messages where ${OWED} and due_at <= ${moment} and ${NOT_HELD} order by due_at limit 1)`)} as oldest_owed_message,
      ${late(moment, sql`(select min(happening) from waiting)`)} as oldest_happening,
      ${late(moment, sql`(select min(contact) from waiting)`)} as oldest_due_contact,
      (select count(*) from waiting where least(happening, contact) < ${stuck})::int as stuck_partitions,
      ${counted(sql`messages where ${OWED} and due_at < ${stuck} and ${NOT_HELD}`)} as stuck_messages,
      ${counted(sql`messages where state in ('refused', 'uncertain') and state = 'uncertain'
        and owed_at > ${moment} - ${UNCERTAIN_DAYS} * interval '1 day'`)} as uncertain_messages,
      ${counted(sql`recovery_contacts`)} as held_contacts,
      ${counted(sql`put_aside`)} as put_aside_contacts,
      (select count(*) from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.raw(String(LOCK.turn))} and l.granted
        and l.database = (select oid from pg_database where datname = current_database()))::int as partitions_held,
      ${counted(sql`messages where state in ('claimed', 'handing_over')`)} as claims,
      (select count(*) from (${LIVING}) living)::int as processes`);
  return found.rows[0] as Standing;
}

/** Exactly as the index on what is due has it. */
const OWED = sql`state in ('owed', 'deferred')`;

function late(now: SQL, since: SQL): SQL {
  return sql`greatest(0, coalesce(extract(epoch from ${now} - ${since}) * 1000, 0))::float8`;
}

function counted(from: SQL): SQL {
  return sql`(select count(*) from (select from ${from} limit ${COUNTED}) as few)::int`;
}
