import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Profile } from '../../src/core/contacts/contact.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import {
  partitionOf,
  PARTITIONS,
  type Places,
  type ReceivedEvent,
  type Store,
  type TurnWrites,
} from '../../src/engine/ports.ts';
import { takeTurn, type Turning } from '../../src/engine/turn.ts';
import { createTurner, heardFirstBy } from '../../src/engine/turner.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { openInstance } from '../../src/store/instance.ts';
import { LOCK } from '../../src/store/locks.ts';
import { openStore } from '../../src/store/store.ts';
import { openTestApp } from '../support/app.ts';
import { DAY, HOUR } from '../support/build.ts';
import { backends, newDatabase } from '../support/database.ts';
import { betweenWriteAndCommit, openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, product, tracked } from '../support/traffic.ts';

/** Each `asked` begins a journey of its own that owes one service message and ends. */
const GREETING: ProjectFiles = {
  ...messageFiles('hello', 'service'),
  'workflows/greeting.yaml': `version: 1
workflow: greeting
purpose: service
enter_when: { event: asked }
re_enter: always
steps:
  - send_email: hello
`,
};

/** `asked` begins a wait of a day, after which a message is owed; an order ends it. */
function reminder(more = ''): ProjectFiles {
  return {
    ...messageFiles('hello', 'service'),
    'workflows/reminder.yaml': `version: 1
workflow: reminder
purpose: service
${more}enter_when: { event: asked }
re_enter: always
exit_when:
  - event: order_completed
steps:
  - wait: 1 day
  - send_email: hello
`,
  };
}

