import { sql } from 'drizzle-orm';
import { foldConsent, sayingsOf, proofIn, type Consents } from '../core/contacts/consent.ts';
import type { Event, Instant } from '../core/events/event.ts';
import { partitionOf } from '../engine/ports.ts';
import type { Listener, PreferenceBook, Saying, Statement } from '../engine/preferences.ts';
import { eventId } from './append.ts';
import { consentsOf, recordConsents, writeConsents } from './consent-rows.ts';
import type { Database, Runner } from './database.ts';
import { lockMessage } from './message-lock.ts';
import { standInFor } from './recoveries.ts';
import { transaction } from './transaction.ts';
import { CONTACT_COLUMNS, contactOf, type ContactRow } from './turns.ts';
import { iso, rows } from './values.ts';

/** Whom a message went to, for the page behind its unsubscribe link. */
export interface Addressee {
  /** The message itself, or what stands for it after a restore. */
  readonly message_id: string;
  readonly contact_id: string;
  readonly channel: string;
  readonly language: string;
  readonly address: string | null;
}

export async function addresseeOf(db: Runner, message_id: string): Promise<Addressee | undefined> {
  const found = await db.execute<Addressee & Record<string, unknown>>(sql`
    select id as message_id, contact_id, channel, language, address
    from messages where id = ${standInFor(message_id)}`);
  return found.rows[0];
}

export function openPreferenceBook(db: Database): PreferenceBook {
  return {
    listener: (message_id) => listener(db, message_id),
    say: (saying, what) => say(db, saying, what),
  };
}

type ListenerRow = ContactRow & { readonly spoken_channel: string; readonly consents: Consents };

async function listener(db: Runner, message_id: string): ReturnType<PreferenceBook['listener']> {
  const found = await db.execute<ListenerRow>(sql`
    select m.channel as spoken_channel, (${consentsOf(sql`m.contact_id`)}) as consents, ${CONTACT_COLUMNS}
    from messages m join contacts c on c.id = m.contact_id where m.id = ${message_id}`);
  const row = found.rows[0];
  return row && { contact: contactOf(row), channel: row.spoken_channel, consents: row.consents };
}

/**
 * Consents hold at once, before any turn: a claim that comes after this commit sees them. The same transaction stores
 * the events, so that profile, history and workflows learn of it too.
 */
async function say(
  db: Database,
  { message_id, at, source, page }: Saying,
  what: (listener: Listener) => readonly Statement[],
): Promise<number | undefined> {
  return transaction(db, async (tx) => {
    const locked = await lockMessage(tx, message_id);
    const found = locked && (await listener(tx, message_id));
    const statements = found ? what(found) : [];
    if (!found || statements.length === 0) return undefined;
    const contact_id = found.contact.id;
    const events = statements.map((one, index) => eventOf(one, `${page}:${message_id}:${at}:${index}`, at));
    const fresh = await storeEvents(tx, contact_id, events, source);
    const consents = fresh.reduce(foldConsent, NOTHING_SAID);
    await writeConsents(tx, [{ contact_id, consents }], source);
    await recordConsents(
      tx,
      fresh.flatMap((event) => saidIn(event, contact_id)),
    );
    return partitionOf(contact_id);
  });
}

const NOTHING_SAID: Consents = {};

type StoredEvent = Event & { readonly message_id: string };

function eventOf({ type, name, properties }: Statement, message_id: string, at: Instant): StoredEvent {
  return { id: eventId(message_id), message_id, type, name, properties, occurred_at: at };
}

function saidIn(event: Event, contact_id: string): Parameters<typeof recordConsents>[1] {
  const { id: event_id, occurred_at: at } = event;
  return sayingsOf(event).map(({ key, word: said }) => ({
    ...{ contact_id, event_id, key, said, at },
    ...proofIn(event),
  }));
}

/** Tells those that were not known yet. */
async function storeEvents(
  tx: Runner,
  contact_id: string,
  events: readonly StoredEvent[],
  source: string,
): Promise<readonly Event[]> {
  const list = events.map(({ occurred_at, ...event }) => ({ ...event, at: iso(occurred_at) }));
  const stored = await tx.execute<{ id: string }>(sql`
    with given as (
      select * from json_to_recordset(${rows(list)}) as g (id uuid, message_id text, type text, name text,
        properties jsonb, at timestamptz)
    ), new as (
      insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select id, ${contact_id}::uuid, message_id, type, name, properties, at, at, ${source} from given
      on conflict (id) do nothing returning id
    ), told as (
      insert into happenings (partition, contact_id, event_id, due_at)
      select ${partitionOf(contact_id)}::smallint, ${contact_id}::uuid, id, at from given join new using (id)
    )
    select id from new`);
  const ids = new Set(stored.rows.map(({ id }) => id));
  return events.filter(({ id }) => ids.has(id));
}
