import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database } from './database.ts';

/** Statements on one connection, with a transaction under way. */
export type Transaction = NodePgDatabase & { readonly $client: pg.PoolClient };

/**
 * Runs the work in a transaction on a connection of its own: committed when it resolves, rolled back when it rejects.
 *
 * In place of drizzle's own, which never gives a connection back to the pool when `begin` fails on it, as it does on one
 * that broke while idle: each time the database was away, the pool grew smaller, until nothing could be done at all and
 * closing waited for ever (drizzle-orm 0.45). A connection on which not even `rollback` works is thrown away.
 *
 * @throws what the work rejects with, not what rolling it back may add.
 */
export async function transaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
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