const engines: Engine[] = [];
async function open(more: ProjectFiles, database_url?: string): Promise<Engine> {
  const engine = await openEngine({ files: projectFiles(more), ...(database_url ? { database_url } : {}) });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

/** Somebody who can be written to, and allows it, since a minute ago. */
function known(user_id: string): ReceivedEvent {
  const traits = { email: `${user_id}@shop.example`, consent: ['email'] };
  return identified({ user_id }, traits, { at: Date.now() - 60_000 });
}

async function otherConnection(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function contactOf(engine: Engine, user_id: string) {
  const [row] = await engine.query<{
    id: string;
    profile: Profile;
    stage: string;
    next_due_at: Date | null;
  }>(sql`
    select c.id, c.profile, c.stage, c.next_due_at from contacts c join identities i on i.contact_id = c.id
    where i.kind = 'user' and i.value = ${user_id}`);
  if (!row) throw new Error(`nobody is called ${user_id}`);
  return row;
}

/** Everything that a turn may write. */
async function book(engine: Engine): Promise<unknown> {
  const tables = ['contacts', 'runs', 'messages', 'stage_moves', 'consents', 'happenings', 'events'];
  return Promise.all(
    tables.map((table) =>
      engine.query(sql`select to_jsonb(t) as row from ${sql.identifier(table)} t order by to_jsonb(t)::text`),
    ),
  );
}

async function counts(engine: Engine): Promise<Record<string, number>> {
  const [row] = await engine.query<Record<string, number>>(sql`
    select (select count(*) from runs)::int as runs, (select count(*) from messages)::int as messages,
      (select count(*) from happenings)::int as happenings`);
  return row ?? {};
}

/** Waits until somebody waits for a lock of somebody else. */
async function somebodyWaits(client: pg.Client): Promise<void> {
  const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await expect.poll(async () => (await client.query(waiting)).rowCount, { interval: 5 }).toBeGreaterThan(0);
}

function turning(engine: Engine, partition: number, asking: Partial<Turning> = {}): Turning {
  return {
    project: () => engine.app.live().project,
    clock: engine.app.clock,
    from: new Map([[partition, '']]),
    happenings: 2000,
    due: 500,
    skip_owing: false,
    newId: uuidv7,
    ...asking,
  };
}

/**
 * Ends the connection on which a turn is under way, as the database does when a process keeps silent for too long, and
 * waits until it has let go of its partition.
 */
async function endTurns(client: pg.Client): Promise<void> {
  await client.query(`select pg_terminate_backend(l.pid, 10000) from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2
    and l.classid = ${LOCK.turn} and l.database = (select oid from pg_database where datname = current_database())`);
}

describe('a turn', () => {
  it('that fails in the midst writes nothing, and the next one does it all', async () => {
    const engine = await open(GREETING);
    await engine.receive(known('ana'));
    await engine.receive(
      tracked({ user_id: 'ana' }, 'product_added', product('shoe', 90)),
      tracked({ user_id: 'ana' }, 'asked'),
    );
    const before = await book(engine);
    const partition = partitionOf((await contactOf(engine, 'ana')).id);
    const broken = betweenWriteAndCommit(engine.store, () => Promise.reject(new Error('out of memory')));
    await expect(engine.turnerOn(broken).work([partition])).rejects.toThrow('out of memory');
    expect(await book(engine)).toEqual(before);
    await engine.turner.work([partition]);
    expect(await counts(engine)).toEqual({ runs: 1, messages: 1, happenings: 0 });
    expect(await contactOf(engine, 'ana')).toMatchObject({ stage: 'decision' });
    const consents = await engine.query(sql`select channel, granted from consents`);
    expect(consents).toEqual([{ channel: 'email', granted: true }]);
  });

  it('whose connection is ended in the midst writes nothing, and nothing is doubled', async () => {
    const engine = await open(GREETING);
    const other = await otherConnection(engine.database_url);
    await engine.receive(known('ana'), tracked({ user_id: 'ana' }, 'asked'));
    const before = await book(engine);
    const partition = partitionOf((await contactOf(engine, 'ana')).id);
    const cut = betweenWriteAndCommit(engine.store, () => endTurns(other));
    await expect(takeTurn(cut, turning(engine, partition))).rejects.toThrow();
    expect(await book(engine)).toEqual(before);
    await engine.turner.work([partition]);
    expect(await counts(engine)).toEqual({ runs: 1, messages: 1, happenings: 0 });
  });

  it('that slept until the database ended it leaves everything to who took over', async () => {
    const engine = await open(GREETING);
    const second = await open(GREETING, engine.database_url);
    const other = await otherConnection(engine.database_url);
    await engine.receive(
      known('ana'),
      tracked({ user_id: 'ana' }, 'asked'),
      tracked({ user_id: 'ana' }, 'asked'),
    );
    const partition = partitionOf((await contactOf(engine, 'ana')).id);
    const asleep = betweenWriteAndCommit(engine.store, async () => {
      await second.turner.work([partition]);
      expect(second.turns).toEqual([
        { decided: 0, owed: 0, moved_to: [], rest: new Map(), elsewhere: [partition], troubles: [] },
      ]);
      await endTurns(other);
      await second.turner.work([partition]);
    });
    await expect(engine.turnerOn(asleep).work([partition])).rejects.toThrow();
    expect(await counts(engine)).toEqual({ runs: 2, messages: 2, happenings: 0 });
    expect(second.turns.map(({ decided, owed }) => [decided, owed])).toEqual([
      [0, 0],
      [1, 2],
    ]);
    expect(engine.turns).toEqual([]);
  });

  it('that is written twice owes each message of a step’s visit once', async () => {
    const engine = await open(GREETING);
    await engine.receive(tracked({ user_id: 'ana' }, 'asked'));
    const partition = partitionOf((await contactOf(engine, 'ana')).id);
    let written: TurnWrites | undefined;
    const watched: Store = {
      ...engine.store,
      turn: (partitions, work) =>
        engine.store.turn(partitions, (own) =>
          work({ ...own, write: (writes) => own.write((written = writes)) }),
        ),
    };
    await engine.turnerOn(watched).work([partition]);
    const [message] = await engine.query(sql`select * from messages`);
    if (!written) throw new Error('nothing was written');
    const changes = written.changes.map((change) => ({
      ...change,
      messages: change.messages.map((one) => ({ ...one, id: uuidv7() })),
    }));
    const again = { ...written, changes };
    await engine.store.turn([partition], (own) => own.write(again));
    expect(await engine.query(sql`select * from messages`)).toEqual([message]);
    expect(await counts(engine)).toEqual({ runs: 1, messages: 1, happenings: 0 });
  });
});

describe('a partition', () => {
  it('is held by one turn at a time, until that ends, whatever a process takes for the time', async () => {
    const [first, second] = [await open({}), await open({})];
    const rival = await openStore(first.app.db, first.database_url);
    onTestFinished(() => rival.close());
    const heldBy = (store: Store, ...partitions: number[]): Promise<readonly number[]> =>
      store.turn(partitions, ({ held }) => Promise.resolve(held));
    await first.store.turn([7, 9], async ({ held, database_now }) => {
      expect(held).toEqual([7, 9]);
      expect(Math.abs(database_now - Date.now())).toBeLessThan(60_000);
      vi.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR);
      expect(await heldBy(rival, 7, 8, 9)).toEqual([8]);
      vi.restoreAllMocks();
      expect(await heldBy(second.store, 7)).toEqual([7]);
    });
    expect(await heldBy(rival, 7, 9)).toEqual([7, 9]);
    await expect(first.store.turn([7], () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await heldBy(rival, 7)).toEqual([7]);
  });

  it('that another process is at is rung for again, as that may have read before the news came', async () => {
    const engine = await open(GREETING);
    const rung: number[][] = [];
    const bell = {
      ringTurns: (some: readonly number[]) => void (some.length > 0 && rung.push([...some])),
      ringSends: () => undefined,
    };
    const { store, app } = engine;
    const turner = createTurner({ store, bell, clock: app.clock, live: app.live });
    await store.turn([5], () => turner.work([5, 6]));
    await expect.poll(() => rung).toEqual([[5]]);
  });
});

describe('a ring', () => {
  it('for what this process is at needs no job, and what it rang for is decided in the same go', async () => {
    const engine = await open(GREETING);
    const jobs: number[][] = [];
    const outside = {
      ringTurns: (some: readonly number[]) => void jobs.push([...some]),
      ringSends: () => undefined,
    };
    await engine.receive(known('ana'), tracked({ user_id: 'ana' }, 'asked'));
    const partition = partitionOf((await contactOf(engine, 'ana')).id);
    const other = (partition + 1) % PARTITIONS;
    let told = false;
    const slow = betweenWriteAndCommit(engine.store, async () => {
      if (told) return;
      told = true;
      await engine.receive(tracked({ user_id: 'ana' }, 'asked'));
      bell.ringTurns([partition, other]);
    });
    const turner = engine.turnerOn(slow);
    const bell = heardFirstBy(() => turner, outside);
    await turner.work([partition]);
    expect(jobs).toEqual([[other]]);
    expect(await counts(engine)).toEqual({ runs: 2, messages: 2, happenings: 0 });
    bell.ringTurns([partition]);
    expect(jobs).toEqual([[other], [partition]]);
  });
});

describe('a claim', () => {
  it('of a process that died is free at once; those of the living stay', async () => {
    const engine = await open(GREETING);
    const people = ['ana', 'ben'].flatMap((user_id) => [known(user_id), tracked({ user_id }, 'asked')]);
    await engine.receive(...people);
    await engine.settle();
    const [dying, living] = [
      await openStore(engine.app.db, engine.database_url),
      await openStore(engine.app.db, engine.database_url),
    ];
    onTestFinished(() => living.close());
    const now = await engine.store.databaseNow();
    const [lost] = (await dying.claim(now + 1000, 1)).messages;
    const [kept] = (await living.claim(now + 1000, 1)).messages;
    await engine.store.recover();
    expect(await engine.query(sql`select state from messages`)).toEqual([
      { state: 'claimed' },
      { state: 'claimed' },
    ]);
    await dying.close();
    await engine.store.recover();
    const states = await engine.query<{ id: string; state: string }>(sql`select id, state from messages`);
    expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
      [lost?.id ?? '']: 'owed',
      [kept?.id ?? '']: 'claimed',
    });
  });

  it('for what was being handed over by who died: a promotion is uncertain, a service is tried once more', async () => {
    const engine = await open({
      ...GREETING,
      ...messageFiles('offer', 'promotion'),
      'workflows/offer.yaml': `version: 1
workflow: offer
purpose: promotion
enter_when: { event: asked }
steps:
  - send_email: offer
`,
    });
    await engine.receive(known('ana'), tracked({ user_id: 'ana' }, 'asked'));
    await engine.settle();
    const states = async () =>
      Object.fromEntries(
        (
          await engine.query<{ purpose: string; state: string }>(sql`select purpose, state from messages`)
        ).map(({ purpose, state }) => [purpose, state]),
      );
    for (const after of [
      { promotion: 'uncertain', service: 'deferred' },
      { promotion: 'uncertain', service: 'uncertain' },
    ]) {
      const dying = await openStore(engine.app.db, engine.database_url);
      const { token, messages } = await dying.claim(engine.now() + 1000, 10);
      await dying.mark(
        messages.map(({ id }) => ({ id, claim: token, state: 'handing_over', at: engine.now() })),
        { sent: false, zone: 'UTC' },
      );
      await dying.close();
      await engine.store.recover();
      expect(await states()).toEqual(after);
    }
  });
});

