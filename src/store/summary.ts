import { sql } from 'drizzle-orm';
import type { Reason } from '../core/reason.ts';
import type { Runner } from './database.ts';

/** What has become of everybody, in counts. */
export interface Summary {
  readonly contacts: number;
  readonly events: number;
  readonly stages: readonly { readonly stage: string; readonly people: number }[];
  readonly moves: readonly { readonly from: string; readonly to: string; readonly moves: number }[];
  readonly runs: readonly RunCount[];
  readonly messages: readonly MessageCount[];
  readonly held_back: readonly { readonly because: Reason; readonly messages: number }[];
}

export interface RunCount {
  readonly workflow: string;
  readonly entered: number;
  readonly active: number;
  readonly converted: number;
  readonly exited: number;
  readonly completed: number;
  readonly failed: number;
}

export interface MessageCount {
  readonly workflow: string;
  readonly message: string;
  readonly tone: string;
  readonly sent: number;
  readonly held_back: number;
  /** Owed, deferred, refused or uncertain. */
  readonly other: number;
}

export async function summarize(db: Runner): Promise<Summary> {
  const [contacts, events, stages, moves, runs, messages, held_back] = await Promise.all([
    db.execute<{ n: number }>(sql`select count(*)::int as n from contacts where merged_into is null`),
    db.execute<{ n: number }>(sql`select count(*)::int as n from events`),
    db.execute<{ stage: string; people: number }>(sql`
      select stage, count(*)::int as people from contacts where merged_into is null group by stage`),
    db.execute<{ from: string; to: string; moves: number }>(sql`
      select "from", "to", count(*)::int as moves from stage_moves group by 1, 2 order by 3 desc, 1, 2`),
    db.execute<{ [key: string]: unknown } & RunCount>(sql`
      select workflow, count(*)::int as entered, (count(*) filter (where ended_at is null))::int as active,
        (count(*) filter (where outcome = 'converted'))::int as converted,
        (count(*) filter (where outcome in ('exited', 'merged')))::int as exited,
        (count(*) filter (where outcome = 'completed'))::int as completed,
        (count(*) filter (where outcome = 'failed'))::int as failed
      from runs group by workflow order by workflow`),
    db.execute<{ [key: string]: unknown } & MessageCount>(sql`
      select workflow, message, tone, (count(*) filter (where state = 'sent'))::int as sent,
        (count(*) filter (where state = 'suppressed'))::int as held_back,
        (count(*) filter (where state not in ('sent', 'suppressed')))::int as other
      from messages group by workflow, message, tone order by workflow, message, tone`),
    db.execute<{ because: Reason; messages: number }>(sql`
      select held_because as because, count(*)::int as messages from messages
      where state = 'suppressed' group by held_because order by 2 desc`),
  ]);
  return {
    contacts: contacts.rows[0]?.n ?? 0,
    events: events.rows[0]?.n ?? 0,
    stages: stages.rows,
    moves: moves.rows,
    runs: runs.rows,
    messages: messages.rows,
    held_back: held_back.rows,
  };
}
