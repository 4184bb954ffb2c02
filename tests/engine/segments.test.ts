/** Membership as it is kept, as it is asked afresh and as it is asked in SQL: the same people at any moment. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyProfile, type Contact } from '../../src/core/contacts/contact.ts';
import { fold } from '../../src/core/contacts/fold.ts';
import { zoneOf } from '../../src/core/contacts/locale.ts';
import type { Event, IncomingEvent, Instant } from '../../src/core/events/event.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { openEngine } from '../support/engine.ts';
import { projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const START = at('2026-03-20T00:00');
const PEOPLE = 24;
const DAYS = 16;

const SEGMENTS: Readonly<Record<string, string>> = {
  recent: '{ event: viewed, within: 3 days }',
  frequent: '{ event: viewed, at_least: 3, within: 5 days }',
  buyers: '{ field: orders.count, at_least: 1 }',
  quiet: '[{ field: orders.count, at_least: 1 }, { field: orders.last, not_within: 4 days }]',
  lookers: '[{ segment: recent }, { none: [{ segment: buyers }] }]',
  club: '{ field: plan, is: club }',
};

const started = (trigger: string): string => `purpose: service
enter_when: ${trigger}
re_enter: always
steps:
  - exit: done
`;

const files = (segments: Readonly<Record<string, string>>) =>
  projectFiles({
    'workflows/journey/segments.yaml': `version: 1\nsegments:\n${Object.entries(segments)
      .map(([id, when]) => `  ${id}: { when: ${when} }\n`)
      .join('')}`,
    'workflows/journey/map.yaml': `version: 1
map: shop
personas:
  - { id: faithful, when: { segment: frequent } }
  - { id: rest, otherwise: true }
`,
    'workflows/came.yaml': `version: 1\nworkflow: came\n${started('{ enters_segment: recent }')}`,
    'workflows/went.yaml': `version: 1\nworkflow: went\n${started('{ leaves_segment: [recent, frequent] }')}`,
  });

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp({ files: files(SEGMENTS), backend: 'postgres', start: START });
});
afterAll(() => test.close());

/** A week or two of looking, buying and joining; every third one was a visitor before, known by another id. */
function histories(seed: number): readonly IncomingEvent[] {
  const random = dice(seed);
  const when = (from = 0): Instant =>
    START + Math.floor((from + random() * (DAYS - from)) * 24 * 60) * MINUTE;
  return Array.from({ length: PEOPLE }, (_, index) => `p${index}`).flatMap((user_id, index) => {
    const is_visitor = index % 3 === 0;
    const known_at = is_visitor ? START + (4 + 6 * random()) * DAY : START;
    const anonymous_id = `visitor ${user_id}`;
    const by = (moment: Instant) =>
      is_visitor && (moment < known_at || random() < 0.3) ? { anonymous_id } : { user_id };
    const events: IncomingEvent[] = [];
    for (let count = Math.floor(12 * random()); count > 0; count--) {
      const moment = when();
      events.push(tracked(by(moment), 'viewed', {}, { at: moment }));
    }
    // The other device, where he is known from the beginning.
    if (is_visitor) {
      const order = { order_id: `${user_id} elsewhere`, revenue: 10 };
      events.push(tracked({ user_id }, 'viewed', {}, { at: when() }));
      events.push(
        tracked({ user_id }, 'order_completed', order, {
          at: index % 2 === 0 ? START + HOUR : Math.round(known_at) - HOUR,
        }),
      );
    }
    for (let count = Math.floor(3 * random()); count > 0; count--) {
      const moment = when();
      const order = { order_id: `${user_id}-${count}`, revenue: 10 };
      events.push(tracked(by(moment), 'order_completed', order, { at: moment }));
    }
    if (random() < 0.5) events.push(identified({ user_id }, { plan: 'club' }, { at: when() }));
    if (random() < 0.5) events.push(identified({ user_id }, { plan: 'free' }, { at: when(8) }));
    if (is_visitor) events.push(identified({ user_id, anonymous_id }, {}, { at: Math.round(known_at) }));
    return events;
  });
}

interface Member {
  readonly [key: string]: unknown;
  readonly contact: Contact;
  readonly events: readonly Event[];
}