describe('a process that loses its connection to PostgreSQL', () => {
  /** Between us and PostgreSQL; `cut` ends every connection and refuses new ones until `mend`. */
  async function openLine(url: string) {
    const target = new URL(url);
    const postgres = { host: target.hostname, port: Number(target.port) };
    const sockets = new Set<Socket>();
    let is_cut = false;
    let refused = 0;
    const server = createServer((near) => {
      if (is_cut) {
        refused++;
        near.destroy();
        return;
      }
      const far = connect(postgres);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => [near, far].forEach((one) => one.destroy()));
      }
      near.pipe(far).pipe(near);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no address');
    target.host = `127.0.0.1:${address.port}`;
    return {
      url: target.href,
      refused: () => refused,
      cut() {
        is_cut = true;
        for (const socket of sockets) socket.destroy();
      },
      mend: () => (is_cut = false),
    };
  }

  it('tries again at a steady pace, and is one living instance again when the line is back', async () => {
    const url = await newDatabase();
    const line = await openLine(url);
    const other = await otherConnection(url);
    const instance = await openInstance(line.url, 0);
    const living = async (): Promise<number> =>
      (
        await other.query('select from pg_locks where locktype = $1 and objid = $2 and granted', [
          'advisory',
          instance.id,
        ])
      ).rowCount ?? 0;
    expect(await living()).toBe(1);
    line.cut();
    await expect.poll(living).toBe(0);
    await expect.poll(line.refused, { timeout: 5000 }).toBeGreaterThanOrEqual(4);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(line.refused()).toBeLessThanOrEqual(6);
    line.mend();
    await expect.poll(living, { timeout: 5000 }).toBe(1);
    const connections = `select from pg_stat_activity where application_name = 'etapa instance ${instance.id} knows 0'`;
    expect((await other.query(connections)).rowCount).toBe(1);
    await instance.close();
    await expect.poll(async () => (await other.query(connections)).rowCount).toBe(0);
  });
});

