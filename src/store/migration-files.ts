/**
 * The migrations as files: SQL that `drizzle-kit generate` wrote, in the order of its journal. The first lines of a file
 * may say more, as comments: `-- outside a transaction` and `-- contract after NAME`. CONTRIBUTING.md has the rules.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface MigrationName {
  readonly tag: string;
  /** The moment at which it was made: names it in the database, and orders it. */
  readonly when: number;
}

export interface Migration extends MigrationName {
  readonly statements: readonly string[];
  /** Each statement by itself, as `create index concurrently` must be; each can be run again. */
  readonly outside_transaction: boolean;
  /** It takes away what was needed up to there: programs that do not know that migration cannot work any more. */
  readonly contract_after: string | undefined;
}

export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** The names alone, oldest first. */
export async function migrationNames(folder = MIGRATIONS): Promise<readonly MigrationName[]> {
  const journal = await readFile(join(folder, 'meta/_journal.json'), 'utf8');
  return (JSON.parse(journal) as { entries: MigrationName[] }).entries;
}

/** The newest that this program knows. */
export async function knownSchema(folder = MIGRATIONS): Promise<number> {
  return (await migrationNames(folder)).at(-1)?.when ?? 0;
}

export async function readMigrations(folder = MIGRATIONS): Promise<readonly Migration[]> {
  const names = await migrationNames(folder);
  return Promise.all(
    names.map(async ({ tag, when }) =>
      migrationOf({ tag, when }, await readFile(join(folder, `${tag}.sql`), 'utf8')),
    ),
  );
}

export function migrationOf(name: MigrationName, text: string): Migration {
  const head = /^(\s*--(?!>).*\n)*/.exec(text)?.[0] ?? '';
  return {
    ...name,
    statements: text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== ''),
    outside_transaction: /^-- outside a transaction\b/m.test(head),
    contract_after: /^-- contract after (\w+)/m.exec(head)?.[1],
  };
}
