/** What the database server says about itself and about what Etapa keeps on it. Nothing is changed. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { Runner } from './database.ts';
import { migrationNames } from './migration-files.ts';
import { ms } from './values.ts';

export interface ServerState {
  readonly major: number;
  readonly encoding: string;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly autovacuum: string;
  /** Connections that are not kept for administrators, and those of them that other databases hold. */
  readonly connections: number;
  readonly connections_of_others: number;
}

export async function inspectServer(db: Runner): Promise<ServerState> {
  const { rows } = await db.execute<{ [key: string]: unknown } & ServerState>(sql`
    select current_setting('server_version_num')::int / 10000 as major,
      current_setting('server_encoding') as encoding,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('autovacuum') as autovacuum,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as connections,
      (select count(*)::int from pg_stat_activity
        where backend_type = 'client backend' and datname <> current_database()) as connections_of_others`);
  return rows[0] as ServerState;
}

/** By the database's clock, also within a transaction. */
export async function databaseTime(db: Runner): Promise<Instant> {
  const { rows } = await db.execute<{ now: number }>(sql`select ${ms('clock_timestamp()')} as now`);
  return rows[0]?.now ?? Number.NaN;
}

export interface MigrationState {
  /** `none`: no table of Etapa is there yet. `ahead`: a newer Etapa has been here. */
  readonly state: 'current' | 'behind' | 'ahead' | 'none';
  /** Names of those that this Etapa has and the database has not. */
  readonly pending: readonly string[];
}

export async function inspectMigrations(db: Runner): Promise<MigrationState> {
  const known = await migrationNames();
  const latest = await latestMigration(db);
  const pending = known.filter(({ when }) => when > latest).map(({ tag }) => tag);
  const newest = known.at(-1)?.when ?? 0;
  if (latest === 0) return { state: 'none', pending };
  return { state: latest > newest ? 'ahead' : pending.length > 0 ? 'behind' : 'current', pending };
}

/** The moment that names the last one that was applied; 0 where none was. */
export async function latestMigration(db: Runner): Promise<number> {
  if (!(await hasTable(db, 'drizzle.__drizzle_migrations'))) return 0;
  const { rows } = await db.execute<{ latest: number }>(
    sql`select coalesce(max(created_at), 0)::float8 as latest from drizzle.__drizzle_migrations`,
  );
  return rows[0]?.latest ?? 0;
}

/** Of the queue's own tables; undefined where there are none. */
export async function queueSchemaVersion(db: Runner): Promise<number | undefined> {
  if (!(await hasTable(db, 'etapa_queue.migration'))) return undefined;
  const { rows } = await db.execute<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from etapa_queue.migration`,
  );
  return rows[0]?.version;
}

export async function hasTable(db: Runner, name: string): Promise<boolean> {
  const { rows } = await db.execute<{ there: boolean }>(
    sql`select to_regclass(${name}) is not null as there`,
  );
  return rows[0]?.there ?? false;
}

export interface TableSize {
  readonly table: string;
  /** With its indexes. */
  readonly bytes: number;
  readonly rows: number;
  /** Versions of rows that nobody sees any more and that still take room. */
  readonly dead: number;
}

/** The largest first; the counts are those of the server's statistics. */
export async function tableSizes(db: Runner): Promise<TableSize[]> {
  const { rows } = await db.execute<{ [key: string]: unknown } & TableSize>(sql`
    select case schemaname when 'public' then relname else schemaname || '.' || relname end as table,
      pg_total_relation_size(relid)::float8 as bytes, n_live_tup::float8 as rows, n_dead_tup::float8 as dead
    from pg_stat_user_tables where schemaname in ('public', 'etapa_queue') order by 2 desc, 1`);
  return rows;
}

export interface SecretAge {
  /** `links/1`: what it is for, and a number. */
  readonly name: string;
  readonly created_at: Instant;
}

/** The secrets in use, without their values. */
export async function secretAges(db: Runner): Promise<SecretAge[]> {
  const { rows } = await db.execute<{ [key: string]: unknown } & SecretAge>(sql`
    select name, ${ms('created_at')} as created_at from secrets where active order by secrets.created_at desc`);
  return rows;
}