describe('happenings of 300 people, with three processes at all partitions', () => {
  it('are decided exactly once each', async () => {
    const counting: ProjectFiles = {
      ...GREETING,
      'workflows/never.yaml': `version: 1
workflow: never
purpose: service
enter_when:
  - event: asked
    at_least: 1000
steps:
  - exit: never
`,
    };
    const first = await open(counting);
    const all = [first, await open(counting, first.database_url), await open(counting, first.database_url)];
    const people = Array.from({ length: 300 }, (_, index) => `person-${index}`);
    const storms = Array.from({ length: 5 }, (_, round) =>
      all[round % 3]?.receive(...people.map((user_id) => tracked({ user_id }, 'asked', { round }))),
    );
    const everywhere = async (engine: Engine): Promise<void> => {
      for (let round = 0; round < 3; round++)
        for (let partition = 0; partition < PARTITIONS; partition++) await engine.turner.work([partition]);
    };
    await Promise.all([...storms, ...all.map(everywhere)]);
    await first.settle();
    expect(await counts(first)).toEqual({ runs: 1500, messages: 1500, happenings: 0 });
    const memories = await first.query<{ count: number; contacts: number }>(sql`
      select (m.value ->> 'count')::int as count, count(*)::int as contacts
      from contacts c, jsonb_each(c.profile -> 'memory') m group by 1`);
    expect(memories).toEqual([{ count: 5, contacts: 300 }]);
    const busy = all.map(({ turns }) => turns.reduce((sum, { decided }) => sum + decided, 0));
    process.stdout.write(`decided by three processes: ${busy.join(' + ')} contacts\n`);
    expect(Math.min(...busy)).toBeGreaterThan(0);
  });
});

