import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { emptyProfile } from '../core/contacts/contact.ts';
import type { IncomingEvent, Instant } from '../core/events/event.ts';
import { partitionOf, type Appended, type Appending, type ReceivedEvent } from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { keepErasureOut } from './erasure-lock.ts';
import { transaction } from './transaction.ts';
import { array, iso, rows } from './values.ts';

/**
 * Stores a batch of events in one transaction: whom each speaks of, contacts that are new, contacts that turn out to
 * be one, the events themselves without those that were stored before, and a happening for each to be decided.
 */
export async function append(
  db: Database,
  events: readonly ReceivedEvent[],
  appending: Appending,
): Promise<Appended> {
  const fresh = withoutRepeats(events);
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db, async (tx) =>
        appendOnce(tx, attempt === 1 ? fresh : await notStored(tx, fresh), appending),
      );
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !(error instanceof IdentityRace || error instanceof Repeated))
        throw error;
    }
  }
}

const MOST_ATTEMPTS = 5;

/** Somebody else created the same identity at the same moment. */
class IdentityRace extends Error {}

/** Some had been stored before: whom they name now is not looked at. Known at the end, as hardly any are. */
class Repeated extends Error {}

function withoutRepeats(events: readonly ReceivedEvent[]): readonly ReceivedEvent[] {
  const seen = new Set<string>();
  return events.filter(({ message_id }) => !seen.has(message_id) && seen.add(message_id));
}

