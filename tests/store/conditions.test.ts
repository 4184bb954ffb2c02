/** Conditions in SQL say the same of everybody as the conditions that decide: by trying many of many people. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compileCondition,
  conditionSchema,
  NOTHING_AROUND,
  type Condition,
  type Conditions,
} from '../../src/core/conditions/condition.ts';
import { latestOf } from '../../src/core/conditions/subjects/event.ts';
import { derivedValues } from '../../src/core/conditions/subjects/field.ts';
import { zoneOf } from '../../src/core/contacts/locale.ts';
import { planMemory, remember } from '../../src/core/contacts/memory.ts';
import type { Event } from '../../src/core/events/event.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { moodsOf } from '../../src/core/messages/mood.ts';
import { personasOf } from '../../src/core/segments/personas.ts';
import { countAudience, previewAudience } from '../../src/store/audience.ts';
import { conditionSql, type Written } from '../../src/store/conditions/condition-sql.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { iso, rows } from '../../src/store/values.ts';
import { aContact, afterEvents, anEvent, at, DAY } from '../support/build.ts';
import { newDatabase } from '../support/database.ts';
import { NOW, peopleOf, rules, type Person } from '../support/random-conditions.ts';

let store: OpenDatabase;

beforeAll(async () => {
  const url = await newDatabase();
  await migrateDatabase(url);
  store = openDatabase(url, { max: 1 });
});

afterAll(() => store.close());

const PLAIN: Written = { time_zone: 'Europe/Madrid', moods: [], segments: {}, personas: [] };

/** These people and nobody else. */
async function settle(people: readonly Person[]): Promise<void> {
  await store.db.execute(sql`truncate contacts, events`);
  const contacts = people.map(({ contact }) => ({
    ...contact,
    derived: derivedValues(contact.profile),
    stage_since: iso(contact.stage_since),
  }));
  await store.db.execute(sql`
    insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, stages_left, derived, created_at)
    select id, 0, profile, '', '{}', '[]', stage, stage_since, stages_left, derived, now()
    from json_to_recordset(${rows(contacts)}) as c (id uuid, profile jsonb, stage text, stage_since timestamptz,
      stages_left jsonb, derived jsonb)`);
  const events = people.flatMap(({ contact, events: list }) =>
    list.map((event) => ({ ...event, contact_id: contact.id, occurred_at: iso(event.occurred_at) })),
  );
  await store.db.execute(sql`
    insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
    select gen_random_uuid(), contact_id, id, type, name, properties, occurred_at, occurred_at, 'test'
    from json_to_recordset(${rows(events)}) as e (id text, contact_id uuid, type text, name text, properties jsonb,
      occurred_at timestamptz)`);
}

/** Whom the database finds. */
async function found(condition: Condition, written: Written = PLAIN, now = NOW): Promise<string[]> {
  const { rows: list } = await store.db.execute<{ id: string }>(
    sql`select c.id from contacts c where ${conditionSql(condition, written, now)}`,
  );
  return list.map(({ id }) => id).sort();
}

/** Of whom the code says that the condition holds. */
function decided(people: readonly Person[], condition: Condition, written: Written = PLAIN): string[] {
  const question = compileCondition(condition, around(written));
  const plan = planMemory(question.memory);
  const holding = people.filter(({ contact: known, events }) => {
    const memory = events.reduce((before, event) => remember(before, event, plan), {});
    const contact = { ...known, profile: { ...known.profile, memory } };
    return question.answer({ contact, now: NOW, zone: zoneOf(contact, written) }).holds;
  });
  return holding.map(({ contact }) => contact.id).sort();
}