describe('a batch', () => {
  /** People of one partition. */
  async function neighbours(engine: Engine, count: number): Promise<{ user_id: string; id: string }[]> {
    const names = Array.from({ length: count * PARTITIONS }, (_, index) => `neighbour-${index}`);
    await engine.receive(...names.map((user_id) => tracked({ user_id }, 'arrived')));
    const rows = await engine.query<{ user_id: string; id: string; partition: number }>(sql`
      select i.value as user_id, c.id, c.partition from contacts c join identities i on i.contact_id = c.id order by c.id`);
    const shares = Array.from({ length: PARTITIONS }, (_, id) =>
      rows.filter(({ partition }) => partition === id),
    );
    await engine.settle();
    return shares.sort((a, b) => b.length - a.length)[0] ?? [];
  }

  it('holds about 2,000 happenings; of one contact with more, the rest is decided next', async () => {
    const engine = await open(GREETING);
    await engine.receive(...Array.from({ length: 2500 }, () => tracked({ user_id: 'busy' }, 'asked')));
    const { id } = await contactOf(engine, 'busy');
    await engine.turner.work([partitionOf(id)]);
    expect((await counts(engine)).runs).toBe(2000);
    await engine.settle();
    expect(await counts(engine)).toEqual({ runs: 2500, messages: 2500, happenings: 0 });
  });

  it('takes contacts whole, and one ring is enough for many of them', async () => {
    const engine = await open(GREETING);
    const people = (await neighbours(engine, 5)).slice(0, 7);
    expect(people).toHaveLength(7);
    await engine.receive(
      ...people.flatMap(({ user_id }) => [
        known(user_id),
        ...Array.from({ length: 699 }, () => tracked({ user_id }, 'asked')),
      ]),
    );
    engine.turns.length = 0;
    await engine.turner.work([partitionOf(people[0]?.id ?? '')]);
    expect(engine.turns.map(({ decided, owed }) => [decided, owed])).toEqual([
      [2, 1398],
      [2, 1398],
      [2, 1398],
      [1, 699],
    ]);
    expect(await counts(engine)).toMatchObject({ runs: 7 * 699, happenings: 0 });
  });

  it('comes to everybody, however much there is of one', async () => {
    const engine = await open(GREETING);
    const people = await neighbours(engine, 3);
    const loud = people[0]?.user_id ?? '';
    const partition = partitionOf(people[0]?.id ?? '');
    await engine.receive(
      ...Array.from({ length: 100 }, () => tracked({ user_id: loud }, 'asked')),
      ...people.slice(1).map(({ user_id }) => tracked({ user_id }, 'asked')),
    );
    const reached: string[] = [];
    for (let from: Places = new Map([[partition, '']]); from.size > 0;) {
      const report = await takeTurn(engine.store, turning(engine, partition, { happenings: 10, from }));
      await engine.receive(tracked({ user_id: loud }, 'asked'));
      reached.push(report.rest.get(partition) ?? '');
      from = report.rest;
    }
    const runs = await engine.query<{ contact_id: string }>(sql`select distinct contact_id from runs`);
    expect(runs).toHaveLength(people.length);
    expect(reached.length).toBeLessThanOrEqual(1 + people.length);
  });

  it('decides nobody by time while news about them waits for the next batch', async () => {
    const engine = await open(reminder());
    const people = (await neighbours(engine, 3)).slice(0, 3);
    const partition = partitionOf(people[0]?.id ?? '');
    await engine.receive(...people.map(({ user_id }) => tracked({ user_id }, 'asked')));
    await engine.settle();
    engine.pass(25 * HOUR);
    // Everybody's reminder is due; but each of them has bought an hour before.
    await engine.receive(
      ...people.map(({ user_id }) =>
        tracked({ user_id }, 'order_completed', { order_id: `o-${user_id}` }, { at: engine.now() - HOUR }),
      ),
    );
    await takeTurn(engine.store, turning(engine, partition, { happenings: 2 }));
    await engine.settle();
    expect(await engine.query(sql`select outcome, count(*)::int as n from runs group by 1`)).toEqual([
      { outcome: 'exited', n: 3 },
    ]);
    expect(await counts(engine)).toMatchObject({ messages: 0, happenings: 0 });
  });

  it('of those who are due by time is bounded too, and goes on until nobody is', async () => {
    const engine = await open(reminder());
    const people = await neighbours(engine, 4);
    await engine.receive(...people.map(({ user_id }) => tracked({ user_id }, 'asked')));
    await engine.settle();
    engine.pass(25 * HOUR);
    const partition = partitionOf(people[0]?.id ?? '');
    const decided: number[] = [];
    for (let from: Places = new Map([[partition, '']]); from.size > 0;) {
      const report = await takeTurn(engine.store, turning(engine, partition, { due: 2, from }));
      decided.push(report.decided);
      from = report.rest;
    }
    expect(Math.max(...decided)).toBe(2);
    expect(decided.reduce((sum, some) => sum + some, 0)).toBe(people.length);
    expect((await counts(engine)).messages).toBe(people.length);
  });

  it('that waited for a contact while another turn moved it on sees what that turn did', async () => {
    const engine = await open(reminder());
    const other = await otherConnection(engine.database_url);
    await engine.receive(
      ...Array.from({ length: 10 }, (_, index) => tracked({ user_id: `known-${index}` }, 'arrived')),
      tracked({ anonymous_id: 'visitor' }, 'arrived'),
    );
    await engine.settle();
    const [visitor] = await engine.query<{ id: string }>(
      sql`select contact_id as id from identities where value = 'visitor'`,
    );
    const home = partitionOf(visitor?.id ?? '');
    const people = await engine.query<{ user_id: string; id: string }>(sql`
      select value as user_id, contact_id as id from identities where kind = 'user'`);
    const person = people.find(({ id }) => partitionOf(id) !== home);
    if (!person) throw new Error('all in one partition');
    await engine.receive(tracked({ anonymous_id: 'visitor' }, 'asked'));
    let merging: Promise<void> | undefined;
    const slow = betweenWriteAndCommit(engine.store, async () => {
      await engine.receive(identified({ user_id: person.user_id, anonymous_id: 'visitor' }));
      merging = engine.turner.work([partitionOf(person.id)]);
      await somebodyWaits(other);
    });
    await engine.turnerOn(slow).work([home]);
    await merging;
    await engine.settle();
    const runs = await engine.query(sql`select contact_id, outcome, due_at is not null as waits from runs`);
    expect(runs).toEqual([{ contact_id: person.id, outcome: null, waits: true }]);
    engine.pass(25 * HOUR);
    await engine.settle();
    expect(await counts(engine)).toEqual({ runs: 1, messages: 1, happenings: 0 });
  });
});

