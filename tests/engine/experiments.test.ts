/** Tests and holdouts are counted from what really happened, and winners are called in time. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../src/core/events/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import {
  beginAnew,
  lookForWinners,
  measureExperiments,
  setWinner,
  type MeasuredTest,
} from '../../src/engine/experiments.ts';
import { revenueLift } from '../../src/engine/experiments/lift.ts';
import { testsOf } from '../../src/engine/experiments/measures.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { iso, rows } from '../../src/store/values.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { aLoadedProject, at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

const START = at('2026-03-02T10:00');

const FILES: ProjectFiles = projectFiles({
  ...messageFiles('plain', 'service'),
  ...messageFiles('warm', 'service'),
  'workflows/offer.yaml': `version: 1
workflow: offer
purpose: service
enter_when: { event: asked }
re_enter: always
goal: { event: order_completed, within: 2 days }
steps:
  - ab_test:
      variants:
        a: { share: 50, steps: [{ send_email: plain }] }
        b: { share: 50, steps: [{ send_email: warm }] }
      winner_by: goal
      decide_after: 5 days
    id: words
  - wait: 1 day
`,
  'workflows/letter.yaml': `version: 1
workflow: letter
purpose: service
enter_when: { event: wrote }
re_enter: always
goal: { field: vip, is: true }
holdout: 20
steps:
  - ab_test:
      variants:
        a: { share: 50, steps: [{ branch: [{ when: { field: x, exists: true }, steps: [{ send_email: warm, id: inner }] }, { otherwise: [{ send_email: plain }] }] }] }
        b: { share: 50, steps: [{ send_email: warm }] }
      winner_by: opened
      decide_after: 5 days
    id: words
`,
  'workflows/watched.yaml': `version: 1
workflow: watched
purpose: service
enter_when: { event: viewed }
re_enter: always
goal: { event: order_completed, within: 7 days }
holdout: 50
steps:
  - send_email: plain
`,
});

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp({ files: FILES, backend: 'postgres', start: START });
}, 60_000);
afterAll(() => test.close());
beforeEach(async () => {
  await test.app.db.execute(sql`truncate experiments, runs, events, messages`);
  await test.app.refresh();
});

const book = () => test.app.experiments;
const live = () => test.app.live();
const look = (now: Instant) => lookForWinners(book(), live(), now);

async function measured(now: Instant, name = 'offer/words'): Promise<MeasuredTest> {
  const { tests } = await measureExperiments(book(), live(), now);
  const found = tests.find(({ workflow, step }) => `${workflow}/${step}` === name);
  if (!found) throw new Error(`${name} is not measured`);
  return found;
}

async function holdoutOf(workflow: string, now: Instant) {
  const { holdouts } = await measureExperiments(book(), live(), now);
  const found = holdouts.find((one) => one.workflow === workflow);
  if (!found) throw new Error(`${workflow} is not measured`);
  return found;
}

interface ARun {
  readonly contact?: string;
  readonly workflow?: string;
  readonly number?: number;
  readonly entered_at: Instant;
  readonly variant?: string;
  readonly held_out?: boolean;
  readonly outcome?: string;
}

async function store(runs: readonly ARun[]): Promise<void> {
  const list = runs.map(({ contact = randomUUID(), workflow = 'offer', number = 1, ...run }) => ({
    ...{ contact_id: contact, workflow, number, held_out: run.held_out ?? false },
    entered_at: iso(run.entered_at),
    variants: run.variant === undefined ? {} : { words: run.variant },
    outcome: run.outcome ?? null,
  }));
  await test.app.db.execute(sql`
    insert into runs (contact_id, workflow, number, version, entered_at, held_out, variants, because, step, visit, arrived_at,
      outcome, ended_at)
    select contact_id, workflow, number, 'v', entered_at, held_out, variants, '{}', '', 0, entered_at, outcome,
      case when outcome is not null then entered_at + interval '1 hour' end
    from json_to_recordset(${rows(list)}) as r (contact_id uuid, workflow text, number int, entered_at timestamptz,
      held_out boolean, variants jsonb, outcome text)`);
}

interface AnEvent {
  readonly contact: string;
  readonly at: Instant;
  readonly name?: string;
  readonly properties?: JsonObject;
}

async function happen(events: readonly AnEvent[]): Promise<void> {
  const list = events.map(({ contact, at: when, name = 'order_completed', properties = {} }) => ({
    ...{ contact, name, properties, at: iso(when) },
  }));
  await test.app.db.execute(sql`
    insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
    select gen_random_uuid(), contact, gen_random_uuid()::text, 'track', name, properties, at, at, 'test'
    from json_to_recordset(${rows(list)}) as e (contact uuid, name text, properties jsonb, at timestamptz)`);
}

/** So many people of a variant, of whom the first ones succeed. */
async function come(variant: string, people: number, successes: number, entered_at: Instant): Promise<void> {
  const contacts = Array.from({ length: people }, () => randomUUID());
  await store(contacts.map((contact) => ({ contact, variant, entered_at })));
  await happen(contacts.slice(0, successes).map((contact) => ({ contact, at: entered_at + HOUR })));
}

