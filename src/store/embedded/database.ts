/** The database `etapa` inside the cluster, and the address it has. */
import { Client } from 'pg';
import type { Connection } from './cluster.ts';

export function urlOf({ port, password }: Connection): string {
  return `postgres://etapa:${password}@127.0.0.1:${port}/etapa`;
}

/** Makes the database when the server has none yet. */
export async function ensureDatabase(connection: Connection): Promise<void> {
  const found = await ask(connection, 'postgres', "SELECT FROM pg_database WHERE datname = 'etapa'");
  if (found === 0) await ask(connection, 'postgres', 'CREATE DATABASE etapa');
}

/** Whether this cluster's server answers on that port. No other server knows the password. */
export async function hasDatabase(connection: Connection): Promise<boolean> {
  return ask(connection, 'etapa', 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Answers the number of rows. */
async function ask({ port, password }: Connection, database: string, sql: string): Promise<number> {
  const client = new Client({
    ...{ host: '127.0.0.1', port, user: 'etapa', password, database },
    // Said outright, or the environment's PGSSLMODE would decide.
    ssl: false,
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks while idle reports here; the query that comes next fails anyway.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows.length;
  } finally {
    await client.end();
  }
}
