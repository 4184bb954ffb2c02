/** Questions that somebody makes up, and that may be asked of everybody: each holds the database for a few seconds at most. */
import type { SQL } from 'drizzle-orm';
import type { Database } from './database.ts';
import { errorCode } from './races.ts';
import { transaction } from './transaction.ts';

/** Milliseconds. */
const BOUND = 'set local statement_timeout = 4000';
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled. */
const CANCELED = '57014';

/** The question would look at too much. */
export class TooWide extends Error {}

/** @throws TooWide where it takes longer than a few seconds. */
export async function askBounded<Row extends Record<string, unknown>>(
  db: Database,
  question: SQL,
): Promise<readonly Row[]> {
  try {
    const answer = await transaction(db, (tx) => tx.execute<Row>(question), BOUND);
    return answer.rows as unknown as Row[];
  } catch (error) {
    throw errorCode(error) === CANCELED ? new TooWide() : error;
  }
}
