import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database } from './database.ts';
import { withoutRaces } from './races.ts';

/** Statements on one connection, with a transaction under way. */
export type Transaction = NodePgDatabase & { readonly $client: pg.PoolClient };

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
 * @param first a question without parameters that goes along with `begin`, and so costs no time of its own; its answer
 *   is told to the work.
 * @throws what the work rejects with, not what rolling it back may add.
 */
export function transaction<T>(
  db: Database,
  work: (tx: Transaction, first: unknown) => Promise<T>,
  first?: string,
): Promise<T> {
  return withoutRaces(() => attempt(db, work, first));
}

async function attempt<T>(
  db: Database,
  work: (tx: Transaction, first: unknown) => Promise<T>,
  first: string | undefined,
): Promise<T> {
  const client = await db.$client.connect();
  let broken: Error | undefined;
  try {
    const told = await begin(client, first);
    const result = await work(drizzle(client), told);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => (broken = failure as Error));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function begin(client: pg.PoolClient, first: string | undefined): Promise<unknown> {
  if (first === undefined) return void (await client.query('begin'));
  // Of several statements in one text there are several results, which the library's types do not know.
  const results = (await client.query(`begin; ${first}`)) as unknown as readonly pg.QueryResult[];
  return results[1]?.rows[0];
}
