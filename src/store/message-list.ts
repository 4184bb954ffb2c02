import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import {
  DEAD,
  judgeRetry,
  type ListedMessage,
  type MessageFilter,
  type Retriable,
  type Retry,
  type RetryOptions,
} from '../engine/message-list.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { array, ms, timestamp } from './values.ts';

/**
 * Newest first. Those that died are found by an index of their own, a contact's by hers; all others are looked for from
 * the newest on. They are ordered by the column, as no index knows its name for the milliseconds that are told.
 */
export async function listMessages(db: Runner, filter: MessageFilter): Promise<readonly ListedMessage[]> {
  const { states, channel, contact_id, behind, limit } = filter;
  const wanted: SQL[] = [sql`true`];
  if (states.length > 0) wanted.push(sql`state = any(${array(states, 'text')})`);
  // Said in the words of the index, which a list of any states would not be known to agree with.
  if (states.length > 0 && states.every((state) => DEAD.includes(state)))
    wanted.push(sql`state in ('refused', 'uncertain')`);
  if (channel !== undefined) wanted.push(sql`channel = ${channel}`);
  if (contact_id !== undefined) wanted.push(sql`contact_id = ${contact_id}`);
  if (behind) wanted.push(sql`(owed_at, id) < (${timestamp(behind.owed_at)}, ${behind.id}::uuid)`);
  const found = await db.execute<ListedMessage & Record<string, unknown>>(sql`
    select ${COLUMNS} from messages where ${sql.join(wanted, sql` and `)}
    order by messages.owed_at desc, id desc limit ${limit}`);
  return found.rows.map(listed);
}

export async function findMessage(db: Runner, id: string): Promise<ListedMessage | undefined> {
  const found = await db.execute<ListedMessage & Record<string, unknown>>(sql`
    select ${COLUMNS} from messages where id = ${id}`);
  return found.rows[0] && listed(found.rows[0]);
}

const COLUMNS = sql`id, contact_id, workflow, run, step, message, channel, purpose, state, ${ms('owed_at')} as owed_at,
  ${ms('due_at')} as due_at, ${ms('sent_at')} as sent_at, stage, language, tone, because, held_because, attempts, address,
  subject, response`;

/** What is kept beside the words of a reason is for the engine. */
function listed(row: ListedMessage): ListedMessage {
  const { held_because } = row;
  return { ...row, held_because: held_because && { en: held_because.en, es: held_because.es } };
}

export async function retryMessage(
  db: Database,
  id: string,
  options: RetryOptions,
  now: Instant,
): Promise<Retry> {
  return transaction(db, async (tx) => {
    const found = await tx.execute<Retriable & Record<string, unknown>>(sql`
      select state, purpose, held_because from messages where id = ${id} for update`);
    const verdict = judgeRetry(found.rows[0], options);
    if (verdict.ok && verdict.state === 'owed') await oweAnew(tx, id, now);
    return verdict;
  });
}

async function oweAnew(tx: Runner, id: string, now: Instant): Promise<void> {
  await tx.execute(sql`
    update messages set state = 'owed', attempts = 0, due_at = ${timestamp(now)}, held_because = null, claim = null,
      claimed_by = null, lease_until = null
    where id = ${id} and state in ('refused', 'uncertain')`);
}