const counts = ({ variants }: MeasuredTest) =>
  Object.fromEntries(variants.map((one) => [one.variant, [one.people, one.successes, one.still_open]]));

describe('the figures of a test', () => {
  it('are what one counts by hand over any runs and orders', async () => {
    const now = START + 20 * DAY;
    const random = dice(11);
    const contacts = Array.from({ length: 120 }, () => ({
      contact: randomUUID(),
      variant: random() < 0.5 ? 'a' : 'b',
    }));
    const runs = contacts.flatMap(({ contact, variant }) =>
      Array.from({ length: 1 + Math.floor(3 * random()) }, (_, index) => ({
        ...{ contact, variant, number: index + 1, entered_at: START + Math.floor(21 * random()) * DAY },
        ...(random() < 0.1 ? { outcome: 'merged' } : {}),
      })),
    );
    const orders = contacts.flatMap(({ contact }) =>
      Array.from({ length: Math.floor(4 * random()) }, () => ({
        contact,
        at: START + Math.floor(21 * 24 * random()) * HOUR,
      })),
    );
    await store(runs);
    await happen(orders);
    const expected: Record<string, number[]> = { a: [0, 0, 0], b: [0, 0, 0] };
    for (const { contact, variant } of contacts) {
      const [first] = runs
        .filter((run) => run.contact === contact && !('outcome' in run) && run.entered_at <= now)
        .sort((one, other) => one.entered_at - other.entered_at);
      if (!first) continue;
      const end = first.entered_at + 2 * DAY;
      const bought = orders.some(
        (order) => order.contact === contact && order.at > first.entered_at && order.at <= end,
      );
      const cell = expected[variant] as [number, number, number];
      if (end > now) cell[2]++;
      else cell[0]++;
      if (end <= now && bought) cell[1]++;
    }
    expect(counts(await measured(now))).toEqual(expected);
    // So that the counting above has something to tell apart.
    for (const [people = 0, successes = 0, open = 0] of Object.values(expected)) {
      expect(Math.min(successes, people - successes, open)).toBeGreaterThan(1);
    }
  });

  it('count an order also where the run ended before it, and where others were held out', async () => {
    const contact = randomUUID();
    await store([
      { contact, variant: 'a', entered_at: START, outcome: 'completed' },
      { held_out: true, entered_at: START },
    ]);
    await happen([{ contact, at: START + 2 * DAY }]);
    expect(counts(await measured(START + 2 * DAY))).toEqual({ a: [1, 1, 0], b: [0, 0, 0] });
    expect(counts(await measured(START + 2 * DAY - 1))).toEqual({ a: [0, 0, 1], b: [0, 0, 0] });
  });

  it('of opening count who was sent to, and no machine', async () => {
    const sent = async (variant: string, step: string, message: string) => {
      const contact = randomUUID();
      await store([{ contact, workflow: 'letter', variant, entered_at: START, outcome: 'completed' }]);
      await test.app.db.execute(sql`
        insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
          stage, language, tone, formality, because, event, sent_at)
        values (gen_random_uuid(), ${contact}, 'letter', 1, ${step}, 1, ${message}, 'email', 'service', 'sent', now(), now(),
          'awareness', 'en', 'plain', '{}', '{}', '{}', ${iso(START + HOUR)})`);
      return contact;
    };
    const opened = (contact: string, message: string, more: JsonObject = {}, when = START + 2 * HOUR) => ({
      ...{ contact, at: when, name: 'message_opened', properties: { message, ...more } },
    });
    const [steps] = testsOf(live()).flatMap(({ workflow, success }) =>
      workflow === 'letter' && success.by === 'message' ? [success.steps] : [],
    );
    expect(steps).toContain('inner');
    const plain_step = steps?.find((step) => step !== 'inner' && step.startsWith('words.a.1.')) ?? '';
    const one = await sent('a', 'inner', 'warm');
    const other = await sent('a', plain_step, 'plain');
    const third = await sent('b', 'words.b.1', 'warm');
    const fourth = await sent('b', 'words.b.1', 'warm');
    await sent('b', 'elsewhere', 'warm');
    await happen([
      opened(one, 'warm', { machine: true }),
      opened(other, 'plain'),
      opened(third, 'plain'),
      opened(fourth, 'warm', {}, START + HOUR + 3 * DAY + 1),
    ]);
    const up = START + HOUR + 3 * DAY;
    expect(counts(await measured(up, 'letter/words'))).toEqual({ a: [2, 1, 0], b: [2, 0, 0] });
    expect(counts(await measured(up - 1, 'letter/words'))).toEqual({ a: [0, 0, 2], b: [0, 0, 2] });
  });
});

