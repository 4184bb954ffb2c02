/** What sending asks of the past and keeps for the future: strikes of mailboxes, complaints, and what waits. */
import { sql, type SQL } from 'drizzle-orm';
import type { Complaints } from '../core/messages/complaint-rate.ts';
import type { Instant } from '../core/events/event.ts';
import { STRIKES_LAST } from '../core/messages/report.ts';
import { DAY } from '../core/time/date.ts';
import type { MessageMark } from '../engine/ports.ts';
import type { SendingBook, Strike } from '../engine/calm.ts';
import type { Counted } from '../engine/ration.ts';
import type { Database, Runner } from './database.ts';
import { LIVING } from './instance.ts';
import { lockMessage } from './message-lock.ts';
import { openStopBook } from './sending-stops.ts';
import { transaction } from './transaction.ts';
import { iso, rows, timestamp } from './values.ts';

export function openSendingBook(db: Database): SendingBook {
  return {
    putBack: (token, marks) => putBack(db, token, marks),
    takeUp: (token) => takeUp(db, token),
    strike: (given) => strike(db, given),
    countSentSince: (since, purpose) => countSentSince(db, since, purpose),
    complaints: (now, days) => complaintsByDay(db, now, days),
    stops: openStopBook(db),
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

/**
 * What was sent by e-mail on each of the last days (24 hours each, the newest first), and of how many messages readers
 * complained then. Of these, too, only those count that are believed; and only what came since people decided to go
 * on after such a stop.
 */
export async function complaintsByDay(
  db: Runner,
  now: Instant,
  days: number,
): Promise<readonly Complaints[]> {
  const since = sql`greatest(${timestamp(now - days * DAY)},
    (select max(ended_at) from sending_stops where cause = 'complaints'))`;
  const complained = await byDay(
    db,
    now,
    sql`select min(at) as at from reports where kind = 'complained' and channel = 'email' and ${BELIEVED}
      and at > ${since} group by coalesce(message_id::text, id)`,
  );
  // Without complaints it matters to nobody how much was sent, which takes long to count.
  const sent =
    complained.size === 0
      ? complained
      : await byDay(
          db,
          now,
          sql`select sent_at as at from messages where channel = 'email' and sent_at > ${since}`,
        );
  return Array.from({ length: days }, (_, day) => ({
    sent: sent.get(day) ?? 0,
    complained: complained.get(day) ?? 0,
  }));
}

async function byDay(db: Runner, now: Instant, moments: SQL): Promise<ReadonlyMap<number, number>> {
  const found = await db.execute<{ day: number; count: number }>(sql`
    select greatest(0, floor(extract(epoch from ${timestamp(now)} - at) / 86400))::int as day, count(*)::int as count
    from (${moments}) as moments group by 1`);
  return new Map(found.rows.map(({ day, count }) => [day, count]));
}

/**
 * How many e-mails were sent from a moment on, with those that are just being handed over, and how many processes there
 * are that may send.
 */
async function countSentSince(db: Runner, since: Instant, purpose: 'promotion' | 'any'): Promise<Counted> {
  const counts = purpose === 'any' ? sql`channel = 'email'` : sql`channel = 'email' and purpose = ${purpose}`;
  const found = await db.execute<Counted & Record<string, unknown>>(sql`
    select (select count(*) from messages where ${counts} and sent_at >= ${timestamp(since)})::int
      + (select count(*) from messages where ${counts} and state = 'handing_over')::int as sent,
      (select count(*) from (${LIVING}) as living)::int as processes`);
  return found.rows[0] ?? { sent: 0, processes: 1 };
}
