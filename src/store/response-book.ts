import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { partitionOf } from '../engine/ports.ts';
import type { Reply, ResponseBook } from '../engine/responses.ts';
import type { Database, Runner } from './database.ts';
import { NOT_ERASED } from './erasure-lock.ts';
import { lockMessage } from './message-lock.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { recordReports } from './reports.ts';
import { leadsTo, recordTouch } from './touches.ts';
import { transaction } from './transaction.ts';

export function openResponseBook(db: Database): ResponseBook {
  return {
    recordReports: (reports, source) => recordReports(db, reports, source),
    recordTouch: (touch) => recordTouch(db, touch),
    recordReply: (reply, at) => recordReply(db, reply, at),
    leadsTo: (message_id, number) => leadsTo(db, message_id, number),
    numberOf: (message_id, url) => numberOf(db, message_id, url),
  };
}

/** More than any message has; a stranger's list does not grow without end. */
const MOST_LINKS = 200;

async function numberOf(db: Runner, message_id: string, url: string): Promise<number | undefined> {
  await db.execute(sql`
    update messages set links = coalesce(links, '{}') || ${url}::text
    where id = ${message_id} and ${NOT_ERASED} and not coalesce(links, '{}') @> array[${url}::text]
      and cardinality(coalesce(links, '{}')) < ${MOST_LINKS}`);
  const found = await db.execute<{ number: number | null }>(sql`
    select array_position(links, ${url}::text) - 1 as number from messages where id = ${message_id}`);
  return found.rows[0]?.number ?? undefined;
}

/** Stores what somebody wrote back as the event `message_replied`; the same mail counts once. */
async function recordReply(db: Database, reply: Reply, at: Instant): Promise<number | undefined> {
  const { message_id, subject, text, id } = reply;
  return transaction(db, async (tx) => {
    const answered = await lockMessage(tx, message_id);
    if (!answered) return undefined;
    const { contact_id, workflow, step, message } = answered;
    const event = ownEvent(`message:${message_id}:replied:${id}`, 'message_replied', contact_id, at);
    await appendOwn(tx, [{ ...event, properties: { workflow, step, message, subject, text } }]);
    return partitionOf(contact_id);
  });
}
