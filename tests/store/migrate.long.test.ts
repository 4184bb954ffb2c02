/** Tables change while others work with them, and whatever cuts it short. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openDatabase } from '../../src/store/database.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { migrationNames } from '../../src/store/migration-files.ts';
import { openStore } from '../../src/store/store.ts';
import { projectFiles } from '../support/build.ts';
import { newDatabase, newEmptyDatabase } from '../support/database.ts';
import { openEngine } from '../support/engine.ts';
import { laterMigrations } from '../support/later-migrations.ts';

const INDEX = `-- outside a transaction
create index concurrently if not exists "events_source" on "events" ("source", "received_at");`;
const EXPAND = `alter table "events" add column "shop" text default 'first' not null;`;

let folders: string[];
let clients: pg.Client[];

beforeEach(() => {
  folders = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) await client.end();
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function later(more: Readonly<Record<string, string>>): Promise<string> {
  const folder = await laterMigrations(more);
  folders.push(folder);
  return folder;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  clients.push(client);
  return client;
}

async function applied(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number; different: number }>(
    'select count(*)::int as count, count(distinct created_at)::int as different from drizzle.__drizzle_migrations',
  );
  expect(rows[0]?.different).toBe(rows[0]?.count);
  return rows[0]?.count ?? 0;
}

async function isValid(client: pg.Client, index: string): Promise<boolean | undefined> {
  const { rows } = await client.query<{ valid: boolean }>(
    `select indisvalid as valid from pg_index where indexrelid = to_regclass($1)`,
    [index],
  );
  return rows[0]?.valid;
}

/** Migrates in a process of its own, which is killed as soon as `when` holds. */
async function killMigrating(url: string, folder: string, when: () => Promise<boolean>): Promise<void> {
  const child = resolve(import.meta.dirname, 'migrate-child.ts');
  const migrating = spawn(process.execPath, ['--import', 'tsx', child, url, folder], { stdio: 'ignore' });
  const gone = once(migrating, 'exit');
  await expect.poll(when).toBe(true);
  migrating.kill('SIGKILL');
  await gone;
}

const isRunning = (client: pg.Client, words: string) => async (): Promise<boolean> => {
  const { rowCount } = await client.query(
    `select from pg_stat_activity where application_name = 'etapa migrate' and datname = current_database()
      and query ilike '%' || $1 || '%' and state = 'active'`,
    [words],
  );
  return rowCount === 1;
};

test('five at once make all tables of an empty database, each migration once', async () => {
  const url = await newEmptyDatabase();
  const folder = await later({ '9000_expand': EXPAND, '9001_index': INDEX });
  await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(url, folder)));
  const client = await connect(url);
  expect(await applied(client)).toBe((await migrationNames(folder)).length);
  expect(await isValid(client, 'events_source')).toBe(true);
});

test('a table that others hold is waited for a second at a time, so that who reads it never waits for longer', async () => {
  const url = await newDatabase();
  const folder = await later({ '9000_expand': EXPAND });
  const [holder, reader] = [await connect(url), await connect(url)];
  await holder.query('begin; select count(*) from events');
  const migrating = migrateDatabase(url, folder);
  const waits: number[] = [];
  for (const end = performance.now() + 4000; performance.now() < end;) {
    const began = performance.now();
    await reader.query('select count(*) from events');
    waits.push(performance.now() - began);
    await sleep(20);
  }
  await holder.query('commit');
  await migrating;
  expect(await applied(reader)).toBe((await migrationNames(folder)).length);
  const longest = Math.max(...waits);
  process.stderr.write(
    `beside a migration that waits, ${waits.length} reads took ${Math.round(longest)} ms at most\n`,
  );
  // It did wait, or nothing is shown.
  expect(longest).toBeGreaterThan(300);
  expect(longest).toBeLessThan(1500);
});

test('killed within a transaction, nothing of it is there, and the next one does it all', async () => {
  const url = await newDatabase();
  const client = await connect(url);
  const before = await applied(client);
  const cut = await later({ '9000_expand': `${EXPAND}--> statement-breakpoint\nselect pg_sleep(60);` });
  await killMigrating(url, cut, isRunning(client, 'pg_sleep'));
  expect(await applied(client)).toBe(before);
  // The session of the killed one lets go by itself.
  await migrateDatabase(url, await later({ '9000_expand': EXPAND }));
  expect(await applied(client)).toBe(before + 1);
  await client.query('select shop from events');
});

