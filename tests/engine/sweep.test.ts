/** Who rings for what is due, where several processes could. */
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseClock } from '../../src/engine/clocks.ts';
import type { Duty } from '../../src/engine/duties.ts';
import { LeadershipLost } from '../../src/engine/ports.ts';
import { startSweep, type Sweep } from '../../src/engine/sweep.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';
import { newDatabase } from '../support/database.ts';
import { aLoadedProject } from '../support/build.ts';

let url: string;
let database: OpenDatabase;
let chores: Chores[];

beforeEach(async () => {
  url = await newDatabase();
  database = openDatabase(url);
  chores = [];
});

afterEach(async () => {
  for (const one of chores) await one.close();
  await database.close();
});

/** One process with the role, as far as the sweep goes. */
interface Chores {
  rings(): number;
  /** How often its duty was done. */
  done(): number;
  readonly errors: unknown[];
  /** As a process that is killed: nothing is resigned. */
  die(): Promise<void>;
  close(): Promise<void>;
}

async function openChores(does: Duty['does'] = () => Promise.resolve(undefined)): Promise<Chores> {
  const store = await openStore(database.db, url);
  const project = { ...aLoadedProject(), emails: new Map() };
  const errors: unknown[] = [];
  let rings = 0;
  let done = 0;
  const duty: Duty = {
    every: 200,
    does(now, under) {
      done++;
      return does(now, under);
    },
  };
  let resigns = true;
  const sweep: Sweep = startSweep({
    store: { ...store, resign: (held) => (resigns ? store.resign(held) : Promise.resolve()) },
    bell: { ringTurns: () => void rings++, ringSends: () => undefined },
    clock: databaseClock,
    live: () => project,
    duties: [duty],
    onError: (error) => errors.push(error),
  });
  let open = true;
  async function close(): Promise<void> {
    if (!open) return;
    open = false;
    await sweep.stop();
    await store.close();
  }
  const one: Chores = {
    rings: () => rings,
    done: () => done,
    errors,
    die() {
      resigns = false;
      return close();
    },
    close,
  };
  chores.push(one);
  return one;
}

async function leading(some: readonly Chores[]): Promise<Chores> {
  await expect.poll(() => some.filter((one) => one.done() > 0).length).toBe(1);
  return some.find((one) => one.done() > 0) as Chores;
}

/** Something that nobody decides, and so is rung for again and again. */
async function fallDue(): Promise<void> {
  await database.db.execute(sql`
    insert into happenings (partition, contact_id, gone_id, due_at)
    values (5, gen_random_uuid(), gen_random_uuid(), now())`);
}

test('one of three does the duties, and the next one when that is gone', async () => {
  const all = [await openChores(), await openChores(), await openChores()];
  const first = await leading(all);
  await expect.poll(first.done).toBeGreaterThan(3);
  const others = all.filter((one) => one !== first);
  expect(others.map((one) => one.done())).toEqual([0, 0]);
  const began = performance.now();
  await first.die();
  await leading(others);
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('who leads rings at once; the others only for what stays due', async () => {
  const all = [await openChores(), await openChores()];
  const first = await leading(all);
  const other = all.find((one) => one !== first) as Chores;
  await fallDue();
  await expect.poll(first.rings).toBeGreaterThan(0);
  expect(other.rings()).toBe(0);
  await expect.poll(other.rings).toBeGreaterThan(0);
});

test('a duty that fails is told, and keeps neither the bell nor the other duties waiting', async () => {
  const failing = await openChores(() => Promise.reject(new Error('no')));
  await expect.poll(() => failing.errors.length).toBeGreaterThan(1);
  await fallDue();
  await expect.poll(failing.rings).toBeGreaterThan(0);
});

test('of a duty that another process has taken over nothing is told', async () => {
  const former = await openChores(() => Promise.reject(new LeadershipLost()));
  await expect.poll(former.done).toBeGreaterThan(2);
  expect(former.errors).toEqual([]);
});

test('what falls due soon after something else is rung for within half a second of its moment', async () => {
  const now = await database.db.execute<{ at: number }>(
    sql`select (extract(epoch from now()) * 1000)::float8 as at`,
  );
  const began = now.rows[0]?.at ?? 0;
  const rung = await ringsFor([began + 1500, began + 1700]);
  expect(rung).toHaveLength(2);
  for (const late of rung) expect(late).toBeLessThan(500);
});

/** How late each moment was first rung for, by one process that leads, though none of what is due is ever decided. */
async function ringsFor(moments: readonly number[]): Promise<readonly number[]> {
  const late: number[] = [];
  const store = await openStore(database.db, url);
  let sweep: Sweep | undefined;
  await new Promise<void>((resolve) => {
    sweep = startSweep({
      store: {
        ...store,
        lead: () => Promise.resolve({ fence: 1 }),
        resign: () => Promise.resolve(),
        partitionsWithWork: (now) => Promise.resolve([moments.filter((moment) => moment <= now).length]),
        nextDue: (after = -Infinity) => Promise.resolve(moments.find((moment) => moment > after) ?? null),
      },
      bell: {
        ringTurns([due = 0]) {
          for (let index = late.length; index < due; index++)
            late.push(Date.now() - (moments[index] as number));
          if (late.length === moments.length) resolve();
        },
        ringSends: () => undefined,
      },
      clock: databaseClock,
      live: () => ({ ...aLoadedProject(), emails: new Map() }),
      duties: [],
      onError: (error) => expect.fail(String(error)),
    });
  });
  await sweep?.stop();
  await store.close();
  return late;
}
