/** New rules on their way through everybody: in batches, through interruptions, and without a word to anybody. */
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Role } from '../../src/app.ts';
import { newContact } from '../../src/core/contacts/contact.ts';
import { decide } from '../../src/core/decide.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import type { Clock, ReceivedEvent, Recomputation } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { DAY, HOUR, MINUTE } from '../support/build.ts';
import { backends } from '../support/database.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const PEOPLE = 1500;
/** So many may be due because of new rules. */
const MOST = 200;

interface Rules {
  /** In euros. */
  readonly decision: number;
  /** Views within ten days. */
  readonly consideration: number;
  readonly more?: ProjectFiles;
}

function rules({ decision, consideration, more = {} }: Rules): ProjectFiles {
  return projectFiles({
    ...messageFiles('hello', 'service'),
    'workflows/journey/stages.yaml': `version: 1
stages:
  - { id: awareness, start_here: true }
  - { id: consideration, enter_when: { event: product_viewed, at_least: ${consideration}, within: 10 days } }
  - { id: decision, enter_when: { field: cart.value, more_than: ${decision} } }
`,
    'workflows/journey/segments.yaml': `version: 1
segments:
  spenders: { title: Spenders, when: { field: cart.value, at_least: ${decision * 2} } }
  lookers: { title: Lookers, when: { event: product_viewed, at_least: ${consideration + 1} } }
`,
    ...more,
  });
}

const FIRST = rules({ decision: 10, consideration: 2 });
const SECOND = rules({ decision: 40, consideration: 3 });
const THIRD = rules({ decision: 70, consideration: 1 });

