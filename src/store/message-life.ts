/** What became of a message after it had left, and of the run that sent it. */
import { sql } from 'drizzle-orm';
import { CANARY } from '../core/messages/machine.ts';
import type {
  ListedMessage,
  MessageLife,
  MessageReport,
  MessageRun,
  MessageTouch,
} from '../engine/message-list.ts';
import type { Runner } from './database.ts';
import { MOST_TOUCHES } from './touches.ts';
import { ms } from './values.ts';

export async function messageLife(db: Runner, message: ListedMessage): Promise<MessageLife> {
  const [touches, reports, run] = await Promise.all([
    touchesOf(db, message.id),
    reportsOf(db, message.id),
    runOf(db, message),
  ]);
  return { touches, reports, run };
}

async function touchesOf(db: Runner, id: string): Promise<readonly MessageTouch[]> {
  const found = await db.execute<MessageTouch & Record<string, unknown>>(sql`
    select t.kind, case when t.link < ${CANARY} then m.links[t.link + 1] end as url, ${ms('t.at')} as at, t.machine
    from touches t join messages m on m.id = t.message_id
    where t.message_id = ${id} order by t.at, t.id limit ${MOST_TOUCHES}`);
  return found.rows;
}

/** A server that reports the same thing every hour is told so often and no more. */
const MOST_REPORTS = 50;

async function reportsOf(db: Runner, id: string): Promise<readonly MessageReport[]> {
  const found = await db.execute<MessageReport & Record<string, unknown>>(sql`
    select kind, class, status, diagnostic, source, ${ms('at')} as at
    from reports where message_id = ${id} order by reports.at, id limit ${MOST_REPORTS}`);
  return found.rows;
}

async function runOf(
  db: Runner,
  { contact_id, workflow, run }: Pick<ListedMessage, 'contact_id' | 'workflow' | 'run'>,
): Promise<MessageRun | null> {
  const found = await db.execute<MessageRun & Record<string, unknown>>(sql`
    select ${ms('entered_at')} as entered_at, because, step, ${ms('ended_at')} as ended_at, outcome, ended_because
    from runs where contact_id = ${contact_id} and workflow = ${workflow} and number = ${run}`);
  return found.rows[0] ?? null;
}
