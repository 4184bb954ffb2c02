import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import { partitionOf } from '../engine/ports.ts';
import { eventId } from './append.ts';
import type { Runner } from './database.ts';
import { iso, rows } from './values.ts';

/** What Etapa itself tells about a contact: that a message was sent, that a call was answered. */
export interface OwnEvent {
  readonly id: string;
  readonly contact_id: string;
  readonly message_id: string;
  readonly name: string;
  readonly properties: JsonObject;
  readonly at: Instant;
}

export function ownEvent(
  message_id: string,
  name: string,
  contact_id: string,
  at: Instant,
): Omit<OwnEvent, 'properties'> {
  return { id: eventId(message_id), contact_id, message_id, name, at };
}

/** Stores what has happened, to be decided like anything else that happens. What is known already is left out. */
export async function appendOwn(db: Runner, list: readonly OwnEvent[]): Promise<void> {
  if (list.length === 0) return;
  const given = list.map((event) => ({
    ...event,
    at: iso(event.at),
    partition: partitionOf(event.contact_id),
  }));
  await db.execute(sql`
    with given as (
      select * from json_to_recordset(${rows(given)}) as g (id uuid, contact_id uuid, message_id text, name text,
        properties jsonb, at timestamptz, partition smallint)
    ), stored as (
      insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select id, contact_id, message_id, 'track', name, properties, at, at, 'etapa' from given
      on conflict do nothing returning id
    )
    insert into happenings (partition, contact_id, event_id, due_at)
    select partition, contact_id, id, at from given join stored using (id)`);
}
