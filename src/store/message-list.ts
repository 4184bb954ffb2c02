import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { MessageState } from '../core/messages/message.ts';
import {
  DEAD,
  judgeRetry,
  type ListedMessage,
  type MessageFilter,
  type MessagePage,
  type Place,
  type Retriable,
  type Retry,
  type RetryOptions,
} from '../engine/message-list.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { array, ms, timestamp } from './values.ts';

/** So many messages are looked through for one page where no index finds the ones that are asked for. */
const LOOKED_THROUGH = 20_000;

/**
 * Newest first. Those that died are found by an index of their own, a contact's by hers; all others are looked for from
 * the newest on, a bounded stretch of them for each page. They are ordered by the column, as no index knows its name for
 * the milliseconds that are told.
 */
export async function listMessages(db: Runner, filter: MessageFilter): Promise<MessagePage> {
  const { contact_id, limit } = filter;
  const ground = groundOf(filter);
  const sought = soughtAmong(filter);
  const edge = sought.length > 0 && contact_id === undefined ? await edgeOf(db, ground) : undefined;
  const wanted = [...ground, ...sought, ...(edge ? [sql`(owed_at, id) >= ${placeSql(edge)}`] : [])];
  const found = await db.execute<ListedMessage & Record<string, unknown>>(sql`
    select ${COLUMNS} from messages where ${sql.join(wanted, sql` and `)}
    order by messages.owed_at desc, id desc limit ${limit + 1}`);
  const messages = found.rows.slice(0, limit).map(listed);
  if (found.rows.length > limit) return { messages, next: messages.at(-1) ?? null, looked_back_to: null };
  return { messages, next: edge ?? null, looked_back_to: edge?.owed_at ?? null };
}

/** What an index finds. */
function groundOf({ states, contact_id, from, to, behind }: MessageFilter): readonly SQL[] {
  const ground: SQL[] = [sql`true`];
  // Said in the words of the index, which a list of any states would not be known to agree with.
  if (areDead(states)) ground.push(sql`state in ('refused', 'uncertain')`);
  if (contact_id !== undefined) ground.push(sql`contact_id = ${contact_id}`);
  if (from !== undefined) ground.push(sql`owed_at >= ${timestamp(from)}`);
  if (to !== undefined) ground.push(sql`owed_at < ${timestamp(to)}`);
  if (behind) ground.push(sql`(owed_at, id) < ${placeSql(behind)}`);
  return ground;
}

function areDead(states: readonly MessageState[]): boolean {
  return states.length > 0 && states.every((state) => DEAD.includes(state));
}

/** What each message that is found has to be asked. */
function soughtAmong({ states, domain, ...filter }: MessageFilter): readonly SQL[] {
  const sought = SOUGHT.flatMap((column) => {
    const value = filter[column];
    return value === undefined ? [] : [sql`${sql.raw(column)} = ${value}`];
  });
  if (domain !== undefined) sought.push(sql`lower(split_part(address, '@', 2)) = ${domain}`);
  const is_found_by_index = areDead(states) && DEAD.every((state) => states.includes(state));
  if (states.length > 0 && !is_found_by_index) sought.push(sql`state = any(${array(states, 'text')})`);
  return sought;
}

const SOUGHT = ['channel', 'workflow', 'message', 'tone', 'language'] as const;

/** The last message that is looked at for one page; undefined where there are not so many. */
async function edgeOf(db: Runner, ground: readonly SQL[]): Promise<Place | undefined> {
  const found = await db.execute<{ owed_at: number; id: string }>(sql`
    select ${ms('owed_at')} as owed_at, id from messages where ${sql.join([...ground], sql` and `)}
    order by messages.owed_at desc, id desc offset ${LOOKED_THROUGH - 1} limit 1`);
  return found.rows[0];
}

function placeSql({ owed_at, id }: Place): SQL {
  return sql`(${timestamp(owed_at)}, ${id}::uuid)`;
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
