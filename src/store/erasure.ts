/**
 * The right to be forgotten (GDPR art. 17, Chile's Ley 21.719): everything that leads to a person is deleted in one
 * transaction. What counts for figures alone stays, without a word of hers.
 */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { factsOfErasure } from '../core/map/count.ts';
import { spelled } from '../core/messages/address-of.ts';
import type { Project } from '../core/project.ts';
import { ADDRESS_FIELDS, hashKey } from './address-keys.ts';
import type { Database, Runner } from './database.ts';
import { ERASED, keepEverybodyOut } from './erasure-lock.ts';
import { addressSecrets } from './keys.ts';
import { writeFacts } from './map-counts.ts';
import { takeBack } from './put-aside.ts';
import { everyContactOf } from './same-person.ts';
import { errorCode } from './races.ts';
import { transaction } from './transaction.ts';
import { CONTACT_COLUMNS, contactOf, type ContactRow } from './turns.ts';
import { array, iso, rows, timestamp } from './values.ts';

export interface Erased {
  readonly contact_id: string;
  /** It, and those that were merged into it. */
  readonly contacts: number;
  readonly events: number;
  /** Messages that stay without anything of the person, and those that will not be sent. */
  readonly messages_kept: number;
  readonly messages_deleted: number;
  /** How many addresses are suppressed by their hashes from now on. */
  readonly addresses: number;
  /** Other contacts with one of these addresses: they are asked for by themselves. */
  readonly others: readonly string[];
}

export interface Erasing {
  readonly contact_id: string;
  /** Who asked for it here: a key, or the command line. */
  readonly source: string;
  readonly at: Instant;
}

interface Around {
  readonly secrets: readonly string[];
  readonly project: Project;
}

/**
 * Deletes a contact, and all that turned out to be it or is about to. Undefined where there is none. Whoever is in the
 * way is waited for; of two that wait for each other, it is the erasure that begins anew.
 */
export async function erase(db: Database, erasing: Erasing, project: Project): Promise<Erased | undefined> {
  // Made before, so that the lock is not held for it.
  const secrets = await addressSecrets(db);
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db, (tx) => eraseOnce(tx, erasing, { secrets, project }));
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !wasInTheWay(error)) throw error;
    }
  }
}

const MOST_ATTEMPTS = 60;
/** Shorter than PostgreSQL waits before it looks for a circle and ends somebody else's transaction. */
const PATIENCE = '900ms';

/** Somebody else turned out to be the same person meanwhile. */
class Joined extends Error {}

/** A lock that was waited for too long (lock_not_available). */
const LOCKED = '55P03';

function wasInTheWay(error: unknown): boolean {
  return error instanceof Joined || errorCode(error) === LOCKED;
}

async function eraseOnce(
  tx: Runner,
  { contact_id, source, at }: Erasing,
  { secrets, project }: Around,
): Promise<Erased | undefined> {
  await tx.execute(sql.raw(`set local lock_timeout = '${PATIENCE}'`));
  const ids = await everyContactOf(tx, [contact_id]);
  if (!(await lockRows(tx, ids)).includes(contact_id)) return undefined;
  await leaveTheMap(tx, ids, project, at);
  const early = await deleteHistory(tx, ids);
  await keepEverybodyOut(tx);
  if ((await everyContactOf(tx, ids)).some((id) => !ids.includes(id))) throw new Joined();
  // What came while the first, long part was done.
  const late = await deleteHistory(tx, ids);
  const addresses = withoutRepeats([
    ...early.addresses,
    ...late.addresses,
    ...(await knownAddresses(tx, ids)),
  ]);
  await deleteRefusals(tx, ids, addresses);
  const messages_deleted = await deleteUnsent(tx, ids);
  const messages_kept = await emptyMessages(tx, ids);
  await emptyReports(tx, ids, addresses);
  await deleteProofs(tx, addresses);
  await suppressHashes(tx, addresses, secrets, at);
  await tx.execute(sql`
    insert into erasures (contact_id, at, source) values (${contact_id}, ${timestamp(at)}, ${source}) on conflict do nothing`);
  const gone = await deleteContacts(tx, ids);
  return {
    ...{ contact_id, contacts: gone, events: early.events + late.events, messages_kept, messages_deleted },
    ...{ addresses: addresses.length, others: await othersWith(tx, addresses) },
  };
}

