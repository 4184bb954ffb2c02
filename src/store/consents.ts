import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { partitionOf } from '../engine/ports.ts';
import { eventId } from './append.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { timestamp } from './values.ts';
import { lockMessage } from './message-lock.ts';

/** Whom a message went to, for the page behind its unsubscribe link. */
export interface Addressee {
  readonly contact_id: string;
  readonly channel: string;
  readonly language: string;
  readonly address: string | null;
}

export async function addresseeOf(db: Runner, message_id: string): Promise<Addressee | undefined> {
  const found = await db.execute<{
    contact_id: string;
    channel: string;
    language: string;
    address: string | null;
  }>(sql`
    select contact_id, channel, language, address from messages where id = ${message_id}`);
  return found.rows[0];
}

/**
 * Takes back the consent at once, before any turn: a claim that comes after this commit sees it. The same transaction
 * stores the event, so that profile, history and workflows learn of it too. Saying it twice changes nothing.
 */
export async function unsubscribe(
  db: Database,
  message_id: string,
  at: Instant,
  source: string,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const addressee = await lockMessage(tx, message_id);
    if (!addressee) return false;
    const { contact_id, channel } = addressee;
    await tx.execute(sql`
      insert into consents (contact_id, channel, granted, at, source)
      values (${contact_id}, ${channel}, false, ${timestamp(at)}, ${source})
      on conflict (contact_id, channel, topic) do update set granted = false, at = excluded.at, source = excluded.source
      where consents.granted`);
    const event = `unsubscribe:${message_id}`;
    await tx.execute(sql`
      with new as (
        insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
        values (${eventId(event)}, ${contact_id}, ${event}, 'track', 'unsubscribed',
          ${JSON.stringify({ channel })}::jsonb, ${timestamp(at)}, ${timestamp(at)}, ${source})
        on conflict (id) do nothing returning id
      )
      insert into happenings (partition, contact_id, event_id, due_at)
      select ${partitionOf(contact_id)}, ${contact_id}, id, now() from new`);
    return true;
  });
}
