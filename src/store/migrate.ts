/** Brings the tables up to date, while others go on working with them. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { UserError } from '../errors.ts';
import { connectTo } from './connect.ts';
import { latestMigration } from './inspection.ts';
import { LOCK } from './locks.ts';
import { migrationNames, readMigrations, type Migration } from './migration-files.ts';
import { makeFloor, raiseFloor, refuseNewerSchema } from './schema-floor.ts';

/**
 * Several processes may call it at once: one does it, the others wait. What is cut short goes on from there when it is
 * called again.
 *
 * @throws UserError where the server or the tables do not fit this program, or a table stays locked by others.
 */
export async function migrateDatabase(url: string, folder?: string): Promise<void> {
  const names = await migrationNames(folder);
  const newest = names.at(-1)?.when ?? 0;
  const client = await connectTo(url, { application_name: 'etapa migrate', options: NOTICES_LEAVING });
  try {
    await refuseOldServer(client);
    await refuseNewerSchema(drizzle(client), newest);
    if ((await latestMigration(drizzle(client))) >= newest) return;
    const migrations = await readMigrations(folder);
    await alone(client, () => migrateAll(client, migrations));
  } finally {
    await client.end();
  }
}

/** A statement whose process is gone ends soon, and with it what it has locked. In milliseconds. */
const NOTICES_LEAVING = '-c client_connection_check_interval=2000';

/** The oldest PostgreSQL that Etapa is tested on. */
const OLDEST = 15;

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    "select current_setting('server_version_num') as version",
  );
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major >= OLDEST) return;
  throw new UserError('database_too_old', `PostgreSQL ${major} is too old; Etapa needs ${OLDEST} or newer.`);
}

const ASKED_EVERY = 200;

/** Asks again and again: `create index concurrently` would wait for whoever waits for the lock in a statement. */
async function alone(client: pg.Client, work: () => Promise<void>): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(${LOCK.migration}) as taken`,
    );
    if (rows[0]?.taken) return work();
    await sleep(ASKED_EVERY);
  }
}

async function migrateAll(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await client.query('create schema if not exists drizzle');
  await client.query(`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`);
  await makeFloor(drizzle(client));
  const latest = await latestMigration(drizzle(client));
  for (const migration of migrations) {
    if (migration.when <= latest) continue;
    await contract(client, migration, migrations);
    if (migration.outside_transaction) await applyOneByOne(client, migration);
    else await insist(client, migration, () => applyAtOnce(client, migration));
  }
}

async function contract(
  client: pg.Client,
  { tag, contract_after }: Migration,
  all: readonly Migration[],
): Promise<void> {
  if (contract_after === undefined) return;
  const needed = all.find((one) => one.tag === contract_after);
  if (!needed) throw new Error(`${tag} comes after ${contract_after}, which there is not`);
  await raiseFloor(drizzle(client), needed);
}

async function applyAtOnce(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${LONGEST_LOCK}`);
    for (const statement of migration.statements) await client.query(statement);
    await record(client, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function record(client: pg.Client, { when, statements }: Migration): Promise<void> {
  const hash = createHash('sha256').update(statements.join('')).digest('hex');
  await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
    hash,
    when,
  ]);
}

async function applyOneByOne(client: pg.Client, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    await insist(client, migration, async () => {
      await dropHalfMade(client, statement);
      // What waits for a lock to make an index concurrently holds up nobody.
      const bound = CONCURRENTLY.test(statement) ? 0 : LONGEST_LOCK;
      await client.query(`set lock_timeout = ${bound}`);
      await client.query(statement);
    });
  }
  await record(client, migration);
}

const CONCURRENTLY = /\bindex\s+concurrently\b/i;
const MADE_CONCURRENTLY = /\bcreate\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+"?(\w+)"?/i;

/** An index whose making was cut short is there, is kept up to date, and serves nobody. */
async function dropHalfMade(client: pg.Client, statement: string): Promise<void> {
  const name = MADE_CONCURRENTLY.exec(statement)?.[1];
  if (name === undefined) return;
  const { rowCount } = await client.query(
    'select from pg_index where indexrelid = to_regclass(quote_ident($1)) and not indisvalid',
    [name],
  );
  if (rowCount) await client.query(`drop index concurrently "${name}"`);
}

/** Milliseconds: whoever waits for a lock on a table keeps all others waiting behind it. Nobody is to wait for a second. */
const LONGEST_LOCK = 800;
/** In between all who waited have their turn. */
const REST = 500;
const PATIENCE = 5 * 60_000;
/** Not free in time; a deadlock. */
const LOCKED = new Set(['55P03', '40P01']);

/** Tries again while others hold what it needs. */
async function insist(client: pg.Client, { tag }: Migration, apply: () => Promise<void>): Promise<void> {
  const given_up_at = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await apply();
    } catch (error) {
      if (!LOCKED.has((error as { code?: string }).code ?? '')) throw error;
      if (performance.now() > given_up_at) throw await stillLocked(client, tag);
      await sleep(REST * (1 + Math.random()));
    }
  }
}

async function stillLocked(client: pg.Client, tag: string): Promise<UserError> {
  const { rows } = await client.query<{ pid: number; name: string; query: string }>(
    `select pid, application_name as name, left(query, 100) as query from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - interval '1 second'
    order by xact_start limit 5`,
  );
  const sentence =
    `The migration ${tag} waits for a table that others hold. ` +
    'End their transactions and start again; what was done so far stays done.';
  const details = rows.map(({ pid, name, query }) => `process ${pid} (${name}): ${query}`);
  return new UserError('migration_blocked', sentence, details);
}