describe('a new version of the project', () => {
  const COUNTS_LOOKS: ProjectFiles = {
    'workflows/journey/stages.yaml': `version: 1
stages:
  - id: awareness
    start_here: true
  - id: consideration
    enter_when: { event: product_viewed, at_least: 3, within: 30 days }
`,
  };

  it('that counts something new counts what has been, also where more comes at the same time', async () => {
    const engine = await open({});
    const looks = (user_id: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        tracked({ user_id }, 'product_viewed', {}, { at: Date.now() - index * HOUR }),
      );
    await engine.receive(
      ...looks('three', 3),
      ...looks('two', 2),
      ...looks('two-and-one', 2),
      ...looks('old', 2),
    );
    await engine.receive(tracked({ user_id: 'old' }, 'product_viewed', {}, { at: Date.now() - 31 * DAY }));
    await engine.settle();
    await engine.receive(...looks('two-and-one', 1));
    await engine.app.deploy(projectFiles(COUNTS_LOOKS));
    await engine.settle();
    const stages = await Promise.all(
      ['three', 'two', 'two-and-one', 'old'].map((user) => contactOf(engine, user)),
    );
    expect(stages.map(({ stage }) => stage)).toEqual([
      'consideration',
      'awareness',
      'consideration',
      'awareness',
    ]);
    const counted = stages.map(({ profile }) => Object.values(profile.memory).map(({ count }) => count));
    expect(counted).toEqual([[3], [2], [3], [3]]);
  });

  it('with another rule moves everybody whom it concerns, without anything having happened', async () => {
    const engine = await open({});
    await engine.receive(
      ...[30, 60, 90].map((price) =>
        tracked({ user_id: `cart-${price}` }, 'product_added', product('shoe', price)),
      ),
    );
    await engine.settle();
    const dearer =
      projectFiles()['workflows/journey/stages.yaml']?.replace('more_than: 0', 'more_than: 50') ?? '';
    expect(await engine.app.deploy(projectFiles({ 'workflows/journey/stages.yaml': dearer }))).toMatchObject({
      changed: true,
    });
    await engine.settle();
    const stages = await Promise.all([30, 60, 90].map((price) => contactOf(engine, `cart-${price}`)));
    expect(stages.map(({ stage }) => stage)).toEqual(['awareness', 'decision', 'decision']);
    const moves = await engine.query(sql`select "from", "to" from stage_moves where "to" = 'awareness'`);
    expect(moves).toEqual([{ from: 'decision', to: 'awareness' }]);
  });

  it('reaches also those whom a process decided that had not heard of it yet', async () => {
    const engine = await open({});
    const late = await open({}, engine.database_url);
    const dearer =
      projectFiles()['workflows/journey/stages.yaml']?.replace('more_than: 0', 'more_than: 50') ?? '';
    await engine.receive(tracked({ user_id: 'before' }, 'product_added', product('shoe', 30)));
    await engine.settle();
    await engine.app.deploy(projectFiles({ 'workflows/journey/stages.yaml': dearer }));
    await late.receive(tracked({ user_id: 'meanwhile' }, 'product_added', product('shoe', 30)));
    await late.settle();
    expect((await contactOf(engine, 'before')).stage).toBe('decision');
    await late.app.refresh();
    await late.settle();
    expect((await contactOf(engine, 'before')).stage).toBe('awareness');
    expect((await contactOf(engine, 'meanwhile')).stage).toBe('awareness');
  });

  it('that pauses a workflow stops everybody in it, and lets them go on when it is live again', async () => {
    const engine = await open(reminder());
    await engine.receive(tracked({ user_id: 'ana' }, 'asked'));
    await engine.settle();
    await engine.app.deploy(projectFiles(reminder('status: paused\n')));
    await engine.receive(tracked({ user_id: 'ben' }, 'asked'));
    engine.pass(3 * DAY);
    await engine.settle();
    expect(await counts(engine)).toEqual({ runs: 1, messages: 0, happenings: 0 });
    expect((await contactOf(engine, 'ana')).next_due_at).toBeNull();
    await engine.app.deploy(projectFiles(reminder()));
    await engine.settle();
    const runs = await engine.query(sql`select outcome from runs`);
    expect([runs, await counts(engine)]).toEqual([
      [{ outcome: 'completed' }],
      { runs: 1, messages: 1, happenings: 0 },
    ]);
  });

  it('of a workflow is walked by who enters from now on; who is inside finishes the one that was entered', async () => {
    const edited = (text: string): ProjectFiles =>
      projectFiles({
        ...messageFiles('hello', 'service'),
        ...messageFiles('goodbye', 'service'),
        'workflows/reminder.yaml': `version: 1
workflow: reminder
purpose: service
when_edited: finish_old
enter_when: { event: asked }
steps:
  - wait: 1 day
${text}`,
      });
    const engine = await openEngine({ files: edited('  - send_email: hello\n') });
    engines.push(engine);
    await engine.receive(tracked({ user_id: 'early' }, 'asked'));
    await engine.settle();
    await engine.app.deploy(edited('  - wait: 1 hour\n  - send_email: goodbye\n'));
    await engine.receive(tracked({ user_id: 'late' }, 'asked'));
    await engine.settle();
    // A process that starts now has never seen the old file.
    const fresh = await openEngine({
      files: edited('  - wait: 1 hour\n  - send_email: goodbye\n'),
      database_url: engine.database_url,
    });
    engines.push(fresh);
    fresh.pass(24 * HOUR + 1000);
    await fresh.settle();
    expect(await fresh.query(sql`select message from messages`)).toEqual([{ message: 'hello' }]);
    fresh.pass(HOUR + 1000);
    await fresh.settle();
    expect(await fresh.query(sql`select message from messages order by owed_at`)).toEqual([
      { message: 'hello' },
      { message: 'goodbye' },
    ]);
    const runs = await fresh.query<{ version: string; outcome: string }>(
      sql`select version, outcome from runs`,
    );
    expect(new Set(runs.map(({ version }) => version)).size).toBe(2);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  });
});

