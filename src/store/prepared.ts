/**
 * Statements that run hundreds of times a second, and are long: planning one takes PostgreSQL longer than running it. So
 * each connection prepares them once, by a name.
 */
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type pg from 'pg';

/** A pool, or one connection with a transaction under way. */
export type Client = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

const dialect = new PgDialect();

/** @param name stands for this text everywhere; only the parameters differ from one call to the next. */
export async function executePrepared<T extends pg.QueryResultRow>(
  db: Client,
  name: string,
  statement: SQL,
): Promise<T[]> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const { rows } = await db.query<T>({ name, text, values: params });
  return rows;
}
