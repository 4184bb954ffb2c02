/** After a restore: what may have been sent in the time that is lost is held, until a list or somebody tells. */
import { sql, type SQL } from 'drizzle-orm';
import { reason } from '../core/reason.ts';
import type { HeldMessage, Recovery, RecoveryBook, RecoveryState, SentBefore } from '../engine/recovery.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { iso, ms, rows, timestamp } from './values.ts';

/** Messages of contacts that are held are not claimed. */
export const NOT_HELD: SQL = sql`not exists (
  select from recovery_contacts held where held.contact_id = messages.contact_id)`;

export function openRecoveryBook(db: Database): RecoveryBook {
  return {
    begin: (recovery) => transaction(db, (tx) => begin(tx, recovery)),
    takeList: (list) => transaction(db, (tx) => takeList(tx, list)),
    state: () => stateOf(db),
    held: (limit) => listHeld(db, limit),
    release: () => transaction(db, release),
    discard: () => transaction(db, discard),
    isOpen: () => isOpen(db),
    proves: ({ id, to, about }) => prove(db, id, to.toLowerCase(), about?.message ?? null),
  };
}

/**
 * Held is everybody to whom the lost database may have sent: to whom something was owed or just being handed over, of whom
 * something was not yet decided, or whom time alone brought on before it was gone. What was claimed is owed again;
 * whoever had it is no more.
 */
async function begin(
  tx: Runner,
  { backup_at, lost_until }: Omit<Recovery, 'begun_at'>,
): Promise<RecoveryState> {
  const until = timestamp(lost_until);
  const known = await tx.execute(sql`select from recoveries where backup_at = ${timestamp(backup_at)}`);
  if (known.rowCount !== 0) return stateOf(tx);
  await tx.execute(sql`update recoveries set ended_at = now() where ended_at is null`);
  await tx.execute(sql`delete from recovery_sent`);
  await tx.execute(sql`
    insert into recoveries (backup_at, lost_until, begun_at) values (${timestamp(backup_at)}, ${until}, now())`);
  await tx.execute(sql`
    update messages set state = 'owed', claim = null, claimed_by = null, lease_until = null where state = 'claimed'`);
  await tx.execute(sql`
    insert into recovery_contacts (contact_id)
    select contact_id from messages where state in ('owed', 'deferred') and due_at <= ${until}
    union select contact_id from messages where state = 'handing_over'
    union select contact_id from happenings
    union select id from contacts where next_due_at <= ${until}
    on conflict do nothing`);
  return stateOf(tx);
}

/**
 * What stands in the list was sent; what does not, was not. Only where the list tells of a mail neither its message nor
 * a message that we know, nobody knows which of the contact's messages it was: they stay held. Where it does not even
 * tell to whom, all do.
 */
async function takeList(tx: Runner, list: readonly SentBefore[]): Promise<RecoveryState> {
  const given = list.map(({ at, ...one }) => ({ ...one, at: iso(at) }));
  await tx.execute(sql`
    insert into recovery_sent (id, address, message, at)
    select id, address, message, at
    from json_to_recordset(${rows(given)}) as l (id uuid, address text, message text, at timestamptz)
    on conflict (id) do update set address = coalesce(excluded.address, recovery_sent.address),
      message = coalesce(excluded.message, recovery_sent.message)`);
  await tx.execute(sql`
    update messages m set state = 'sent', sent_at = coalesce(s.at, now()), claim = null, claimed_by = null,
      lease_until = null, held_because = null, response = 'taken, as the list of what was sent shows'
    from recovery_sent s where m.id = s.id and m.state in ('handing_over', 'uncertain')`);
  await tx.execute(sql`
    update recovery_sent s set proved = s.id from messages m
    where m.id = s.id and s.proved is null and m.state not in ('owed', 'deferred', 'claimed')`);
  await keepUnknown(tx);
  return stateOf(tx);
}

async function keepUnknown(tx: Runner): Promise<void> {
  const anonymous = await tx.execute(
    sql`select from recovery_sent s where ${UNKNOWN} and address is null limit 1`,
  );
  if (anonymous.rowCount === 1) return;
  await tx.execute(sql`delete from recovery_contacts`);
  await tx.execute(sql`
    insert into recovery_contacts (contact_id)
    select c.id from contacts c where c.merged_into is null
      and lower(c.profile #>> '{fields,email,value}') in (select address from recovery_sent s where ${UNKNOWN})
    on conflict do nothing`);
}

/** A mail of which nobody can tell which message it was. */
const UNKNOWN = sql`s.proved is null and s.message is null and not exists (select from messages m where m.id = s.id)`;

