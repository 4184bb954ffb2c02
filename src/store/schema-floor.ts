/**
 * Whether a program and a database fit together. A program may be older than the tables, as long as these were only added
 * to; when something was taken away, the database says which migration a program must know at least.
 */
import { sql } from 'drizzle-orm';
import { UserError } from '../errors.ts';
import type { Runner } from './database.ts';
import { hasTable } from './inspection.ts';
import type { MigrationName } from './migration-files.ts';

export async function makeFloor(db: Runner): Promise<void> {
  await db.execute(sql`create table if not exists drizzle.schema_floor (
    one boolean primary key default true check (one), program_knows bigint not null)`);
}

/** @throws UserError where the tables have lost something that this program needs. */
export async function refuseNewerSchema(db: Runner, known: number): Promise<void> {
  const floor = await readFloor(db);
  if (known >= floor) return;
  throw new UserError(
    'schema_too_new',
    'A newer Etapa has changed the tables of this database so that this one cannot work with them any more. ' +
      'Start the newer one in its place.',
  );
}

/**
 * Lets nobody start any more who does not know a migration, and makes sure that nobody of them still runs.
 *
 * @throws UserError where somebody does; then nothing has changed.
 */
export async function raiseFloor(db: Runner, { tag, when }: MigrationName): Promise<void> {
  const before = await readFloor(db);
  await writeFloor(db, Math.max(before, when));
  // In this order: whoever opens meanwhile is either seen here, or sees the floor.
  const older = await runningBefore(db, when);
  if (older === 0) return;
  await writeFloor(db, before);
  throw new UserError(
    'older_processes',
    `${older} ${older === 1 ? 'process' : 'processes'} of an Etapa from before ${tag} still ${older === 1 ? 'runs' : 'run'}, ` +
      'and could not work with what is to be taken away now. Replace them by the version in between first.',
  );
}

/** Shows the newest migration that a process knows in the list of connections. */
export function instanceName(id: number, known: number): string {
  return `etapa instance ${id} knows ${known}`;
}

async function runningBefore(db: Runner, when: number): Promise<number> {
  const found = await db.execute<{ older: number }>(sql`
    select count(*)::int as older from pg_stat_activity where datname = current_database()
      and application_name ~ '^etapa instance [0-9]+ knows [0-9]+$'
      and split_part(application_name, ' ', 5)::bigint < ${when}`);
  return found.rows[0]?.older ?? 0;
}

async function readFloor(db: Runner): Promise<number> {
  if (!(await hasTable(db, 'drizzle.schema_floor'))) return 0;
  const found = await db.execute<{ floor: number }>(
    sql`select program_knows::float8 as floor from drizzle.schema_floor`,
  );
  return found.rows[0]?.floor ?? 0;
}

async function writeFloor(db: Runner, floor: number): Promise<void> {
  await db.execute(sql`
    insert into drizzle.schema_floor (program_knows) values (${floor})
    on conflict (one) do update set program_knows = excluded.program_knows`);
}