describe('a look for a winner', () => {
  it('is first taken when the time has passed since the first entry, and finds a clear winner', async () => {
    await come('a', 100, 10, START);
    await come('b', 100, 40, START + HOUR);
    expect(await look(START + 5 * DAY - 1)).toEqual([]);
    expect(await measured(START + 4 * DAY)).toMatchObject({ looks: 0, next_look_at: START + 5 * DAY });
    expect(await look(START + 5 * DAY)).toEqual(['offer/words']);
    await test.app.refresh();
    expect(live().project.winners).toEqual({ 'offer/words': 'b' });
    const { winner, decided_at, because } = await measured(START + 9 * DAY);
    expect({ winner, decided_at }).toEqual({ winner: 'b', decided_at: START + 5 * DAY });
    expect(because.en).toBe(
      '40 of 100 people (40.0 %) reached the goal with "b", 10 of 100 people (10.0 %) with "a"; p 0.0001 or less, below 0.025, at look 1',
    );
    expect(because.es).toContain('40 de 100 personas (40,0 %) alcanzaron el objetivo con «b»');
    expect(await look(START + 10 * DAY)).toEqual([]);
  });

  it('takes half the risk each time, and is taken once where several were missed', async () => {
    await come('a', 100, 20, START);
    await come('b', 100, 33, START);
    // p is 0.037: not enough for a first look.
    expect(await look(START + 17 * DAY)).toEqual([]);
    const after = await measured(START + 17 * DAY);
    expect(after).toMatchObject({ looks: 1, winner: null, next_look_at: START + 20 * DAY });
    expect(after.because.en).toBe(
      'the difference may still be chance: p 0.037, and below 0.013 decides at the next look',
    );
    expect(await look(START + 20 * DAY - 1)).toEqual([]);
    expect(await measured(START + 20 * DAY - 1)).toMatchObject({ looks: 1 });
    await come('b', 100, 45, START + DAY);
    // By now p is below 0.0125.
    expect(await look(START + 20 * DAY)).toEqual(['offer/words']);
    expect(await measured(START + 20 * DAY)).toMatchObject({ looks: 2, winner: 'b' });
  });

  it('is not spent on too few, and counts nobody whose time is not up', async () => {
    await come('a', 9, 0, START);
    await come('b', 100, 90, START);
    await come('a', 100, 0, START + 4 * DAY);
    expect(await look(START + 5 * DAY)).toEqual([]);
    const report = await measured(START + 5 * DAY);
    expect(report).toMatchObject({ looks: 0, winner: null });
    expect(report.because.en).toBe('too few people to tell: 9 had "a" and their time is up, 10 are needed');
    expect(await look(START + 6 * DAY)).toEqual(['offer/words']);
  });

  it('is taken by one process alone', async () => {
    await come('a', 100, 10, START);
    await come('b', 100, 40, START);
    await book().alone(async () => {
      expect(await look(START + 5 * DAY)).toEqual([]);
      await expect(book().alone(() => Promise.resolve('too'))).resolves.toBeUndefined();
    });
    expect(await look(START + 5 * DAY)).toEqual(['offer/words']);
  });

  it('leaves a winner alone that was set by hand meanwhile', async () => {
    await come('a', 100, 10, START);
    const before = { looks: 0, looked_at: null, winner: null, because: null, since: null };
    const row = { workflow: 'offer', step: 'words', ...before };
    await setWinner(book(), live(), 'offer/words', 'a', START + DAY);
    const written = await book().keepLook(row, { ...row, looks: 1, looked_at: START + 5 * DAY, winner: 'b' });
    expect(written).toBe(false);
    expect(await measured(START + 5 * DAY)).toMatchObject({ winner: 'a', decided_at: START + DAY });
  });
});