test('killed while it makes an index, which is then useless, the next one makes it anew', async () => {
  const url = await newDatabase();
  const folder = await later({ '9000_index': INDEX });
  const [client, holder] = [await connect(url), await connect(url)];
  await holder.query('begin isolation level repeatable read; select count(*) from events');
  await killMigrating(url, folder, isRunning(client, 'index concurrently'));
  await expect.poll(() => isValid(client, 'events_source')).toBe(false);
  await holder.query('commit');
  await migrateDatabase(url, folder);
  expect(await isValid(client, 'events_source')).toBe(true);
});

test('requests go on while columns and indexes are added under them', { timeout: 60_000 }, async () => {
  const engine = await openEngine({ files: projectFiles() });
  onTestFinished(() => engine.close());
  await addWriteKey(engine.app.db, 'shop', 'a shop', 'key');
  const server = await openServer(engine.app);
  onTestFinished(() => server.close());
  const folder = await later({ '9000_expand': EXPAND, '9001_index': INDEX });
  const statuses: number[] = [];
  let number = 0;
  let migrated = false;
  const ask = async (): Promise<void> => {
    while (!migrated) {
      const batch = [
        { type: 'track', userId: `person-${++number}`, event: 'asked', messageId: `m-${number}` },
      ];
      const { statusCode } = await server.inject({
        method: 'POST',
        url: '/v1/batch',
        headers: { authorization: `Basic ${Buffer.from('key:').toString('base64')}` },
        payload: { batch },
      });
      statuses.push(statusCode);
    }
  };
  const decide = async (): Promise<void> => {
    while (!migrated) await engine.settle();
  };
  const asking = [...Array.from({ length: 8 }, ask), decide()];
  await expect.poll(() => statuses.length).toBeGreaterThan(50);
  await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(engine.database_url, folder)));
  migrated = true;
  await Promise.all(asking);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  const client = await connect(engine.database_url);
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from events where shop = 'first'`,
  );
  expect(rows[0]?.count).toBe(statuses.length);
  process.stderr.write(`${statuses.length} requests while five migrated at once, none failed\n`);
});

/** Of three versions: one that stops using a column, and one that takes it away. */
const STEPS = {
  '9000_expand': EXPAND,
  '9001_contract': `-- contract after 9000_expand\nalter table "events" drop column "source";`,
};

test('a program from before an expansion works on, before and after it', async () => {
  const url = await newDatabase();
  await migrateDatabase(url, await later({ '9000_expand': EXPAND }));
  await migrateDatabase(url);
  const { db, close } = openDatabase(url);
  const store = await openStore(db, url);
  expect(await store.databaseNow()).toBeGreaterThan(0);
  await store.close();
  await close();
});

test('nothing is taken away while a process runs that needs it, and it may go on', async () => {
  const url = await newDatabase();
  const { db, close } = openDatabase(url);
  onTestFinished(close);
  const store = await openStore(db, url);
  const folder = await later(STEPS);
  await expect(migrateDatabase(url, folder)).rejects.toThrow(
    '1 process of an Etapa from before 9000_expand still runs, and could not work with what is to be taken away now.',
  );
  const client = await connect(url);
  await client.query('select source, shop from events');
  // Another one of the same version may even start.
  await migrateDatabase(url);
  await store.close();
  await expect
    .poll(() =>
      migrateDatabase(url, folder).then(
        () => 'done',
        () => 'refused',
      ),
    )
    .toBe('done');
  await expect(client.query('select source from events')).rejects.toThrow('does not exist');
});

test('a program that needs what was taken away refuses to start, with the mend', async () => {
  const url = await newDatabase();
  await migrateDatabase(url, await later(STEPS));
  const sentence = /A newer Etapa has changed the tables .* Start the newer one in its place/;
  await expect(migrateDatabase(url)).rejects.toThrow(sentence);
  const { db, close } = openDatabase(url);
  onTestFinished(close);
  await expect(openStore(db, url)).rejects.toThrow(sentence);
  // Who knows the expansion goes on, though it does not know what came after.
  await migrateDatabase(url, await later({ '9000_expand': EXPAND }));
});