/** What a condition may refer to, as a project is loaded: segments segments, personas those, and moods both. */
function around(written: Written): Conditions {
  const segment: Conditions['segment'] = (id) => {
    const when = written.segments[id];
    return when && compileCondition(when, { ...NOTHING_AROUND, segment });
  };
  const alone = { ...NOTHING_AROUND, segment };
  const personas = personasOf(
    written.personas.map(({ id, when }) => ({ id, when: when && compileCondition(when, alone) })),
  );
  const moods = moodsOf(
    written.moods.map(({ id, when, ends_when }) => ({
      id,
      when: when && compileCondition(when, { ...alone, personas }),
      ends_when: ends_when && latestOf(ends_when),
    })),
  );
  return { moods, personas, segment };
}

test('any condition finds the same people as the one that decides', { timeout: 60_000 }, async () => {
  const people = peopleOf(20260329, 150);
  await settle(people);
  let parting = 0;
  await fc.assert(
    fc.asyncProperty(rules, async ({ condition, written }) => {
      const expected = decided(people, condition, written);
      if (expected.length > 0 && expected.length < people.length) parting++;
      expect(await found(condition, written)).toEqual(expected);
    }),
    { numRuns: RULES },
  );
  // Where everybody or nobody is meant, agreeing says little.
  expect(parting).toBeGreaterThan(RULES / 3);
});

const RULES = 200;

function aPerson(name: string, fields: JsonObject, events: readonly Event[] = []) {
  const known = aContact({ id: randomUUID(), fields });
  return { name, person: { contact: known, events } satisfies Person };
}

function parse(input: object): Condition {
  return conditionSchema.parse(input);
}

describe('operators', () => {
  const VALUES = {
    seven: 7,
    'seven as text': ' 7.0 ',
    'a price': '89.90',
    word: 'Ñandú',
    capitals: 'ÑANDÚ',
    'without accent': 'nandu',
    empty: '',
    nothing: null,
    yes: true,
    list: ['ñandú', 7],
    map: { a: 7 },
    day: '2026-03-29',
    hour: '2026-03-29T23:30',
    moment: '2026-03-28T23:30Z',
    milliseconds: NOW,
  };
  type Name = keyof typeof VALUES;
  const NUMBERS: readonly Name[] = ['seven', 'seven as text', 'a price', 'milliseconds'];
  const all = Object.keys(VALUES) as Name[];
  const but = (...names: readonly Name[]): Name[] => all.filter((name) => !names.includes(name));
  const people = Object.entries(VALUES).map(([name, given]) => aPerson(name, { given }));

  beforeAll(() => settle(people.map(({ person }) => person)));

  test.each<[object, readonly Name[]]>([
    [{ is: 7 }, ['seven', 'seven as text']],
    [{ is: '7' }, ['seven']],
    [{ is: 'ñANDÚ' }, ['word', 'capitals']],
    [{ is: true }, ['yes']],
    [{ is: 'true' }, []],
    [{ is: '' }, ['empty']],
    [{ is: '2026-03-29' }, ['day', 'hour', 'moment', 'milliseconds']],
    [{ is: '2026-03-29T23:30' }, ['day', 'hour']],
    [{ is: '2026-03-29T12:00Z' }, ['day', 'milliseconds']],
    [{ is_not: 7 }, but('seven', 'seven as text')],
    [{ is_not: 'ñandú' }, but('word', 'capitals')],
    [{ in: ['nandu', 89.9] }, ['without accent', 'a price']],
    [{ not_in: ['nandu', true] }, but('without accent', 'yes')],
    [{ at_least: 89.9 }, ['a price', 'milliseconds']],
    [{ at_least: '89.9' }, ['a price', 'milliseconds', 'word', 'capitals', 'without accent']],
    [{ at_most: 7 }, ['seven', 'seven as text']],
    [{ more_than: 7 }, ['a price', 'milliseconds']],
    [{ less_than: 8 }, ['seven', 'seven as text']],
    [{ less_than: '2026-03-29T23:30' }, ['moment', 'milliseconds', 'seven']], // as milliseconds
    [{ more_than: '2026-03-29T12:00Z' }, ['hour']],
    [{ between: [7, 90] }, ['seven', 'seven as text', 'a price']],
    [{ between: ['N', 'Ñz'] }, ['word', 'capitals', 'without accent']],
    [{ between: ['2026-03-29', '2026-03-29'] }, ['day', 'hour', 'moment', 'milliseconds']],
    [{ contains: 'AND' }, ['word', 'capitals', 'without accent']],
    [{ contains: 'ñandú' }, ['word', 'capitals', 'list']],
    [{ contains: 7 }, ['seven', 'seven as text', 'list', 'milliseconds']],
    [{ not_contains: 'an' }, but('word', 'capitals', 'without accent')],
    [{ contains_any: ['ÑA', 'na'] }, ['word', 'capitals', 'without accent']],
    [{ contains_all: ['n', 'ú'] }, ['word', 'capitals']],
    [{ starts_with: 'ña' }, ['word', 'capitals']],
    [{ ends_with: 'DU' }, ['without accent']],
    [{ ends_with: 7 }, ['seven']],
    [{ exists: true }, but('empty', 'nothing')],
    [{ exists: false }, ['empty', 'nothing']],
    [{ more_than: 0, less_than: 1e13 }, NUMBERS],
  ])('%j', async (operators, expected) => {
    const condition = parse({ field: 'given', ...operators });
    const ids = await found(condition);
    const names = people.filter(({ person }) => ids.includes(person.contact.id)).map(({ name }) => name);
    expect(names).toEqual(all.filter((name) => expected.includes(name)));
    expect(ids).toEqual(
      decided(
        people.map(({ person }) => person),
        condition,
      ),
    );
  });
});