/**
 * A chain of waits can bring a message that much later as the time that is lost is long. Later ones are new, whatever
 * the list says of others like them.
 */
const OPEN = sql`ended_at is null and now() < begun_at + (lost_until - backup_at) + interval '1 hour'`;

async function isOpen(db: Runner): Promise<boolean> {
  const found = await db.execute(sql`select from recoveries where ${OPEN} limit 1`);
  return found.rowCount === 1;
}

async function prove(db: Runner, id: string, address: string, message: string | null): Promise<boolean> {
  const found = await db.execute(sql`
    update recovery_sent set proved = ${id} where id = (
      select s.id from recovery_sent s
      where (s.proved is null or s.proved = ${id}) and exists (select from recoveries where ${OPEN})
        and (s.id = ${id} or (s.address = ${address} and s.message = ${message}
          and not exists (select from messages m where m.id = s.id)))
      order by s.proved is null, s.id <> ${id} limit 1 for update)`);
  return found.rowCount === 1;
}

/**
 * The message that stands for one behind a link: itself, or, where a restore has lost it, the one that it turned out to
 * be, or else the newest to the same address. Null where there is none.
 */
export function standInFor(message_id: string): SQL {
  return sql`coalesce(
    (select id from messages where id = ${message_id}),
    (select proved from recovery_sent where id = ${message_id}),
    (select m.id from recovery_sent s
      join contacts c on lower(c.profile #>> '{fields,email,value}') = s.address and c.merged_into is null
      join messages m on m.contact_id = c.id and m.channel = 'email'
      where s.id = ${message_id} order by m.owed_at desc limit 1))`;
}

async function stateOf(db: Runner): Promise<RecoveryState> {
  const found = await db.execute<
    Record<string, unknown> & Omit<RecoveryState, 'recovery'> & Partial<Recovery>
  >(sql`
    select ${ms('r.backup_at')} as backup_at, ${ms('r.lost_until')} as lost_until, ${ms('r.begun_at')} as begun_at,
      (select count(*) from recovery_contacts)::int as held_contacts,
      (select count(*) from messages where ${HELD})::int as held_messages,
      (select count(*) from recovery_sent where proved is null)::int as unproved
    from (select) as one left join recoveries r on r.ended_at is null`);
  const {
    backup_at,
    lost_until,
    begun_at,
    held_contacts = 0,
    held_messages = 0,
    unproved = 0,
  } = found.rows[0] ?? {};
  const is_under_way =
    typeof backup_at === 'number' && typeof lost_until === 'number' && typeof begun_at === 'number';
  return {
    recovery: is_under_way ? { backup_at, lost_until, begun_at } : null,
    held_contacts,
    held_messages,
    unproved,
  };
}

const HELD = sql`state in ('owed', 'deferred') and due_at <= now()
  and contact_id in (select contact_id from recovery_contacts)`;

async function listHeld(db: Runner, limit: number): Promise<readonly HeldMessage[]> {
  const found = await db.execute<HeldMessage & Record<string, unknown>>(sql`
    select id, message, purpose, ${ms('owed_at')} as owed_at from messages where ${HELD}
    order by messages.owed_at, id limit ${limit}`);
  return found.rows;
}

async function release(tx: Runner): Promise<number> {
  const { held_messages } = await stateOf(tx);
  await end(tx);
  return held_messages;
}

const DISCARDED = reason(
  'restored from a backup: it may have been sent in the time that is lost, and somebody decided not to send it again',
  'restaurado de una copia: quizá se envió en el tiempo perdido, y alguien decidió no enviarlo otra vez',
);

async function discard(tx: Runner): Promise<number> {
  const held = await tx.execute(sql`
    update messages set state = 'suppressed', held_because = ${JSON.stringify(DISCARDED)}::jsonb where ${HELD}`);
  await end(tx);
  return held.rowCount ?? 0;
}

/** Who is held stays so as part of somebody else, whose messages hers are now. */
export async function joinHolds(tx: Runner, kept_id: string, gone_id: string): Promise<void> {
  await tx.execute(sql`
    with gone as (delete from recovery_contacts where contact_id = ${gone_id} returning contact_id)
    insert into recovery_contacts (contact_id) select ${kept_id} from gone on conflict do nothing`);
}

/** Nobody is held any more. What the list proves it goes on proving while its time lasts. */
async function end(tx: Runner): Promise<void> {
  // Whom a merge moves meanwhile would not be seen.
  await tx.execute(sql`lock table recovery_contacts in share row exclusive mode`);
  await tx.execute(sql`delete from recovery_contacts`);
  await tx.execute(sql`
    update recoveries set ended_at = now() where ended_at is null and not exists (select from recovery_sent where proved is null)`);
}
