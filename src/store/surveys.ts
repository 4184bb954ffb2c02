import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { partitionOf } from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { lockMessage } from './message-lock.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { transaction } from './transaction.ts';

/** What is known of a message that asks for an answer: which one of the project's, and in which language it went out. */
export interface Asked {
  readonly message: string;
  readonly language: string;
}

export async function askedBy(db: Runner, message_id: string): Promise<Asked | undefined> {
  const found = await db.execute<{ message: string; language: string }>(sql`
    select message, language from messages where id = ${message_id}`);
  return found.rows[0];
}

export interface SurveyAnswer {
  readonly survey: string;
  readonly score: number;
  /** Null where nothing was written. */
  readonly comment: string | null;
}

/**
 * Stores the answer to one message as the event `survey_answered`; of several, the first one stays. Tells the partition
 * where it happened, undefined where there is no such message.
 */
export async function answerSurvey(
  db: Database,
  message_id: string,
  { survey, score, comment }: SurveyAnswer,
  at: Instant,
): Promise<number | undefined> {
  return transaction(db, async (tx) => {
    const asked = await lockMessage(tx, message_id);
    if (!asked) return undefined;
    const event = ownEvent(`survey:${message_id}`, 'survey_answered', asked.contact_id, at);
    await appendOwn(tx, [{ ...event, properties: { survey, score, comment, message: asked.message } }]);
    return partitionOf(asked.contact_id);
  });
}