describe('an event that arrives late', () => {
  it('ends the run that it would have ended in time', async () => {
    const engine = await open(reminder());
    const before = tracked(
      { user_id: 'before' },
      'order_completed',
      { order_id: 'o1' },
      { at: Date.now() - HOUR },
    );
    const during = tracked(
      { user_id: 'during' },
      'order_completed',
      { order_id: 'o2' },
      { at: Date.now() + HOUR },
    );
    await engine.receive(...['before', 'during', 'other'].map((user_id) => tracked({ user_id }, 'asked')));
    await engine.settle();
    engine.pass(2 * HOUR);
    await engine.receive(before, during);
    await engine.settle();
    engine.pass(DAY);
    await engine.settle();
    const runs = await engine.query(sql`
      select i.value as user_id, r.outcome from runs r join identities i on i.contact_id = r.contact_id order by 1`);
    expect(runs).toEqual([
      { user_id: 'before', outcome: 'exited' },
      { user_id: 'during', outcome: 'exited' },
      { user_id: 'other', outcome: 'completed' },
    ]);
    expect((await counts(engine)).messages).toBe(1);
  });
});

describe.each(backends())(
  'a wait of two seconds, with the real sweep and the database’s clock, over %s',
  (backend) => {
    // Where everything else runs beside it, not at the first try.
    it('ends within a second of its moment', { retry: 4 }, async () => {
      const test = await openTestApp({
        files: projectFiles({
          'workflows/short.yaml': `version: 1
workflow: short
purpose: service
enter_when: { event: asked }
steps:
  - wait: 2 seconds
  - exit: waited
`,
        }),
        backend,
        start: 0,
        roles: ['engine', 'chores'],
        overrides: { clock: databaseClock },
      });
      onTestFinished(() => test.close());
      const people = Array.from({ length: 50 }, (_, index) =>
        tracked({ user_id: `waiting-${index}` }, 'asked'),
      );
      await test.app.receiver.receive(people);
      const ended = async (): Promise<number[]> => {
        const { rows } = await test.app.db.execute<{ late: number }>(sql`
        select extract(epoch from ended_at - entered_at)::float8 * 1000 - 2000 as late from runs where ended_at is not null`);
        return rows.map(({ late }) => late);
      };
      await expect.poll(async () => (await ended()).length, { timeout: 10_000, interval: 50 }).toBe(50);
      const late = await ended();
      process.stdout.write(
        `${backend}: 50 waits of 2 s ended ${Math.round(Math.min(...late))} to ${Math.round(Math.max(...late))} ms late\n`,
      );
      expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...late)).toBeLessThan(1000);
    });
  },
);
