/** What the code says of the tables, and what the migrations make of them, are the same. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

let migrations: string;

beforeEach(async () => {
  migrations = await mkdtemp(join(tmpdir(), 'etapa-migrations-'));
  await cp(join(ROOT, 'migrations'), migrations, { recursive: true });
});

afterEach(() => rm(migrations, { recursive: true }));

test('the schema needs no migration that is not there', async () => {
  expect(await generate()).toContain('No schema changes, nothing to migrate');
});

test('a column that no migration makes is noticed', async () => {
  await forgetAColumn('deployments');
  expect(await generate()).toMatch(/Your SQL migration file/);
});

/** What drizzle-kit says when it is to write what is missing. Its exit code is 0 even when it fails. */
async function generate(): Promise<string> {
  const out = `./${relative(ROOT, migrations)}`;
  const args = [
    'generate',
    '--dialect',
    'postgresql',
    '--schema',
    './src/store/schema/index.ts',
    '--out',
    out,
  ];
  const kit = join(ROOT, 'node_modules/drizzle-kit/bin.cjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [kit, ...args], {
    cwd: ROOT,
    timeout: 25_000,
  });
  return `${stdout}${stderr}`;
}

interface Snapshot {
  readonly tables: Readonly<Record<string, { readonly columns: Record<string, unknown> }>>;
}

async function forgetAColumn(table: string): Promise<void> {
  const latest = join(migrations, 'meta', await latestSnapshot());
  const snapshot = JSON.parse(await readFile(latest, 'utf8')) as Snapshot;
  const { columns } = snapshot.tables[`public.${table}`]!;
  delete columns[Object.keys(columns).at(-1)!];
  await writeFile(latest, JSON.stringify(snapshot));
}

async function latestSnapshot(): Promise<string> {
  const journal = await readFile(join(migrations, 'meta', '_journal.json'), 'utf8');
  const { entries } = JSON.parse(journal) as { entries: { tag: string }[] };
  return `${entries.at(-1)!.tag.slice(0, 4)}_snapshot.json`;
}