/**
 * In the order in which turns lock contacts. Whoever adds to the story of a message holds its row, and is waited for;
 * whoever holds a claim has lost it.
 */
async function lockRows(tx: Runner, ids: readonly string[]): Promise<readonly string[]> {
  const hers = array(ids, 'uuid');
  const found = await tx.execute<{ id: string }>(
    sql`select id from contacts where id = any(${hers}) order by id for update`,
  );
  await tx.execute(sql`select from messages where contact_id = any(${hers}) order by id for update`);
  await tx.execute(sql`select from calls where contact_id = any(${hers}) order by id for update`);
  return found.rows.map(({ id }) => id);
}

/** Whoever is gone stands nowhere; what was done stays counted, without whose it was. */
async function leaveTheMap(tx: Runner, ids: readonly string[], project: Project, at: Instant): Promise<void> {
  const found = await tx.execute<ContactRow>(sql`
    select ${CONTACT_COLUMNS} from contacts c where c.id = any(${array(ids, 'uuid')}) and c.merged_into is null`);
  await writeFacts(
    tx,
    found.rows.flatMap((row) => factsOfErasure(contactOf(row), project, at)),
  );
}

interface Address {
  readonly channel: string;
  readonly address: string;
}

/** Everything that happened and what was decided of it. Tells the addresses that were in it. */
async function deleteHistory(
  tx: Runner,
  ids: readonly string[],
): Promise<{ readonly events: number; readonly addresses: readonly Address[] }> {
  const hers = array(ids, 'uuid');
  const addresses = await tx.execute<{ [column: string]: unknown } & Address>(sql`
    select distinct channel, properties ->> field as address from events cross join ${ADDRESS_FIELDS}
    where contact_id = any(${hers}) and jsonb_typeof(properties -> field) = 'string'`);
  await tx.execute(sql`
    delete from rejected_events r using events e where e.contact_id = any(${hers}) and r.message_id = e.message_id`);
  await tx.execute(sql`
    delete from happenings h using contacts c
    where c.id = any(${hers}) and h.partition = c.partition and h.contact_id = c.id`);
  const events = await tx.execute(sql`delete from events where contact_id = any(${hers})`);
  for (const table of OF_CONTACTS) {
    await tx.execute(sql`delete from ${sql.identifier(table)} where contact_id = any(${hers})`);
  }
  await tx.execute(sql`
    delete from touches using messages m where m.contact_id = any(${hers}) and touches.message_id = m.id`);
  return { events: events.rowCount ?? 0, addresses: addresses.rows };
}

const OF_CONTACTS = [
  ...['stage_moves', 'segment_moves', 'segment_members', 'consents', 'consent_records', 'runs', 'calls'],
  ...['chat_entries', 'recovery_contacts'],
];

/** Where she can be written to now, and where she was written to. */
async function knownAddresses(tx: Runner, ids: readonly string[]): Promise<readonly Address[]> {
  const hers = array(ids, 'uuid');
  const found = await tx.execute<{ [column: string]: unknown } & Address>(sql`
    select channel, profile #>> array['fields', field, 'value'] as address from contacts cross join ${ADDRESS_FIELDS}
    where id = any(${hers}) and jsonb_typeof(profile #> array['fields', field, 'value']) = 'string'
    union select channel, address from messages where contact_id = any(${hers}) and address is not null`);
  return found.rows;
}

function withoutRepeats(addresses: readonly Address[]): readonly Address[] {
  const found = addresses
    .map(({ channel, address }) => ({ channel, address: spelled(channel, address).toLowerCase() }))
    .filter(({ address }) => address !== '');
  return [...new Map(found.map((one) => [`${one.channel} ${one.address}`, one])).values()];
}

