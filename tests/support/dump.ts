/** Everything that a database holds, as text. */
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/store/database.ts';

export interface Row {
  readonly table: string;
  readonly text: string;
}

/** Each row of each table of Etapa and of the queue, in lower case. */
export async function dump(db: Database): Promise<readonly Row[]> {
  const tables = await db.execute<{ name: string }>(sql`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname in ('public', 'etapa_queue')`);
  const rows: Row[] = [];
  for (const { name } of tables.rows) {
    const found = await db.execute<{ text: string }>(
      sql.raw(`select row_to_json(t)::text as text from ${name} t`),
    );
    rows.push(...found.rows.map(({ text }) => ({ table: name, text: text.toLowerCase() })));
  }
  return rows;
}

/** The tables in which a word stands. */
export function tablesWith(rows: readonly Row[], word: string): readonly string[] {
  const found = rows.filter(({ text }) => text.includes(word.toLowerCase()));
  return [...new Set(found.map(({ table }) => table))].sort();
}