const engines: Engine[] = [];
async function open(files: ProjectFiles, database_url?: string): Promise<Engine> {
  const engine = await openEngine({ files, ...(database_url ? { database_url } : {}) });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

/** Views and carts of all sizes, some of them long ago. */
function eventsOf(person: number): ReceivedEvent[] {
  const user_id = `person-${person}`;
  const now = Date.now();
  const views = Array.from({ length: person % 6 }, (_, index) =>
    tracked({ user_id }, 'product_viewed', {}, { at: now - (person % 5) * 3 * DAY - index * HOUR }),
  );
  const cart =
    person % 4 === 0
      ? []
      : [tracked({ user_id }, 'product_added', product('shoe', person % 100), { at: now - MINUTE })];
  return [
    ...views,
    ...cart,
    identified({ user_id }, { email: `${user_id}@shop.example` }, { at: now - MINUTE }),
  ];
}

async function settledBase(files: ProjectFiles, people = PEOPLE): Promise<Engine> {
  const engine = await open(files);
  for (let start = 0; start < people; start += 500) {
    const some = Array.from({ length: Math.min(500, people - start) }, (_, index) =>
      eventsOf(start + index),
    ).flat();
    await engine.receive(...some);
  }
  await engine.settle();
  return engine;
}

async function dueNow(engine: Engine): Promise<number> {
  const rows = await engine.query<{ due: number }>(sql`
    select count(*)::int as due from contacts where next_due_at <= ${new Date(engine.now()).toISOString()}::timestamptz`);
  return rows[0]?.due ?? 0;
}

function ask(engine: Engine, most = MOST): Promise<Recomputation | undefined> {
  return engine.store.recompute(engine.now(), most, engine.app.live().project.rules);
}

async function takeTurns(engine: Engine): Promise<void> {
  for (const partition of await engine.store.partitionsWithWork(engine.now(), false))
    await engine.turner.work([partition]);
}

/** One round after the other, as the sweep does it. */
async function recomputeAll(engine: Engine, most = MOST): Promise<readonly Recomputation[]> {
  const seen: Recomputation[] = [];
  for (let round = 0; round < 100; round++) {
    const progress = await ask(engine, most);
    expect(await dueNow(engine)).toBeLessThanOrEqual(most);
    if (!progress) return seen;
    seen.push(progress);
    if (progress.finished) return seen;
    await takeTurns(engine);
  }
  throw new Error('it never comes to its end');
}

const decidedBy = ({ turns }: Engine): number => turns.reduce((sum, { decided }) => sum + decided, 0);

async function rulesOf(engine: Engine): Promise<readonly { rules: string; people: number }[]> {
  return engine.query(sql`
    select rules, count(*)::int as people from contacts where merged_into is null group by 1 order by 2`);
}

interface Standing {
  readonly stage: string;
  readonly segments: readonly string[];
}

async function standings(engine: Engine): Promise<ReadonlyMap<string, Standing>> {
  const found = new Map<string, Standing>();
  for await (const batch of engine.app.reader.contacts({})) {
    for (const { contact } of batch)
      found.set(contact.id, { stage: contact.stage, segments: Object.keys(contact.segments).sort() });
  }
  return found;
}

/** Where everybody would stand by these rules, had they been there from the first event on. */
async function fromScratch(engine: Engine): Promise<ReadonlyMap<string, Standing>> {
  const { project } = engine.app.live();
  const ids = [...(await standings(engine)).keys()];
  const histories = await engine.app.reader.eventsOf(ids, engine.now());
  return new Map(
    ids.map((id) => {
      const happenings = (histories.get(id) ?? []).map((event) => ({ kind: 'event', event }) as const);
      const { contact } = decide(newContact(id, project.stages.start, 0), happenings, project, engine.now());
      return [id, { stage: contact.stage, segments: Object.keys(contact.segments).sort() }];
    }),
  );
}

describe('new rules', () => {
  let engine: Engine;
  let seen: readonly Recomputation[];
  let decided: number;
  let moved: number;
  beforeAll(async () => {
    engine = await settledBase(FIRST);
    engines.pop();
    const before = await standings(engine);
    const so_far = decidedBy(engine);
    await engine.app.deploy(SECOND);
    seen = await recomputeAll(engine);
    decided = decidedBy(engine) - so_far;
    const after = await standings(engine);
    moved = [...after].filter(([id, { stage }]) => before.get(id)?.stage !== stage).length;
    return () => engine.close();
  });

  it('ask everybody once, never more at a time than the bound', () => {
    expect(decided).toBe(PEOPLE);
    expect(seen.length).toBeGreaterThanOrEqual(PEOPLE / MOST);
    expect(moved).toBeGreaterThan(PEOPLE / 6);
  });

  it('tell how far they are, and when they are through', async () => {
    const asked = seen.map((progress) => progress.asked);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
    expect(seen.map(({ total }) => total)).toEqual(seen.map(() => PEOPLE));
    expect(seen.map(({ finished }) => finished)).toEqual([...seen.slice(1).map(() => false), true]);
    expect(await engine.app.recomputation()).toMatchObject({ asked: PEOPLE, total: PEOPLE, finished: true });
    expect(await ask(engine)).toBeUndefined();
  });

  it('leave everybody where the same events would have led from the first on', async () => {
    const [is, should] = [await standings(engine), await fromScratch(engine)];
    expect(is.size).toBe(PEOPLE);
    expect(
      [...is].filter(([id, standing]) => JSON.stringify(standing) !== JSON.stringify(should.get(id))),
    ).toEqual([]);
    const stages = new Set([...is.values()].map(({ stage }) => stage));
    expect(stages).toEqual(new Set(['awareness', 'consideration', 'decision']));
  });

  it('keep the members of each segment in step with the contacts', async () => {
    const listed = await engine.query<{ contact_id: string; segments: string[] }>(sql`
      select contact_id, array_agg(segment order by segment) as segments from segment_members group by 1`);
    const by_contact = new Map(listed.map(({ contact_id, segments }) => [contact_id, segments]));
    for (const [id, { segments }] of await standings(engine))
      expect(by_contact.get(id) ?? []).toEqual(segments);
  });
});

describe('through an interruption', () => {
  it('go on where they stood, and ask nobody twice', async () => {
    const engine = await settledBase(FIRST, 1200);
    const before = decidedBy(engine);
    await engine.app.deploy(SECOND);
    for (let round = 0; round < 2; round++) {
      await ask(engine, 300);
      await takeTurns(engine);
    }
    // The third batch has been asked, and nobody came to answer.
    await ask(engine, 300);
    const [row] = await engine.query(
      sql`select asked, after, finished_at from recomputations order by deployment desc limit 1`,
    );
    expect(row).toMatchObject({ asked: 900, after: expect.any(String) as string, finished_at: null });
    const decided = decidedBy(engine) - before;
    await engine.close();
    engines.pop();

    const again = await open(SECOND, engine.database_url);
    expect(await again.app.recomputation()).toMatchObject({ asked: 900, total: 1200, finished: false });
    await recomputeAll(again, 300);
    expect(decided + decidedBy(again)).toBe(1200);
    expect(await rulesOf(again)).toEqual([{ rules: again.app.live().project.rules, people: 1200 }]);
  });

  it('by newer rules are overtaken by those', async () => {
    const engine = await settledBase(FIRST, 1000);
    await engine.app.deploy(SECOND);
    await ask(engine, 300);
    await takeTurns(engine);
    await ask(engine, 300);
    await engine.app.deploy(THIRD);
    expect(await engine.app.recomputation()).toMatchObject({ asked: 0, total: 1000, finished: false });
    await recomputeAll(engine, 300);
    expect(await rulesOf(engine)).toEqual([{ rules: engine.app.live().project.rules, people: 1000 }]);
    expect(await standings(engine)).toEqual(await fromScratch(engine));
    const open_ones = await engine.query(
      sql`select deployment from recomputations where finished_at is null`,
    );
    expect(open_ones).toEqual([]);
  });

  it('by going back to the rules before find only those who had heard of the new ones', async () => {
    const engine = await settledBase(FIRST, 600);
    await engine.app.deploy(SECOND);
    await ask(engine, 200);
    await takeTurns(engine);
    const before = decidedBy(engine);
    await engine.app.deploy(FIRST);
    await recomputeAll(engine, 200);
    expect(decidedBy(engine) - before).toBe(200);
    expect(await standings(engine)).toEqual(await fromScratch(engine));
  });

  it('are done by one of several processes at a time, and all of them get through', async () => {
    const engine = await settledBase(FIRST, 1000);
    const other = await open(FIRST, engine.database_url);
    await engine.app.deploy(SECOND);
    await other.app.refresh();
    const before = decidedBy(engine) + decidedBy(other);
    await Promise.all([engine.settle(), other.settle()]);
    await Promise.all([engine.settle(), other.settle()]);
    expect(decidedBy(engine) + decidedBy(other) - before).toBe(1000);
    expect(await rulesOf(engine)).toEqual([{ rules: engine.app.live().project.rules, people: 1000 }]);
  });

  it('find those, too, whom a process decided that still worked by the old ones', async () => {
    const engine = await settledBase(FIRST, 400);
    const late = await open(FIRST, engine.database_url);
    await engine.app.deploy(SECOND);
    await ask(engine, 400);
    // Everybody was asked, and some answer to the wrong one.
    const partitions = await late.store.partitionsWithWork(late.now(), false);
    for (const partition of partitions.slice(0, 20)) await late.turner.work([partition]);
    const news = [5, 6, 7].map((person) => tracked({ user_id: `person-${person}` }, 'product_viewed'));
    await late.receive(...news);
    await late.settle();
    expect(await rulesOf(engine)).toHaveLength(1);
    await recomputeAll(engine, 400);
    expect(await rulesOf(engine)).toEqual([{ rules: engine.app.live().project.rules, people: 400 }]);
    expect(await standings(engine)).toEqual(await fromScratch(engine));
  });
});

describe('meanwhile', () => {
  it('whoever does something is decided by the new rules at once', async () => {
    const engine = await settledBase(FIRST, 400);
    await engine.app.deploy(SECOND);
    // Person 22 has a cart of 22 euros, and buys for 10 more: by the old rules a decision, by the new ones not yet.
    await engine.receive(tracked({ user_id: 'person-22' }, 'product_added', product('sock', 10)));
    await takeTurns(engine);
    const [row] = await engine.query<{ stage: string; rules: string }>(sql`
      select c.stage, c.rules from contacts c join identities i on i.contact_id = c.id where i.value = 'person-22'`);
    expect(row?.rules).toBe(engine.app.live().project.rules);
    expect(row?.stage).not.toBe('decision');
    const others = await rulesOf(engine);
    expect(others.map(({ people }) => people)).toEqual([1, 399]);
  });

  it('so many wait for other reasons that nobody is asked, until they have been decided', async () => {
    const engine = await settledBase(FIRST, 400);
    await engine.app.deploy(SECOND);
    await engine.query(sql`
      update contacts set next_due_at = now() - interval '1 minute'
      where id in (select id from contacts order by id desc limit 100)`);
    expect(await ask(engine, 100)).toMatchObject({ asked: 0, finished: false });
    expect(await ask(engine, 150)).toMatchObject({ asked: 50, finished: false });
    expect(await dueNow(engine)).toBe(150);
    await recomputeAll(engine, 150);
    expect(await rulesOf(engine)).toHaveLength(1);
  });

  it('new people come by the new rules, and are not waited for', async () => {
    const engine = await settledBase(FIRST, 200);
    await engine.app.deploy(SECOND);
    await ask(engine, 100);
    const strangers = Array.from({ length: 50 }, (_, index) => eventsOf(5000 + index)).flat();
    await engine.receive(...strangers);
    await engine.settle();
    expect(await engine.app.recomputation()).toMatchObject({ total: 200, finished: true });
    expect(await standings(engine)).toEqual(await fromScratch(engine));
  });
});

describe('what new rules move', () => {
  const started = (keys: string) => `version: 1\npurpose: service\n${keys}\nsteps:\n  - send_email: hello\n`;
  const more: ProjectFiles = {
    'workflows/by_stage.yaml': started(
      'workflow: by_stage\nenter_when: { enters_stage: [awareness, consideration] }',
    ),
    'workflows/by_segment.yaml': started('workflow: by_segment\nenter_when: { leaves_segment: spenders }'),
    'workflows/by_condition.yaml': started(
      'workflow: by_condition\nenter_when: [{ stage: awareness }, { field: cart.value, at_least: 11 }]',
    ),
    'workflows/by_clock.yaml': started('workflow: by_clock\nenter_when: { every: day 00:00 }'),
  };
  const before = rules({ decision: 10, consideration: 2, more });
  const after = rules({ decision: 40, consideration: 2, more });

  const startedRuns = (engine: Engine) =>
    engine.query<{ workflow: string; runs: number }>(sql`
      select workflow, count(*)::int as runs from runs where workflow <> 'by_clock' group by 1 order by 1`);

  /** By the first rules nobody has been moved down, or out of a segment. */
  async function quietBase(): Promise<Engine> {
    const engine = await settledBase(before, 600);
    await engine.query(sql`delete from runs`);
    await engine.query(sql`delete from messages`);
    await engine.query(sql`update contacts set entries = '{}'`);
    return engine;
  }

  it('starts nothing and sends nothing', async () => {
    const engine = await quietBase();
    await engine.app.deploy(after);
    await recomputeAll(engine, 200);
    const [moves] = await engine.query<{ moves: number }>(sql`
      select count(*)::int as moves from stage_moves where "from" = 'decision'`);
    expect(moves?.moves).toBeGreaterThan(50);
    expect(await startedRuns(engine)).toEqual([]);
    // Nor afterwards, by something else that happens.
    const views = Array.from({ length: 600 }, (_, person) =>
      tracked({ user_id: `person-${person}` }, 'page_viewed'),
    );
    await engine.receive(...views);
    await engine.settle();
    expect(await startedRuns(engine)).toEqual([]);
  });

  it('starts workflows where that is asked for, each of them once', async () => {
    const engine = await quietBase();
    await engine.app.deploy(after, { start_by_rules: true });
    await recomputeAll(engine, 200);
    const moved = await engine.query<{ workflow: string; runs: number }>(sql`
      select 'by_stage' as workflow, count(*)::int as runs from stage_moves where "from" = 'decision'
      union all
      select 'by_segment', count(*)::int from segment_moves where segment = 'spenders' and way = 'leaves'`);
    const runs = await startedRuns(engine);
    expect(runs.filter(({ workflow }) => workflow !== 'by_condition')).toEqual(
      moved.toSorted((a, b) => (a.workflow < b.workflow ? -1 : 1)),
    );
    expect(runs.find(({ workflow }) => workflow === 'by_condition')?.runs).toBeGreaterThan(20);
    const doubled = await engine.query(sql`
      select contact_id, workflow from runs group by 1, 2 having count(*) > 1`);
    expect(doubled).toEqual([]);
  });

  it('starts as ever what happens from then on', async () => {
    const engine = await quietBase();
    await engine.app.deploy(after);
    await recomputeAll(engine, 200);
    // Person 45 decides at 45 euros; without the cart he goes back to where he looked.
    const away = tracked({ user_id: 'person-45' }, 'product_removed', product('shoe', 45));
    await engine.receive(away);
    await engine.settle();
    expect((await startedRuns(engine)).map(({ workflow }) => workflow)).toContain('by_stage');
  });
});

describe.each(backends())('new rules over %s', (backend) => {
  const people = (count: number) => Array.from({ length: count }, (_, person) => eventsOf(person)).flat();

  async function openShop(roles: readonly Role[], clock?: Clock): Promise<TestApp> {
    const test = await openTestApp({
      files: FIRST,
      backend,
      start: Date.now(),
      roles,
      overrides: clock ? { clock } : {},
    });
    onTestFinished(() => test.close());
    return test;
  }

  const undecided = async ({ app }: TestApp): Promise<number> => {
    const { rows } = await app.db.execute<{ people: number }>(sql`
      select count(*)::int as people from contacts where rules <> ${app.live().project.rules}`);
    return rows[0]?.people ?? 0;
  };

  it('go through everybody by the sweep alone', async () => {
    const test = await openShop(['engine', 'chores'], databaseClock);
    await test.app.receiver.receive(people(200));
    await expect.poll(() => undecided(test), { timeout: 20_000 }).toBe(0);
    await test.app.deploy(SECOND);
    await expect.poll(() => undecided(test), { timeout: 20_000 }).toBe(0);
    await expect
      .poll(() => test.app.recomputation(), { timeout: 10_000 })
      .toMatchObject({ finished: true, total: 200 });
  });

  it('go through everybody under a clock that is moved', async () => {
    const test = await openShop(['engine', 'sender']);
    const now = Date.now();
    await test.live(people(100), now);
    // Nothing else is to be remembered, and nothing is due: only the rules ask.
    await test.app.deploy(rules({ decision: 40, consideration: 2 }));
    expect(await undecided(test)).toBe(100);
    await test.live([], now + DAY);
    expect(await undecided(test)).toBe(0);
    expect(await test.app.recomputation()).toMatchObject({ finished: true, total: 100 });
  });
});
