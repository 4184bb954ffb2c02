import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { MessageState } from '../core/messages/message.ts';
import type { Reason } from '../core/reason.ts';
import type { Runner } from './database.ts';
import { WAITS } from './reader.ts';
import { ms, timestamp } from './values.ts';

/** A message with what became of it and why. */
export interface ContactMessage {
  readonly id: string;
  readonly message: string;
  readonly workflow: string;
  readonly channel: string;
  readonly purpose: 'promotion' | 'service';
  readonly state: MessageState;
  readonly owed_at: Instant;
  readonly sent_at: Instant | null;
  /** When it is tried next, while it waits; else null. */
  readonly due_at: Instant | null;
  readonly subject: string | null;
  readonly tone: string;
  /** Why this tone. */
  readonly tone_because: Reason;
  /** Why it was held back, refused or left uncertain, or what it waits for. */
  readonly because: Reason | null;
}

export interface MessagesAsked {
  /** The first moment that counts, and the first that does not: of sending, or of being owed where nothing was sent. */
  readonly from: Instant;
  readonly to: Instant;
  readonly after: MessageCursor | null;
  readonly limit: number;
}

/** The moment and the id of the last one that was read. */
export type MessageCursor = readonly [at: Instant, id: string];

export interface MessagePage {
  readonly messages: readonly ContactMessage[];
  readonly next: MessageCursor | null;
}

export async function messagePage(
  db: Runner,
  contact_id: string,
  { from, to, after, limit }: MessagesAsked,
): Promise<MessagePage> {
  const older = after
    ? sql`(coalesce(sent_at, owed_at), id) < (${timestamp(after[0])}, ${after[1]}::uuid)`
    : sql`true`;
  const found = await db.execute<{ [column: string]: unknown } & ContactMessage>(sql`
    select id, message, workflow, channel, purpose, state, ${ms('owed_at')} as owed_at, ${ms('sent_at')} as sent_at,
      case when ${WAITS} then ${ms('due_at')} end as due_at, subject,
      tone, because as tone_because, held_because as because
    from messages where contact_id = ${contact_id} and ${older}
      and coalesce(sent_at, owed_at) >= ${timestamp(from)} and coalesce(sent_at, owed_at) < ${timestamp(to)}
    order by coalesce(sent_at, messages.owed_at) desc, id desc limit ${limit + 1}`);
  const messages = found.rows.slice(0, limit);
  const last = messages.at(-1);
  const more = last !== undefined && found.rows.length > limit;
  return { messages, next: more ? [last.sent_at ?? last.owed_at, last.id] : null };
}
