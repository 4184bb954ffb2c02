/** E33: limits, while many workflows want to write to the same people at once and many workers decide. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { partitionOf } from '../../src/engine/ports.ts';
import { createTurner, type Turner } from '../../src/engine/turner.ts';
import { openApp } from '../../src/app.ts';
import { openTestApp } from '../support/app.ts';
import { closedAfterEach } from '../support/closing.ts';
import { backends, queueOn } from '../support/database.ts';
import { silentBell } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

const DAY = 24 * 60 * 60_000;
const WORKFLOWS = 12;
const PROCESSES = 5;
const WORKERS = 20;
const EVENTS_A_DAY = 20;
const PEOPLE = ['ana', 'eva', 'luz'];
/** Far enough from whole days that a change of the clocks in between makes no difference. */
const DAYS = [0, 1.2, 2, 6, 7.2];

const limited = projectFiles();
const FILES = {
  ...limited,
  'etapa.yaml': `${limited['etapa.yaml']}limits:
  promotions: { messages: 3, per: 7 days }
  any: { messages: 2, per: 1 day }
`,
  ...messageFiles('offer', 'promotion'),
  ...Object.fromEntries(
    Array.from({ length: WORKFLOWS }, (_, n) => [
      `workflows/wish_${n}.yaml`,
      `version: 1
workflow: wish_${n}
purpose: promotion
enter_when: { event: season_began }
re_enter: always
steps:
  - send_email: offer
`,
    ]),
  ),
};

const closing = closedAfterEach();

interface House {
  readonly apps: readonly App[];
  readonly workers: readonly Turner[];
  readonly errors: readonly unknown[];
  readonly turns: Map<Turner, number>;
  /** The clock of all of them goes on. */
  pass(milliseconds: number): void;
}

/** Several processes' worth: each app has its own connections, its own workers behind the bells, and some beside them. */
async function openHouse(backend: 'postgres' | 'redis'): Promise<House> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const first = await openTestApp({
    ...{ files: FILES, backend, start: 0, roles: ['engine'] },
    overrides: { onError },
  });
  closing.push(() => first.close());
  const { database_url, clock } = first;
  clock.run(0);
  const queue = queueOn(backend, database_url);
  const apps = [first.app];
  while (apps.length < PROCESSES) {
    const app = await openApp({ database_url, queue, clock, public_url: 'http://localhost:8686', onError });
    closing.push(() => app.close());
    app.start(new Set(['engine']));
    apps.push(app);
  }
  const turns = new Map<Turner, number>();
  const workers = Array.from({ length: WORKERS }, (_, n) => {
    const { store, live } = apps[n % PROCESSES] as App;
    const worker: Turner = createTurner({
      ...{ store, live, clock, bell: silentBell },
      onTurn: () => turns.set(worker, (turns.get(worker) ?? 0) + 1),
    });
    return worker;
  });
  return { apps, workers, errors, turns, pass: (milliseconds) => clock.run(milliseconds) };
}

/** Everything that a day brings to each of them, by all doors at once, decided by whoever comes first. */
async function liveOneDay({ apps, workers }: House, at: number): Promise<void> {
  const app = apps[0] as App;
  const events = Array.from({ length: EVENTS_A_DAY }, (_, n) =>
    PEOPLE.map((user_id) => tracked({ user_id }, 'season_began', {}, { at: at + n })),
  );
  const told = events.map((list, n) => (apps[n % apps.length] as App).receiver.receive(list));
  const people = await app.db.execute<{ id: string }>(sql`select id from contacts`);
  const partitions = people.rows.map(({ id }) => partitionOf(id));
  let is_told = false;
  const busy = workers.map(async (worker) => {
    do for (const partition of partitions) await worker.work([partition]);
    while (!is_told || (await countNews(app)) > 0);
  });
  await Promise.all(told);
  is_told = true;
  await Promise.all(busy);
}

async function countNews({ db }: App): Promise<number> {
  return (await db.execute(sql`select from happenings`)).rowCount ?? 0;
}

type Day = { user: string; day: number; wished: number; owed: number };

/** For each of them and each day: how many messages were wished for, and how many of them are to be sent. */
async function count({ db }: App, began: number): Promise<Day[]> {
  const found = await db.execute<Day>(sql`
    select i.value as user, floor(extract(epoch from m.owed_at - to_timestamp(${began / 1000})) / 86400)::int as day,
      count(*)::int as wished, count(*) filter (where m.state = 'owed')::int as owed
    from messages m join identities i on i.contact_id = m.contact_id group by 1, 2 order by 1, 2`);
  return found.rows;
}

it.each(backends())(
  'never more than three promotions in seven days and two messages a day, whatever twenty workers do (%s)',
  async (backend) => {
    const house = await openHouse(backend);
    const [app] = house.apps as [App];
    const began = Date.now();
    const traits = (user: string) => ({ email: `${user}@example.com`, language: 'en', consent: ['email'] });
    await app.receiver.receive(
      PEOPLE.map((user_id) => identified({ user_id }, traits(user_id), { at: began })),
    );
    await expect.poll(() => countNews(app), { timeout: 15_000 }).toBe(0);
    for (const day of DAYS) {
      house.pass(day * DAY + 60_000);
      await liveOneDay(house, began + day * DAY + 1000);
    }
    const days = await count(app, began);
    const wished = WORKFLOWS * EVENTS_A_DAY;
    const each = [2, 1, 0, 0, 2].map((owed, n) => ({ day: Math.floor(DAYS[n] ?? 0), wished, owed }));
    expect(days).toEqual(PEOPLE.flatMap((user) => each.map((day) => ({ user, ...day }))));
    const reasons = await app.db.execute(
      sql`select distinct held_because ->> 'en' as en from messages where state = 'suppressed' order by 1`,
    );
    expect(reasons.rows).toEqual([
      { en: 'already 2 messages within 1 day' },
      { en: 'already 3 promotions within 7 days' },
    ]);
    expect(house.errors).toEqual([]);
    const by_hand = [...house.turns.values()];
    process.stderr.write(
      `limits (${backend}): ${PEOPLE.length * each.length * wished} wishes of ${WORKFLOWS} workflows, ` +
        `${days.reduce((sum, { owed }) => sum + owed, 0)} owed, ${by_hand.length} workers of ${PROCESSES} apps took part\n`,
    );
    expect(by_hand.length).toBeGreaterThan(1);
  },
  120_000,
);
