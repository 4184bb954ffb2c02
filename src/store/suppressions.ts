/** What sending asks of the past and keeps for the future: strikes of mailboxes, complaints, and what waits. */
import { sql } from 'drizzle-orm';
import type { Complaints } from '../core/messages/complaint-rate.ts';
import type { Instant } from '../core/events/event.ts';
import { STRIKES_LAST } from '../core/messages/report.ts';
import type { MessageMark } from '../engine/ports.ts';
import type { SendingBook, Strike } from '../engine/calm.ts';
import type { Database, Runner } from './database.ts';
import { lockMessage } from './message-lock.ts';
import { transaction } from './transaction.ts';
import { iso, rows, timestamp } from './values.ts';

export function openSendingBook(db: Database): SendingBook {
  return {
    putBack: (token, marks) => putBack(db, token, marks),
    takeUp: (token) => takeUp(db, token),
    strike: (given) => strike(db, given),
    countSentSince: (since) => countSentSince(db, since),
  };
}

/** Gives claimed messages back until their time comes, as if they had not been claimed. Tells the ids that were. */
async function putBack(
  db: Runner,
  token: string,
  marks: readonly MessageMark[],
): Promise<ReadonlySet<string>> {
  const list = marks.map(({ id, due_at, because, response }) => ({
    id,
    due_at: iso(due_at ?? null),
    because: because ? { ...because, waits: true } : null,
    response: response?.slice(0, 500) ?? null,
  }));
  const written = await db.execute<{ id: string }>(sql`
    update messages m set state = 'deferred', due_at = n.due_at, attempts = m.attempts - 1, claim = null,
      claimed_by = null, lease_until = null, held_because = coalesce(m.held_because, n.because),
      response = coalesce(n.response, m.response)
    from json_to_recordset(${rows(list)}) as n (id uuid, due_at timestamptz, because jsonb, response text)
    where m.id = n.id and m.claim = ${token} and m.state = 'claimed'
    returning m.id`);
  return new Set(written.rows.map(({ id }) => id));
}

/** Claimed messages that only waited for their turn: that is over, and says nothing about whether one was in doubt. */
async function takeUp(db: Runner, token: string): Promise<ReadonlySet<string>> {
  const found = await db.execute<{ id: string }>(sql`
    update messages set held_because = null
    where claim = ${token} and state = 'claimed' and held_because ->> 'waits' is not null returning id`);
  return new Set(found.rows.map(({ id }) => id));
}

/** Keeps that a mailbox was full or resting, once for each message. How many messages found it so in thirty days. */
async function strike(db: Database, given: Strike): Promise<number> {
  const { message_id, channel, address, status, diagnostic, at } = given;
  await transaction(db, async (tx) => {
    if (!(await lockMessage(tx, message_id))) return;
    await tx.execute(sql`
      insert into reports (id, message_id, channel, address, kind, class, status, diagnostic, source, at)
      values (${`smtp:${message_id}`}, ${message_id}, ${channel}, ${address.toLowerCase()}, 'bounced', 'mailbox', ${status},
        ${diagnostic}, 'smtp', ${timestamp(at)}) on conflict do nothing`);
  });
  return countStrikes(db, channel, address, at - STRIKES_LAST);
}

/**
 * Anybody can write to the mailbox for reports: what comes there counts only where it names a message of ours.
 * Providers have proved who they are.
 */
const BELIEVED = sql`(message_id is not null or source <> 'mailbox')`;

/** How many messages found a mailbox full or resting, wherever that was reported. */
export async function countStrikes(
  db: Runner,
  channel: string,
  address: string,
  since: Instant,
): Promise<number> {
  const found = await db.execute<{ strikes: number }>(sql`
    select count(distinct coalesce(message_id::text, id))::int as strikes from reports
    where channel = ${channel} and address = ${address.toLowerCase()} and kind = 'bounced' and class = 'mailbox'
      and ${BELIEVED} and at >= ${timestamp(since)}`);
  return found.rows[0]?.strikes ?? 0;
}

/** How many e-mails were sent from a moment on. */
async function countSentSince(db: Runner, since: Instant): Promise<number> {
  const found = await db.execute<{ sent: number }>(sql`
    select count(*)::int as sent from messages where channel = 'email' and sent_at >= ${timestamp(since)}`);
  return found.rows[0]?.sent ?? 0;
}

/**
 * What was sent by e-mail from a moment on, and of how much of it readers complained since then. Of these, too,
 * only those count that are believed.
 */
export async function complaintRate(db: Runner, since: Instant): Promise<Complaints> {
  const found = await db.execute<{ complained: number }>(sql`
    select count(distinct coalesce(message_id::text, id))::int as complained from reports
    where kind = 'complained' and channel = 'email' and ${BELIEVED} and at >= ${timestamp(since)}`);
  return {
    sent: await countSentSince(db, since),
    complained: found.rows[0]?.complained ?? 0,
  };
}
