import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { hasEnded, openInstance, standsStill, type Instance } from '../../src/store/instance.ts';
import { newDatabase } from '../support/database.ts';
import { linkTo } from '../support/link.ts';

let url: string;
let database: OpenDatabase;

beforeEach(async () => {
  url = await newDatabase();
  database = openDatabase(url);
});
afterEach(() => database.close());

async function is(what: 'ended' | 'still', { id }: Pick<Instance, 'id'>): Promise<boolean> {
  const instance = sql`${id}::bigint`;
  const asked = what === 'ended' ? hasEnded(instance) : standsStill(instance, 1);
  const { rows } = await database.db.execute<{ is: boolean }>(sql`select ${asked} as is`);
  return rows[0]?.is ?? false;
}

test('a process that asks now and then lives, and one that has closed has ended', async () => {
  const instance = await openInstance(url, 0, { every: 200, patience: 1000 });
  for (const end = performance.now() + 2000; performance.now() < end;)
    expect(await is('still', instance)).toBe(false);
  await instance.close();
  await expect.poll(() => is('ended', instance)).toBe(true);
});

test('a process that holds its lock and asks nothing stands still, and has not ended', async () => {
  const instance = await openInstance(url, 0, { every: 60_000, patience: 1000 });
  await expect.poll(() => is('still', instance)).toBe(true);
  expect(await is('ended', instance)).toBe(false);
  await instance.close();
});

test('a process whose line lets nothing through stands still, and lives again when it does', async () => {
  const link = await linkTo(url);
  const instance = await openInstance(link.url, 0, { every: 200, patience: 1000 });
  link.set('mute');
  await expect.poll(() => is('still', instance)).toBe(true);
  expect(await is('ended', instance)).toBe(false);
  link.set('open');
  await expect.poll(() => is('still', instance), { timeout: 5000 }).toBe(false);
  await instance.close();
  await link.stop();
});