test('every letter of Latin script has the small form that JavaScript gives it', async () => {
  const letters = Array.from({ length: 0x250 }, (_, code) => String.fromCodePoint(code)).filter(
    (letter) => /\p{L}/u.test(letter) && letter !== 'İ',
  );
  const people = letters.map((letter) => aPerson(letter, { given: letter }));
  await settle(people.map(({ person }) => person));
  for (const sought of ['áéíóúüñç', 'åßœÿžšő', 'abcdefghijklmnopqrstuvwxyz']) {
    const condition = parse({ field: 'given', in: [...sought] });
    const wanted = people.filter(({ name }) => sought.includes(name.toLowerCase()));
    expect(await found(condition)).toEqual(wanted.map(({ person }) => person.contact.id).sort());
  }
  const after = parse({ field: 'given', more_than: 'Ñ' });
  expect(await found(after)).toEqual(
    decided(
      people.map(({ person }) => person),
      after,
    ),
  );
});

describe('what would be an error of the database is an answer', () => {
  const ODD: Readonly<Record<string, Json>> = {
    huge: '1e999',
    tiny: '1e-999',
    long: '9'.repeat(400),
    largest: Number.MAX_VALUE,
    'no day': '2026-02-30',
    'no hour': '2026-03-29T25:00',
    'no year': '0000-01-01',
    'no offset': '2026-03-29T12:00+99:99',
    quotes: `'); drop table contacts; --`,
  };

  test.each([
    { field: 'given', at_least: 5 },
    { field: 'given', at_least: '2026-01-01' },
    { field: 'given', within: '1 day' },
    { field: `given'); drop table contacts; --`, is: `'); drop table contacts; --` },
    { field: 'given', is: '0000-01-01' },
    { date: 'given', every: 'year', is: 'today' },
    { event: 'told', where: { given: { more_than: 5 }, "a'b": { exists: false } } },
    { event: 'told', sum_of: 'given', at_least: 0 },
  ])('%j', async (input) => {
    const people = Object.entries(ODD).map(
      ([name, given]) => aPerson(name, { given }, [anEvent('told', { given }, NOW - 1)]).person,
    );
    await settle(people);
    expect(Array.isArray(await found(parse(input)))).toBe(true);
    expect(await countAudience(store.db, parse({ field: 'given', exists: true }), PLAIN, NOW)).toBe(
      people.length,
    );
  });
});

