/** Whom something reaches: counted so far that the answer comes at once. */
import { sql } from 'drizzle-orm';
import type { Database, Runner } from './database.ts';

export interface Reach {
  peopleIn(segment: string): Promise<number>;
  /** Runs of a workflow that go on. */
  runsIn(workflow: string): Promise<number>;
  /** Beyond so many nobody counts. */
  readonly counted_to: number;
}

export function openReach(db: Database): Reach {
  return {
    peopleIn: (segment) => peopleIn(db, segment),
    runsIn: (workflow) => runsIn(db, workflow),
    counted_to: MOST_REACHED,
  };
}

const MOST_REACHED = 100_000;

async function peopleIn(db: Runner, segment: string): Promise<number> {
  const found = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (
      select from segment_members where segment = ${segment} limit ${MOST_REACHED}) as members`);
  return found.rows[0]?.n ?? 0;
}

async function runsIn(db: Runner, workflow: string): Promise<number> {
  const found = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (
      select from runs where workflow = ${workflow} and ended_at is null limit ${MOST_REACHED}) as going`);
  return found.rows[0]?.n ?? 0;
}
