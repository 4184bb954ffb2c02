/** Questions that somebody makes up, and that may be asked of everybody: each holds the database for a few seconds at most. */
import type { SQL } from 'drizzle-orm';
import type { Database } from './database.ts';
import { errorCode } from './races.ts';
import { transaction } from './transaction.ts';

/** Milliseconds. */
const LONGEST = 4000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled. */
const CANCELED = '57014';

/** The question would look at too much. */
export class TooWide extends Error {}

/** @throws TooWide where it takes longer than a few seconds. */
export async function askBounded<Row extends Record<string, unknown>>(
  db: Database,
  question: SQL,
  longest = LONGEST,
): Promise<readonly Row[]> {
  try {
    const bound = `set local statement_timeout = ${longest}`;
    return await transaction(db, async (tx) => (await tx.execute<Row>(question)).rows, bound);
  } catch (error) {
    throw errorCode(error) === CANCELED ? new TooWide() : error;
  }
}