describe('clocks', () => {
  test.each([
    ['2025-10-26T02:30', '2025-10-26T00:30Z', 'Europe/Madrid'], // shown twice: the first time
    ['2026-03-29T02:30', '2026-03-29T01:30Z', 'Europe/Madrid'], // never shown: 03:30
    ['2026-07-01T12:00', '2026-07-01T10:00Z', 'CET'], // with summer time
    ['2026-07-01T12:00', '2026-07-01T09:00Z', 'EET'],
    ['2026-07-01T12:00', '2026-07-01T11:00Z', 'WET'],
    ['2026-07-01T12:00', '2026-07-01T16:00Z', 'america/new_york'],
    ['2026-07-01T12:00', '2026-07-01T17:00Z', 'Nowhere/Land'], // the project's
    ['2026-07-01T12:00', '2026-07-01T17:00Z', '+02:00'],
  ])('%s is %s in %s', async (given, moment, time_zone) => {
    const { person } = aPerson('', { given, time_zone });
    await settle([person]);
    const written = { ...PLAIN, time_zone: 'America/Bogota' };
    const later = new Date(at(moment) + 1).toISOString();
    expect(await found(parse({ field: 'given', is: moment }), written)).toHaveLength(1);
    expect(await found(parse({ field: 'given', is: later }), written)).toHaveLength(0);
  });

  test.each([
    ['02-29', '2026-02-28T12:00Z', 1],
    ['2024-02-29', '2027-02-28T12:00Z', 1],
    ['2024-02-29', '2028-02-28T12:00Z', 0],
    ['2024-02-29', '2028-02-29T12:00Z', 1],
    ['2027-02-28', '2026-02-28T12:00Z', 0], // not before its first
    ['1990-12-31', '2026-12-31T22:59Z', 1],
    ['1990-12-31', '2026-12-31T23:00Z', 0], // it is next year in Madrid
  ])('a birthday on %s is kept at %s: %i', async (birthday, moment, kept) => {
    await settle([aPerson('', { birthday }).person]);
    const condition = parse({ date: 'birthday', every: 'year', is: 'today' });
    expect(await found(condition, PLAIN, at(moment))).toHaveLength(kept);
  });
});

describe('what is reckoned from several events', () => {
  const wrote = (days: number, angry: boolean) => anEvent('wrote', { angry }, NOW - days * DAY);
  const thanked = (days: number) => anEvent('thanked', {}, NOW - days * DAY);

  test.each<[string, readonly Event[], boolean]>([
    ['stands', [wrote(9, true)], true],
    ['stands while what ends it was before', [thanked(9), wrote(8, true)], true],
    ['is ended', [wrote(9, true), thanked(8)], false],
    [
      'begins anew with any of the events that are looked at',
      [wrote(9, true), thanked(8), wrote(7, false)],
      true,
    ],
  ])('a mood %s', async (_, events, stands) => {
    const upset = { event: 'wrote', which: 'first', where: { angry: true } };
    const written: Written = {
      ...PLAIN,
      moods: [{ id: 'upset', when: parse(upset), ends_when: { event: ['thanked'] } }],
    };
    const { person } = aPerson('', {}, events);
    await settle([person]);
    const ids = stands ? [person.contact.id] : [];
    expect(await found(parse({ mood: 'upset' }), written)).toEqual(ids);
    expect(decided([person], parse({ mood: 'upset' }), written)).toEqual(ids);
  });

  test('the churn risk is that of the rhythm of one’s own orders', async () => {
    const rhythms = [
      [400],
      [30, 60],
      [40, 45, 55],
      [40, 45, 55, 70],
      [20, 60, 61, 62, 63],
      [48, 78, 98, 138, 188],
      [90, 91, 92, 95, 140, 200],
    ];
    const scaled = rhythms.flatMap((days) => [0.3, 1, 2.4].map((by) => days.map((day) => day * by)));
    const people = scaled.map((days) => {
      const orders = days.map((day, id) =>
        anEvent('order_completed', { order_id: `o${id}`, revenue: 1 }, NOW - day * DAY),
      );
      const { person } = aPerson('', {}, orders);
      return { ...person, contact: afterEvents(orders, [], person.contact) };
    });
    await settle(people);
    const sizes: number[] = [];
    for (const churn_risk of ['low', 'medium', 'high']) {
      const ids = await found(parse({ churn_risk }));
      expect(ids).toEqual(decided(people, parse({ churn_risk })));
      sizes.push(ids.length);
    }
    expect(Math.min(...sizes)).toBeGreaterThan(2);
  });
});

