/** Of several processes one leads; what another one writes that led before comes to nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LeadershipLost, type Leadership, type Store } from '../../src/engine/ports.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { duty } from '../../src/store/leadership.ts';
import { openStore } from '../../src/store/store.ts';
import { newDatabase } from '../support/database.ts';

let url: string;
let database: OpenDatabase;
let stores: Store[];

beforeEach(async () => {
  url = await newDatabase();
  database = openDatabase(url);
  stores = await Promise.all([1, 2, 3].map(() => openStore(database.db, url)));
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.close();
});

const [first, second] = [0, 1];
const store = (index: number): Store => stores[index] as Store;

async function led(index: number, held?: Leadership): Promise<Leadership> {
  const leadership = await store(index).lead(held);
  if (!leadership) throw new Error(`the store ${index} does not lead`);
  return leadership;
}

async function runOut(): Promise<void> {
  await database.db.execute(sql`update leadership set lease_until = now() - interval '1 second'`);
}

test('of many that ask at once one leads, and keeps the lead', async () => {
  const asked = await Promise.all(stores.map((one) => one.lead(undefined)));
  const leading = asked.findIndex((one) => one !== undefined);
  expect(asked.filter((one) => one !== undefined)).toHaveLength(1);
  const again = await Promise.all(stores.map((one, index) => one.lead(asked[index])));
  expect(again).toEqual(asked);
  expect(await store((leading + 1) % 3).lead(undefined)).toBeUndefined();
});

test('who closes lets go at once, and the next one leads under a greater fence', async () => {
  const before = await led(first);
  await store(first).resign(before);
  const after = await led(second);
  expect(after.fence).toBeGreaterThan(before.fence);
});

test('who has ended is followed without waiting for the lease', async () => {
  const before = await led(first);
  await store(first).close();
  stores = stores.slice(1);
  await expect.poll(() => store(first).lead(undefined), { timeout: 3000 }).toBeDefined();
  expect((await led(first, { fence: before.fence + 1 })).fence).toBe(before.fence + 1);
});

test('who stood still leads no more once another one does, and while none does, goes on', async () => {
  const held = await led(first);
  await runOut();
  expect(await led(first, held)).toEqual(held);
  await runOut();
  const next = await led(second);
  expect(await store(first).lead(held)).toBeUndefined();
  expect(await led(second, next)).toEqual(next);
});

test('what a former leader writes comes to nothing, however far it had got', async () => {
  await database.db.execute(sql`create table done (by text)`);
  const held = await led(first);
  await duty(database.db, held)((tx) => tx.execute(sql`insert into done values ('leader')`));
  const writing = duty(
    database.db,
    held,
  )(async (tx) => {
    await tx.execute(sql`insert into done values ('zombie')`);
    await runOut();
    await led(second);
  });
  await expect(writing).rejects.toBeInstanceOf(LeadershipLost);
  await expect(store(first).recover(held)).rejects.toBeInstanceOf(LeadershipLost);
  const { rows } = await database.db.execute(sql`select by from done`);
  expect(rows).toEqual([{ by: 'leader' }]);
});

test('a leader that is stopped in the midst of a duty holds up nobody for longer than a few seconds', async () => {
  const held = await led(first);
  const stopped = duty(
    database.db,
    held,
  )(async (tx) => {
    await tx.execute(sql`update leadership set since = now()`);
    await sleep(7000);
  });
  const failed = expect(stopped).rejects.toThrow();
  await store(first).close();
  stores = stores.slice(1);
  const began = performance.now();
  await led(first);
  expect(performance.now() - began).toBeLessThan(6500);
  await failed;
});