describe('by hand', () => {
  it('a test is decided, and begun anew without those who came until then', async () => {
    await come('a', 20, 1, START);
    await come('b', 20, 2, START);
    await setWinner(book(), live(), 'offer/words', 'a', START + 3 * DAY);
    await come('a', 50, 50, START + 4 * DAY);
    expect(await measured(START + 9 * DAY)).toMatchObject({
      winner: 'a',
      because: { en: 'it was said so by hand' },
    });
    // Those who came later had no choice.
    expect(counts(await measured(START + 9 * DAY))).toEqual({ a: [20, 1, 0], b: [20, 2, 0] });
    for (const anew of [START + 10 * DAY, START + 20 * DAY]) {
      await beginAnew(book(), live(), 'offer/words', anew);
      expect(await measured(anew + HOUR)).toMatchObject({ winner: null, looks: 0, began_at: null });
      await test.app.refresh();
      expect(live().project.winners).toEqual({});
      await come('a', 30, 1, anew + HOUR);
      await come('b', 30, 25, anew + HOUR);
      expect(counts(await measured(anew + 3 * DAY))).toEqual({ a: [30, 1, 0], b: [30, 25, 0] });
      expect(await look(anew + 5 * DAY)).toEqual([]);
      expect(await look(anew + 5 * DAY + HOUR)).toEqual(['offer/words']);
    }
  });

  it('what is not there is told with what there is', async () => {
    await expect(setWinner(book(), live(), 'offer/word', 'a', START)).rejects.toThrow(
      'There is no test called "offer/word". There are: letter/words, offer/words.',
    );
    await expect(setWinner(book(), live(), 'offer/words', 'c', START)).rejects.toThrow(
      'offer/words has no variant called "c". There are: a, b.',
    );
  });
});

describe('a holdout', () => {
  it('compares who got it with who did not, with revenue per head', async () => {
    const enter = async (held_out: boolean, orders: readonly JsonObject[][], entered_at = START) => {
      for (const list of orders) {
        const contact = randomUUID();
        await store([{ contact, workflow: 'watched', held_out, entered_at, outcome: 'completed' }]);
        await happen(list.map((properties) => ({ contact, at: entered_at + 6 * DAY, properties })));
      }
    };
    const order = (order_id: string, more: JsonObject): JsonObject => ({ order_id, ...more });
    await enter(true, [[], [], [], [order('h', { total: '20' })]]);
    // Told twice, two orders, and one without an amount.
    await enter(false, [
      [order('1', { revenue: 30 }), order('1', { revenue: 30 })],
      [order('2', { revenue: 10 }), order('3', { value: 20 })],
      [order('4', {})],
      [],
    ]);
    // Before anybody was held out there was nobody to compare with.
    await enter(false, [[order('5', { revenue: 999 })]], START - 10 * DAY);
    const { treated, held_out, absolute, interval, relative, revenue, still_open } = await holdoutOf(
      'watched',
      START + 7 * DAY,
    );
    expect([treated.people, treated.successes, held_out.people, held_out.successes]).toEqual([4, 3, 4, 1]);
    expect([absolute, relative, still_open]).toEqual([0.5, 2, 0]);
    expect(interval?.low).toBeLessThan(0);
    expect(interval?.high).toBeGreaterThan(0.5);
    expect(revenue).toMatchObject({ treated: 15, held_out: 5, difference: 10 });
    const early = await holdoutOf('watched', START + 7 * DAY - 1);
    expect(early).toMatchObject({
      still_open: 8,
      absolute: null,
      interval: null,
      revenue: { interval: null },
    });
  });

  it('that does harm has a negative lift, and its interval lies below', async () => {
    const people = (held_out: boolean, count: number, bought: number) =>
      Array.from({ length: count }, (_, index) => ({
        run: { contact: randomUUID(), workflow: 'watched', held_out, entered_at: START },
        bought: index < bought,
      }));
    const all = [...people(false, 200, 20), ...people(true, 200, 60)];
    await store(all.map(({ run }) => run));
    await happen(
      all.filter(({ bought }) => bought).map(({ run }) => ({ contact: run.contact, at: START + DAY })),
    );
    const { absolute, interval, relative, relative_interval, p } = await holdoutOf(
      'watched',
      START + 7 * DAY,
    );
    expect(absolute).toBeCloseTo(-0.2);
    expect(relative).toBeCloseTo(-2 / 3);
    expect(interval?.low).toBeLessThan(-0.2);
    expect(interval?.high).toBeLessThan(0);
    expect(relative_interval?.high).toBeLessThan(0);
    expect(p).toBeLessThan(0.001);
  });

  it('whose goal is no plain event counts runs that ended as converted', async () => {
    await store([
      { workflow: 'letter', held_out: true, entered_at: START, outcome: 'converted' },
      { workflow: 'letter', entered_at: START, outcome: 'completed' },
    ]);
    const { treated, held_out, revenue } = await holdoutOf('letter', START + 30 * DAY);
    expect([treated.successes, held_out.successes, revenue]).toEqual([0, 1, null]);
  });

  it('has an interval of revenue by Student’s distribution', () => {
    const group = { people: 6, successes: 0, still_open: 0, mean: 0, variance: 3 };
    // Both variances of a mean are a half, so the error is 1, with ten degrees of freedom.
    const { interval } = revenueLift({ ...group, mean: 5 }, group);
    expect(interval?.low).toBeCloseTo(5 - 2.2281, 3);
    expect(interval?.high).toBeCloseTo(5 + 2.2281, 3);
  });
});