async function everybody(now: Instant): Promise<readonly Member[]> {
  const people: Member[] = [];
  for await (const batch of test.app.reader.contacts({})) {
    const events = await test.app.reader.eventsOf(
      batch.map(({ contact }) => contact.id),
      now,
    );
    for (const { contact } of batch) people.push({ contact, events: events.get(contact.id) ?? [] });
  }
  return people;
}

/** Asked anew of all that happened until then. */
function isIn(segment: string, { contact, events }: Member, now: Instant): boolean {
  const { project } = test.app.live();
  const profile = events
    .filter(({ occurred_at }) => occurred_at <= now)
    .reduce((known, event) => fold(known, event, project.memory), emptyProfile());
  const asked = project.segments.find(({ id }) => id === segment);
  const facts = { contact: { ...contact, profile }, now, zone: zoneOf(contact, project) };
  return asked?.when.answer(facts).holds ?? false;
}

async function kept(): Promise<readonly { segment: string; contact_id: string; since: number }[]> {
  const found = await test.app.db.execute<{ segment: string; contact_id: string; since: Date }>(
    sql`select segment, contact_id, since from segment_members order by segment, contact_id`,
  );
  return found.rows.map((row) => ({ ...row, since: new Date(row.since).getTime() }));
}

const sorted = (list: readonly string[]): string[] => [...list].sort();

describe('segments of random histories', () => {
  beforeAll(() => test.live(histories(5), START + DAYS * DAY - 1, DAY));

  it('hold the same people by rows, by contacts, by asking afresh and by SQL at several moments', async () => {
    // The clock goes on past the last event, so that only time moves people.
    for (const hours of [0, 7, 20, 33, 50, 75, 99, 130]) {
      const now = START + DAYS * DAY + hours * HOUR;
      await test.live([], now, DAY);
      const people = await everybody(now);
      const rows = await kept();
      for (const id of Object.keys(SEGMENTS)) {
        const by_rows = rows.filter(({ segment }) => segment === id).map(({ contact_id }) => contact_id);
        const by_contacts = people.filter(({ contact }) => Object.hasOwn(contact.segments, id));
        const afresh = people.filter((person) => isIn(id, person, now));
        const { when } = test.app.live().segments.segments[id] ?? {};
        if (!when) throw new Error(`there is no segment ${id}`);
        const in_sql = await test.app.segments.tryOut(when, test.app.live(), now, 1000);
        const expected = sorted(afresh.map(({ contact }) => contact.id));
        expect(sorted(by_rows), `${id} after ${hours} hours`).toEqual(expected);
        expect(sorted(by_contacts.map(({ contact }) => contact.id))).toEqual(expected);
        expect(sorted(in_sql.contacts.map((contact) => contact.id))).toEqual(expected);
        expect(in_sql.count).toBe(expected.length);
      }
    }
    const { segments } = await test.app.segments.counts(START + DAYS * DAY);
    expect(segments.map(({ segment }) => segment)).toEqual(sorted(Object.keys(SEGMENTS)));
  });

  it('have each coming and going at the very moment, once', async () => {
    const now = START + DAYS * DAY + 130 * HOUR;
    const merged = await test.app.db.execute<{ merged_into: string }>(
      sql`select distinct merged_into from contacts where merged_into is not null`,
    );
    const joined = new Set(merged.rows.map(({ merged_into }) => merged_into));
    expect(joined.size).toBeGreaterThan(3);
    const seen = { enters: 0, leaves: 0 };
    for (const person of await everybody(now)) {
      // What was told of one of two before they became one cannot be asked of both.
      if (joined.has(person.contact.id)) continue;
      const moves = await test.app.reader.segmentMoves(person.contact.id, now);
      for (const { segment, way, at: moment } of moves) {
        seen[way]++;
        expect(isIn(segment, person, moment), `${segment} at ${moment}`).toBe(way === 'enters');
        expect(isIn(segment, person, moment - 1), `${segment} before ${moment}`).toBe(way === 'leaves');
      }
      for (const segment of Object.keys(SEGMENTS)) {
        const ways = moves.filter((move) => move.segment === segment).map(({ way }) => way);
        expect(ways).toEqual(ways.map((_, index) => (index % 2 === 0 ? 'enters' : 'leaves')));
      }
    }
    expect(Math.min(seen.enters, seen.leaves)).toBeGreaterThan(30);
  });

  it('start a run for each coming and each going that is waited for', async () => {
    const mismatches = await test.app.db.execute(sql`
      with wanted as (
        select distinct contact_id, at, case when way = 'enters' then 'came' else 'went' end as workflow
        from segment_moves where (way = 'enters' and segment = 'recent') or (way = 'leaves' and segment in ('recent', 'frequent'))
      ), got as (select contact_id, entered_at as at, workflow from runs where outcome is distinct from 'merged')
      (select * from wanted except all select * from got)
      union all (select * from got except all select * from wanted)`);
    expect(mismatches.rows).toEqual([]);
    const runs = await test.app.db.execute<{ workflow: string; runs: number }>(
      sql`select workflow, count(*)::int as runs from runs group by workflow order by workflow`,
    );
    expect(runs.rows.map(({ workflow, runs: count }) => [workflow, count > 10])).toEqual([
      ['came', true],
      ['went', true],
    ]);
  });

  it('tell since when, also of people who were two before', async () => {
    const people = new Map((await everybody(Infinity)).map(({ contact }) => [contact.id, contact]));
    const rows = await kept();
    expect(rows.length).toBeGreaterThan(10);
    for (const { segment, contact_id, since } of rows) {
      expect(people.get(contact_id)?.segments[segment], segment).toBe(since);
    }
  });

  it('are counted and listed', async () => {
    const now = START + DAYS * DAY + 130 * HOUR;
    const { segments, personas, contacts } = await test.app.segments.counts(now);
    const rows = await kept();
    for (const { segment, people } of segments) {
      expect(people, segment).toBe(rows.filter((row) => row.segment === segment).length);
      const listed: string[] = [];
      for await (const batch of test.app.segments.members(segment)) listed.push(...batch.map(({ id }) => id));
      expect(listed).toEqual(
        rows.filter((row) => row.segment === segment).map(({ contact_id }) => contact_id),
      );
    }
    const lately = await test.app.db.execute<{ n: number }>(sql`
      select count(*)::int as n from segment_moves where segment = 'recent' and way = 'leaves'
        and at > ${new Date(now - 7 * DAY).toISOString()}`);
    expect(segments.find(({ segment }) => segment === 'recent')?.left).toBe(lately.rows[0]?.n);
    expect(personas.reduce((sum, { people }) => sum + people, 0)).toBe(contacts);
    expect(contacts).toBe((await everybody(now)).length);
  });
});

