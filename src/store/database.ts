import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { connectTo } from './connect.ts';

export type Database = NodePgDatabase & { readonly $client: pg.Pool };
/** What statements run on: the database, or a transaction of it. */
export type Runner = Pick<Database, 'execute'>;

export interface OpenDatabase {
  readonly db: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

interface Opening {
  readonly max?: number;
  /**
   * False for what may be forgotten when PostgreSQL itself crashes, such as claims: their commits then need not wait
   * for the disk. Whatever is decided under one commits durably, and takes what came before in the log with it.
   */
  readonly durable?: boolean;
  /**
   * True for prepared statements that look up rows by their keys. What such a statement was planned for may have been
   * an empty table, which is quicker read from one end to the other; when it has grown since, that would be minutes.
   */
  readonly by_index?: boolean;
}

/**
 * Milliseconds. What a process has locked is let go when it stands still for so long, in the midst of a transaction or of
 * reading an answer; its transaction then comes to nothing.
 */
const STANDSTILL = 20_000;
const QUICK = ' -c synchronous_commit=off';
const BY_INDEX = ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

/** Opens a pool of connections. Statements are bounded in time, so that a hung one never holds a turn for ever. */
export function openDatabase(
  url: string,
  { max = 12, durable = true, by_index = false }: Opening = {},
): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    application_name: 'etapa',
    // Statements that are begun together go out one behind the other, without waiting for each answer.
    pipeline: true,
    options: `-c idle_in_transaction_session_timeout=${STANDSTILL} -c tcp_user_timeout=${STANDSTILL} -c statement_timeout=120000${durable ? '' : QUICK}${by_index ? BY_INDEX : ''}`,
  });
  // A connection that breaks is replaced by the pool, and the statement under way fails; without listeners, one that
  // breaks while idle, or between two statements of a transaction, would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { db: drizzle(pool), pool, close: () => pool.end() };
}

/** Forgets everything, so that a demo begins anew. */
export async function emptyDatabase(url: string): Promise<void> {
  const client = await connectTo(url);
  await client.query(`drop schema if exists public, drizzle, etapa_queue cascade; create schema public`);
  await client.end();
}