describe('in the engine', () => {
  it(
    'people take both ways until one has won, and only that one afterwards',
    { timeout: 120_000 },
    async () => {
      const own = await openTestApp({ files: FILES, backend: 'postgres', start: START });
      try {
        const name = (index: number): string => `person${index}`;
        const ask = (from: number, to: number, when: Instant) =>
          Array.from({ length: to - from }, (_, index) => name(from + index)).flatMap((user_id) => [
            identified({ user_id }, { email: `${user_id}@shop.example` }, { at: when }),
            tracked({ user_id }, 'asked', {}, { at: when + MINUTE }),
          ]);
        await own.live(ask(0, 80, START), START + HOUR);
        const taken = await own.app.db.execute<{ user_id: string; variant: string }>(sql`
        select i.value as user_id, r.variants ->> 'words' as variant from runs r
        join identities i on i.contact_id = r.contact_id and i.kind = 'user' order by i.value`);
        const of = (variant: string) => taken.rows.filter((row) => row.variant === variant);
        expect(of('a').length + of('b').length).toBe(80);
        const buyers = [...of('a').slice(0, 2), ...of('b').slice(0, of('b').length - 3)];
        await own.live(
          buyers.map(({ user_id }) =>
            tracked({ user_id }, 'order_completed', { order_id: user_id }, { at: START + DAY }),
          ),
          START + 6 * DAY,
        );
        const now = START + 6 * DAY;
        own.app.start(new Set(['chores']));
        await expect
          .poll(() => own.app.live().project.winners, { timeout: 10_000 })
          .toEqual({ 'offer/words': 'b' });
        await own.live(ask(80, 110, now), now + HOUR);
        const later = await own.app.db.execute<{ variant: string }>(sql`
        select variants ->> 'words' as variant from runs where entered_at >= ${iso(now)}`);
        expect(later.rows).toEqual(Array.from({ length: 30 }, () => ({ variant: 'b' })));
        const { tests } = await measureExperiments(own.app.experiments, own.app.live(), now + 9 * DAY);
        const { variants } = tests.find(({ workflow }) => workflow === 'offer') as MeasuredTest;
        expect(variants.map(({ variant, people, successes }) => [variant, people, successes])).toEqual([
          ['a', of('a').length, 2],
          ['b', of('b').length, of('b').length - 3],
        ]);
      } finally {
        await own.close();
      }
    },
  );
});

it('a goal without a limit is watched for 30 days', () => {
  const goal = (written: string) =>
    testsOf(
      aLoadedProject({
        workflows: {
          one: `enter_when: { event: x }\ngoal: ${written}\nsteps:\n  - ab_test: { variants: { a: { share: 50, steps: [{ wait: 1 day }] }, b: { share: 50, steps: [{ wait: 2 days }] } } }\n    id: t\n`,
        },
      }),
    )[0]?.success;
  expect(goal('{ event: y }')).toMatchObject({ by: 'event', event: ['y'], window: 30 * DAY });
  expect(goal('{ event: y, at_least: 2, within: 3 days }')).toEqual({ by: 'outcome', window: 3 * DAY });
  expect(goal('{ field: vip, is: true }')).toEqual({ by: 'outcome', window: 30 * DAY });
});

/** From 0 to 1, the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