/** What was refused may quote her. */
async function deleteRefusals(
  tx: Runner,
  ids: readonly string[],
  addresses: readonly Address[],
): Promise<void> {
  const found = await tx.execute<{ value: string }>(sql`
    select lower(value) as value from identities where contact_id = any(${array(ids, 'uuid')})`);
  const words = [...found.rows.map(({ value }) => value), ...addresses.map(({ address }) => address)];
  await tx.execute(sql`
    delete from rejected_events r using unnest(${array(words.filter(isTelling), 'text')}) as w (word)
    where position(word in lower(concat_ws(' ', r.message, r.pointer, r.message_id))) > 0`);
}

/** Shorter ids stand in too many other words. */
function isTelling(word: string): boolean {
  return word.length >= 4;
}

/** Of some nobody knows whether they have left: those are kept. */
async function deleteUnsent(tx: Runner, ids: readonly string[]): Promise<number> {
  const deleted = await tx.execute(sql`
    delete from messages where contact_id = any(${array(ids, 'uuid')}) and state in ('owed', 'claimed', 'deferred')
      and (held_because is null or held_because ->> 'waits' is not null)`);
  return deleted.rowCount ?? 0;
}

async function emptyMessages(tx: Runner, ids: readonly string[]): Promise<number> {
  const emptied = await tx.execute(sql`
    update messages set address = null, subject = null, response = null, links = null, event = '{}', because = ${ERASED},
      held_because = case when state <> 'sent' then ${ERASED} end,
      state = case when state in ('claimed', 'handing_over', 'deferred') then 'uncertain' else state end,
      claim = null, claimed_by = null, lease_until = null
    where contact_id = any(${array(ids, 'uuid')})`);
  return emptied.rowCount ?? 0;
}

/** Also those that name none of our messages, but her. Their own ids may be made of her address. */
async function emptyReports(
  tx: Runner,
  ids: readonly string[],
  addresses: readonly Address[],
): Promise<void> {
  await tx.execute(sql`
    update reports set id = 'erased:' || gen_random_uuid(), address = '', diagnostic = null
    where message_id in (select id from messages where contact_id = any(${array(ids, 'uuid')}))
      or (channel, address) in (select a.channel, a.address
        from json_to_recordset(${rows(addresses)}) as a (channel text, address text))`);
}

/** What a list after a restore told of mails to her. */
async function deleteProofs(tx: Runner, addresses: readonly Address[]): Promise<void> {
  const emails = addresses.map(({ address }) => address);
  await tx.execute(sql`delete from recovery_sent where address = any(${array(emails, 'text')})`);
}

/** Whoever comes with one of her addresses is not written to, though nobody can read there whose it was. */
async function suppressHashes(
  tx: Runner,
  addresses: readonly Address[],
  [secret = '']: readonly string[],
  at: Instant,
): Promise<void> {
  const list = addresses.map((one) => ({ ...one, hash: hashKey(one.address, secret), at: iso(at) }));
  const given = sql`json_to_recordset(${rows(list)}) as a (channel text, address text, hash text, at timestamptz)`;
  await tx.execute(sql`
    delete from suppressions s using ${given} where s.channel = a.channel and s.address = a.address`);
  await tx.execute(sql`
    insert into suppressions (channel, address, scope, reason, at)
    select distinct channel, hash, 'all', ${WHY_SUPPRESSED}, at from ${given} on conflict do nothing`);
}

const WHY_SUPPRESSED = 'whoever had it asked to be erased';

async function deleteContacts(tx: Runner, ids: readonly string[]): Promise<number> {
  const hers = array(ids, 'uuid');
  await tx.execute(sql`delete from identities where contact_id = any(${hers})`);
  await takeBack(tx, ids);
  const deleted = await tx.execute(sql`delete from contacts where id = any(${hers})`);
  return deleted.rowCount ?? 0;
}

async function othersWith(tx: Runner, addresses: readonly Address[]): Promise<readonly string[]> {
  const emails = addresses.flatMap(({ channel, address }) => (channel === 'email' ? [address] : []));
  const found = await tx.execute<{ id: string }>(sql`
    select id from contacts where merged_into is null
      and lower(profile #>> '{fields,email,value}') = any(${array(emails, 'text')}) order by id limit 100`);
  return found.rows.map(({ id }) => id);
}