describe('an audience', () => {
  const viewed = (count: number, when = NOW - DAY) =>
    Array.from({ length: count }, () => anEvent('product_viewed', {}, when));

  test('events that are still to come do not count', async () => {
    const { person } = aPerson('', {}, viewed(1, NOW + 1));
    await settle([person]);
    expect(await found(parse({ event: 'product_viewed' }))).toEqual([]);
    expect(await found(parse({ event: 'product_viewed', which: 'last' }), PLAIN, NOW + 1)).toHaveLength(1);
  });

  test('who has not been decided yet has an empty cart and no orders', async () => {
    const { person } = aPerson('', {});
    await settle([person]);
    await store.db.execute(sql`update contacts set derived = '{}'`);
    expect(
      await found(
        parse({
          all: [
            { field: 'cart.value', is: 0 },
            { field: 'orders.count', at_most: 0 },
          ],
        }),
      ),
    ).toHaveLength(1);
    expect(await found(parse({ field: 'orders.last', exists: true }))).toHaveLength(0);
  });

  test('is counted without contacts that turned out to be others, and its latest contacts are shown', async () => {
    const people = ['Ana', 'Blas', 'Cleo', 'Dora'].map(
      (first_name) => aPerson('', { first_name }, viewed(3)).person,
    );
    await settle([...people, aPerson('', {}, viewed(1)).person]);
    const [merged, ...others] = people.map(({ contact }) => contact);
    await store.db.execute(sql`update contacts set merged_into = ${others[0]?.id} where id = ${merged?.id}`);
    const condition = parse({ event: 'product_viewed', at_least: 2, within: '7 days' });
    expect(await countAudience(store.db, condition, PLAIN, NOW)).toBe(3);
    const latest = others.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 2);
    expect(await previewAudience(store.db, condition, PLAIN, NOW, 2)).toEqual({
      count: 3,
      contacts: latest.map(({ id, profile }) => ({
        id,
        email: 'ana@example.com',
        first_name: profile.fields.first_name?.value,
        stage: 'awareness',
      })),
    });
    const nobody = parse({ event: 'product_viewed', at_least: 9 });
    expect(await previewAudience(store.db, nobody, PLAIN, NOW, 2)).toEqual({ count: 0, contacts: [] });
  });

  test.each([
    { event: 'product_viewed', at_least: 3, within: '14 days' },
    { event: 'product_viewed', which: 'last', within: '14 days' },
    { event: 'product_viewed', sum_of: 'price', more_than: 10 },
    { message: 'welcome', was: 'delivered', within: '14 days' },
  ])('%j reads the events of each contact by their index', async (input) => {
    await settle([]);
    await store.db.execute(sql`
      with people as (
        insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, created_at)
        select gen_random_uuid(), 0, '{}', '', '{}', '[]', 'awareness', now(), now() from generate_series(1, 500) returning id
      )
      insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select gen_random_uuid(), id, '', 'track', 'product_viewed', '{}', now(), now(), '' from people, generate_series(1, 20)`);
    await store.db.execute(sql`analyze contacts, events`);
    const { rows: plan } = await store.db.execute(
      sql`explain select count(*) from contacts c where ${conditionSql(parse(input), PLAIN, NOW)}`,
    );
    expect(JSON.stringify(plan)).toContain('events_contact');
    expect(JSON.stringify(plan)).not.toContain('Seq Scan on events');
  });
});
