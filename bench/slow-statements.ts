/** Which statements took long, by PostgreSQL's own log of a bench. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Runner } from '../src/store/database.ts';

export interface SlowStatement {
  readonly ms: number;
  readonly statement: string;
}

export interface SlowStatements {
  /** Longest first, of connections that were opened since. */
  read(): Promise<readonly SlowStatement[]>;
}

/** From now on each new connection to this database has what takes longer than this noted, in milliseconds. */
export async function noteSlowStatements(db: Runner, longer_than: number): Promise<SlowStatements> {
  const { rows } = await db.execute<{ name: string }>(sql`select current_database() as name`);
  const database = sql.raw(rows[0]?.name ?? '');
  await db.execute(
    sql`alter database ${database} set log_min_duration_statement = ${sql.raw(String(longer_than))}`,
  );
  const log = await logOf(db);
  const began = (await readFile(log, 'utf8')).length;
  return { read: async () => slowIn((await readFile(log, 'utf8')).slice(began)) };
}

/** Where the embedded server writes it: beside its data, and readable for whoever started it. */
async function logOf(db: Runner): Promise<string> {
  const { rows } = await db.execute<{ data: string }>(sql`select current_setting('data_directory') as data`);
  return join(rows[0]?.data ?? '', '..', 'postgres.log');
}

const SLOW = /duration: ([\d.]+) ms {2}(?:statement|execute [^:]*): ([^\n]*(?:\n\t[^\n]*)*)/g;

function slowIn(log: string): readonly SlowStatement[] {
  return [...log.matchAll(SLOW)]
    .map(([, ms, statement = '']) => ({
      ms: Number(ms),
      statement: statement.replaceAll(/\s+/g, ' ').trim(),
    }))
    .sort((a, b) => b.ms - a.ms);
}
