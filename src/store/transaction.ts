import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Database } from './database.ts';

/**
 * Runs the work in a transaction on a connection of its own: committed when it resolves, rolled back when it rejects.
 *
 * In place of drizzle's own, which never gives a connection back to the pool when `begin` fails on it, as it does on one
 * that broke while idle: each time the database was away, the pool grew smaller, until nothing could be done at all and
 * closing waited for ever (drizzle-orm 0.45). A connection on which not even `rollback` works is thrown away.
 *
 * Where PostgreSQL ended it in favour of another one, the work begins anew, on a look at the rows of its own: so it
 * changes nothing but what `tx` writes.
 *
 * @throws what the work rejects with, not what rolling it back may add.
 */
export async function transaction<T>(db: Database, work: (tx: NodePgDatabase) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attempted(db, work);
    } catch (error) {
      if (attempt > MOST_ANEW || !gaveWay(error)) throw error;
      await sleep(Math.random() * LONGEST_PAUSE * 2 ** attempt);
    }
  }
}

const MOST_ANEW = 5;
/** In milliseconds; those that were in each other's way come back at different moments, and further apart each time. */
const LONGEST_PAUSE = 10;

/** A deadlock, or a serialization failure: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function gaveWay(error: unknown): boolean {
  const { cause, code } = error as { cause?: { code?: string }; code?: string };
  return ['40P01', '40001'].includes(cause?.code ?? code ?? '');
}

async function attempted<T>(db: Database, work: (tx: NodePgDatabase) => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(drizzle(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => (broken = failure as Error));
    throw error;
  } finally {
    client.release(broken);
  }
}