it('segments that are taken out of the project vanish, others stay, and new ones fill', async () => {
  const engine = await openEngine({ files: files(SEGMENTS) });
  try {
    const people = ['ana', 'eva', 'luis'];
    await engine.receive(
      ...people.map((user_id) => identified({ user_id }, { plan: 'club' })),
      tracked({ user_id: 'ana' }, 'order_completed', { order_id: '1', revenue: 10 }),
      tracked({ user_id: 'eva' }, 'viewed'),
    );
    await engine.settle();
    const members = () =>
      engine.query(sql`
        select segment, i.value as who, m.since from segment_members m
        join identities i on i.contact_id = m.contact_id order by segment, who`);
    const before = await members();
    expect(before.map(({ segment, who }) => `${String(segment)} ${String(who)}`)).toEqual([
      'buyers ana',
      ...people.map((who) => `club ${who}`),
      'lookers eva',
      'recent eva',
    ]);
    const { club: _club, buyers: _buyers, lookers: _lookers, ...fewer } = SEGMENTS;
    await engine.app.deploy(files({ ...fewer, anybody: '{ field: orders.count, at_least: 0 }' }));
    expect(await members()).toEqual(before.filter(({ segment }) => segment === 'recent'));
    await engine.settle();
    const after = await members();
    expect(after.filter(({ segment }) => segment !== 'anybody')).toEqual(
      before.filter(({ segment }) => segment === 'recent'),
    );
    expect(after.filter(({ segment }) => segment === 'anybody').map(({ who }) => who)).toEqual(people);
    const known = await engine.query<{ ids: string[] }>(sql`
      select array(select jsonb_object_keys(segments) order by 1) as ids from contacts c
      join identities i on i.contact_id = c.id order by i.value`);
    expect(known.map(({ ids }) => ids)).toEqual([['anybody'], ['anybody', 'recent'], ['anybody']]);
  } finally {
    await engine.close();
  }
});

/** From 0 to 1, the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