/** The event's id: the first 128 bits of the hash of its message id, so that a repeat meets its first. */
export function eventId(message_id: string): string {
  const hex = createHash('sha256').update(message_id).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

async function notStored(tx: Runner, events: readonly ReceivedEvent[]): Promise<readonly ReceivedEvent[]> {
  const ids = events.map(({ message_id }) => eventId(message_id));
  const found = await tx.execute<{ id: string }>(
    sql`select id from events where id = any(${array(ids, 'uuid')})`,
  );
  const stored = new Set(found.rows.map(({ id }) => id));
  return events.filter((_, index) => !stored.has(ids[index] ?? ''));
}

async function appendOnce(
  tx: Runner,
  events: readonly ReceivedEvent[],
  appending: Appending,
): Promise<Appended> {
  await keepErasureOut(tx);
  const people = await lookUp(tx, events);
  const owners = events.map((event) => people.join(event));
  await holdVisitors(tx, people.visitors);
  await insertIdentities(tx, people.new_identities);
  await insertContacts(tx, people.new_contacts, appending);
  const added = await insertEvents(
    tx,
    events,
    owners.map((owner) => people.resolve(owner)),
    appending,
  );
  if (added.length < events.length) throw new Repeated();
  await insertMerges(tx, people.merges, appending);
  const touched = [...added, ...people.merges.map(({ kept_id }) => kept_id)];
  return { added: added.length, partitions: [...new Set(touched.map(partitionOf))] };
}

type Key = `user:${string}` | `anonymous:${string}`;

/** Who is who, while a batch is being stored. */
interface People {
  /** The contact that an event speaks of; makes it if need be, and notes contacts that turn out to be one. */
  join(event: IncomingEvent): string;
  /** Who a contact has become within this batch. */
  resolve(contact_id: string): string;
  readonly new_identities: Map<Key, string>;
  readonly new_contacts: Map<string, Instant>;
  readonly merges: { kept_id: string; gone_id: string; at: Instant }[];
  /** Contacts whom somebody takes for his own because nobody is known to be behind them. */
  readonly visitors: Set<string>;
}

async function lookUp(tx: Runner, events: readonly IncomingEvent[]): Promise<People> {
  const keys = [...new Set(events.flatMap(keysOf))];
  const found = await tx.execute<{ kind: string; value: string; contact_id: string; is_user: boolean }>(sql`
    select i.kind, i.value, i.contact_id,
      exists (select from identities u where u.contact_id = i.contact_id and u.kind = 'user') as is_user
    from unnest(${array(keys.map(kindOf), 'text')}, ${array(keys.map(valueOf), 'text')}) as wanted (kind, value)
    join identities i using (kind, value)`);
  const known = new Map<Key, string>(
    found.rows.map((row) => [`${row.kind}:${row.value}` as Key, row.contact_id]),
  );
  const users = new Set(found.rows.filter((row) => row.is_user).map((row) => row.contact_id));
  return peopleOf(known, users);
}

/** `users` are the contacts that the shop knows by a user id; the others are anonymous. */
function peopleOf(known: Map<Key, string>, users: Set<string>): People {
  const became = new Map<string, string>();
  const new_identities = new Map<Key, string>();
  const new_contacts = new Map<string, Instant>();
  const merges: People['merges'] = [];
  const visitors = new Set<string>();
  const resolve = (id: string): string => {
    const next = became.get(id);
    return next === undefined ? id : resolve(next);
  };
  const find = (key: Key | undefined): string | undefined => {
    const id = key && known.get(key);
    return id === undefined ? undefined : resolve(id);
  };
  const claim = (key: Key, contact_id: string): void => {
    known.set(key, contact_id);
    new_identities.set(key, contact_id);
    if (kindOf(key) === 'user') users.add(contact_id);
  };
  const create = (at: Instant): string => {
    const id = uuidv7();
    new_contacts.set(id, at);
    return id;
  };
  const merge = (kept_id: string, gone_id: string, at: Instant): void => {
    became.set(gone_id, kept_id);
    merges.push({ kept_id, gone_id, at });
    if (users.has(gone_id)) users.add(kept_id);
  };

  const take = (id: string, byAlias: boolean): void => {
    if (!byAlias && !users.has(id) && !new_contacts.has(id)) visitors.add(id);
  };

  /** Two ids of one person. Known people are joined only by `alias`: two of them may share a device. */
  const unite = (main: Key, other: Key, at: Instant, byAlias: boolean): string => {
    const kept = find(main);
    const gone = find(other);
    if (kept === undefined) {
      const adopt = gone !== undefined && (byAlias || !users.has(gone));
      if (adopt) take(gone, byAlias);
      const id = adopt ? gone : create(at);
      claim(main, id);
      if (gone === undefined) claim(other, id);
      return id;
    }
    if (gone === undefined) claim(other, kept);
    else if (gone !== kept && (byAlias || !users.has(gone))) {
      take(gone, byAlias);
      merge(kept, gone, at);
    }
    return kept;
  };

  return {
    join(event) {
      const { user, anonymous, previous } = namesOf(event);
      const at = event.occurred_at;
      if (user && previous)
        return unite(user, find(previous.user) ? previous.user : previous.anonymous, at, true);
      if (user && anonymous) return unite(user, anonymous, at, false);
      const only = (user ?? anonymous) as Key;
      const existing = find(only);
      if (existing !== undefined) return existing;
      const id = create(at);
      claim(only, id);
      return id;
    },
    resolve,
    new_identities,
    new_contacts,
    merges,
    visitors,
  };
}

interface Names {
  readonly user: Key | undefined;
  readonly anonymous: Key | undefined;
  /** What an alias calls "previous" may have been either kind of id. */
  readonly previous: { readonly user: Key; readonly anonymous: Key } | undefined;
}

function namesOf(event: IncomingEvent): Names {
  const { user_id, anonymous_id, previous_id } = event;
  return {
    user: user_id === undefined ? undefined : `user:${user_id}`,
    anonymous: anonymous_id === undefined ? undefined : `anonymous:${anonymous_id}`,
    previous:
      previous_id === undefined
        ? undefined
        : { user: `user:${previous_id}`, anonymous: `anonymous:${previous_id}` },
  };
}

function keysOf(event: IncomingEvent): Key[] {
  const { user, anonymous, previous } = namesOf(event);
  return [user, anonymous, previous?.user, previous?.anonymous].filter((key) => key !== undefined);
}

function kindOf(key: Key): string {
  return key.slice(0, key.indexOf(':'));
}

function valueOf(key: Key): string {
  return key.slice(key.indexOf(':') + 1);
}

/**
 * At one and the same moment two people may take a visitor for theirs, on a device that they share. Whoever comes second
 * waits here, finds somebody behind the visitor, and looks everybody up anew.
 */
async function holdVisitors(tx: Runner, visitors: ReadonlySet<string>): Promise<void> {
  if (visitors.size === 0) return;
  const ids = array([...visitors], 'uuid');
  await tx.execute(sql`
    select from identities where contact_id = any(${ids}) order by kind, value for update`);
  const taken = await tx.execute(sql`
    select from unnest(${ids}) as visitor (id)
    where not exists (select from identities i where i.contact_id = visitor.id)
      or exists (select from identities i where i.contact_id = visitor.id and i.kind = 'user') limit 1`);
  if (taken.rowCount !== 0) throw new IdentityRace();
}

/** In a fixed order, so that two batches with the same people wait for each other and never in a circle. */
async function insertIdentities(tx: Runner, identities: ReadonlyMap<Key, string>): Promise<void> {
  if (identities.size === 0) return;
  const keys = [...identities.keys()].sort();
  const ids = keys.map((key) => identities.get(key) ?? '');
  const inserted = await tx.execute(sql`
    insert into identities (kind, value, contact_id)
    select * from unnest(${array(keys.map(kindOf), 'text')}, ${array(keys.map(valueOf), 'text')}, ${array(ids, 'uuid')})
    on conflict do nothing`);
  if (inserted.rowCount !== keys.length) throw new IdentityRace();
}

async function insertContacts(
  tx: Runner,
  contacts: ReadonlyMap<string, Instant>,
  appending: Appending,
): Promise<void> {
  if (contacts.size === 0) return;
  const list = [...contacts].map(([id, at]) => ({ id, partition: partitionOf(id), created_at: iso(at) }));
  await tx.execute(sql`
    insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, created_at)
    select id, partition, ${JSON.stringify(emptyProfile())}::jsonb, ${appending.shape}, '{}', '[]',
      ${appending.stage}, created_at, created_at
    from json_to_recordset(${rows(list)}) as c (id uuid, partition smallint, created_at timestamptz)`);
}

/** The contacts of the events that were new, one entry for each event. */
async function insertEvents(
  tx: Runner,
  events: readonly ReceivedEvent[],
  owners: readonly string[],
  { due }: Appending,
): Promise<string[]> {
  const list = events.map((event, index) => ({
    id: eventId(event.message_id),
    contact_id: owners[index],
    partition: partitionOf(owners[index] ?? ''),
    message_id: event.message_id,
    type: event.type,
    name: event.name,
    properties: event.properties,
    occurred_at: iso(event.occurred_at),
    received_at: iso(event.received_at),
    source: event.source,
  }));
  const due_at = due === 'now' ? sql`now()` : sql`new.received_at`;
  const stored = await tx.execute<{ contact_id: string }>(sql`
    with given as (
      select * from json_to_recordset(${rows(list)}) as e (id uuid, contact_id uuid, partition smallint, message_id text,
        type text, name text, properties jsonb, occurred_at timestamptz, received_at timestamptz, source text)
    ), new as (
      insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select id, contact_id, message_id, type, name, properties, occurred_at, received_at, source from given
      on conflict (id) do nothing
      returning id, contact_id, received_at
    )
    insert into happenings (partition, contact_id, event_id, due_at)
    select given.partition, new.contact_id, new.id, ${due_at} from new join given on given.id = new.id
    returning contact_id`);
  return stored.rows.map((row) => row.contact_id);
}

/** From now on the ids of who goes away lead to who stays; the turn joins what is known of both. */
async function insertMerges(tx: Runner, merges: People['merges'], { due }: Appending): Promise<void> {
  for (const { kept_id, gone_id, at } of merges) {
    const moved = await tx.execute(
      sql`update identities set contact_id = ${kept_id} where contact_id = ${gone_id}`,
    );
    if (moved.rowCount === 0) throw new IdentityRace();
    const due_at = due === 'now' ? sql`now()` : sql`${iso(at)}::timestamptz`;
    await tx.execute(sql`
      insert into happenings (partition, contact_id, gone_id, due_at)
      values (${partitionOf(kept_id)}, ${kept_id}, ${gone_id}, ${due_at})`);
  }
}
