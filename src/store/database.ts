import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { UserError } from '../errors.ts';

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
}

/** In milliseconds: a process that keeps silent in the midst of a turn for so long has it ended, and loses its partitions. */
const LONGEST_SILENCE = 20_000;

const QUICK = ' -c synchronous_commit=off';

/** Opens a pool of connections. Statements are bounded in time, so that a hung one never holds a turn for ever. */
export function openDatabase(url: string, { max = 12, durable = true }: Opening = {}): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    application_name: 'etapa',
    // Statements that are begun together go out one behind the other, without waiting for each answer.
    pipeline: true,
    options: `-c idle_in_transaction_session_timeout=${LONGEST_SILENCE} -c statement_timeout=120000${durable ? '' : QUICK}`,
  });
  // A connection that breaks is replaced by the pool, and the statement under way fails; without listeners, one that
  // breaks while idle, or between two statements of a transaction, would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { db: drizzle(pool), pool, close: () => pool.end() };
}

/** The oldest PostgreSQL that Etapa is tested on. */
const OLDEST = 15;
const MIGRATION_LOCK = 7_384_201;

/** Brings the schema up to date; several processes may call it at once. */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'etapa migrate' });
  await connect(client);
  try {
    await refuseOldServer(client);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query("set lock_timeout = '5s'");
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(MIGRATIONS) });
  } finally {
    await client.end();
  }
}

/** Forgets everything, so that a demo begins anew. */
export async function emptyDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await connect(client);
  await client.query(`drop schema if exists public, drizzle, etapa_queue cascade; create schema public`);
  await client.end();
}

const MIGRATIONS = new URL('../../migrations', import.meta.url);

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    const cause =
      error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error);
    throw new UserError(
      'database_unreachable',
      `PostgreSQL cannot be reached: ${cause}. Check DATABASE_URL.`,
    );
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    "select current_setting('server_version_num') as version",
  );
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major >= OLDEST) return;
  throw new UserError('database_too_old', `PostgreSQL ${major} is too old; Etapa needs ${OLDEST} or newer.`);
}
