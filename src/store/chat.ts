/** The inbox that contacts have in the shop's own pages. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { ChatBook, ChatEntry, ChatPage, ChatPlace, Written } from '../engine/chat.ts';
import { partitionOf } from '../engine/ports.ts';
import { eventId } from './append.ts';
import type { Database, Runner } from './database.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { transaction } from './transaction.ts';
import { iso, ms, timestamp } from './values.ts';

export function openChat(db: Database): ChatBook {
  return {
    keep: (entry) => keep(db, { ...entry, written_by: 'us' }).then(() => undefined),
    page: (contact_id, before, limit) => page(db, contact_id, before, limit),
    write: (written) => write(db, written),
    read: (contact_id, up_to, at) => read(db, contact_id, up_to, at),
  };
}

interface Kept extends Pick<ChatEntry, 'id' | 'text' | 'at' | 'written_by'> {
  readonly contact_id: string;
}

/**
 * Once for each id; tells whose it is. A merge that is just moving the contact is waited for, and what comes after it
 * goes to who the contact became.
 */
async function keep(db: Runner, { id, contact_id, written_by, text, at }: Kept): Promise<string | undefined> {
  const found = await db.execute<{ contact_id: string }>(sql`
    with who as (
      select coalesce(merged_into, id) as contact_id from contacts where id = ${contact_id} for share
    ), kept as (
      insert into chat_entries (id, contact_id, written_by, text, at)
      select ${id}, contact_id, ${written_by}, ${text}, ${timestamp(Math.floor(at))} from who
      on conflict (id) do nothing
    )
    select contact_id from who`);
  return found.rows[0]?.contact_id;
}

/** The newest first. */
async function page(
  db: Runner,
  contact_id: string,
  before: ChatPlace | null,
  limit: number,
): Promise<ChatPage> {
  const earlier = before ? sql`(at, id) < (${iso(before.at)}::timestamptz, ${before.id}::uuid)` : sql`true`;
  const found = await db.execute<{
    id: string;
    written_by: 'us' | 'contact';
    text: string;
    at: number;
    read_at: number | null;
  }>(sql`
    select id, written_by, text, ${ms('at')} as at, ${ms('read_at')} as read_at from chat_entries
    where contact_id = ${contact_id} and ${earlier} order by at desc, id desc limit ${limit + 1}`);
  return {
    entries: found.rows.slice(0, limit),
    more: found.rows.length > limit,
    unread: await countUnread(db, contact_id),
  };
}

async function countUnread(db: Runner, contact_id: string): Promise<number> {
  const found = await db.execute<{ unread: number }>(sql`
    select count(*)::int as unread from chat_entries
    where contact_id = ${contact_id} and written_by = 'us' and read_at is null`);
  return found.rows[0]?.unread ?? 0;
}

/** What the contact wrote is news about it, in the same transaction. Of several with one id the first one stays. */
async function write(
  db: Database,
  { contact_id, message_id, text, at }: Written,
): Promise<{ readonly id: string; readonly partition: number } | undefined> {
  const own_id = `chat:${contact_id}:${message_id}`;
  const id = eventId(own_id);
  return transaction(db, async (tx) => {
    const who = await keep(tx, { id, contact_id, written_by: 'contact', text, at });
    if (who === undefined) return undefined;
    await appendOwn(tx, [{ ...ownEvent(own_id, 'chat_message_written', who, at), properties: { text } }]);
    return { id, partition: partitionOf(who) };
  });
}

/** Marks what we wrote as read, up to one entry or all of it; tells how much is left. */
async function read(db: Runner, contact_id: string, up_to: string | null, at: Instant): Promise<number> {
  const until = up_to
    ? sql`(e.at, e.id) <= (select u.at, u.id from chat_entries u where u.id = ${up_to}::uuid and u.contact_id = ${contact_id})`
    : sql`true`;
  await db.execute(sql`
    update chat_entries e set read_at = ${timestamp(at)}
    where e.contact_id = ${contact_id} and e.written_by = 'us' and e.read_at is null and ${until}`);
  return countUnread(db, contact_id);
}
