/**
 * Any condition that a marketer may write, and any people to ask it of. Letters are those of English and Spanish, and
 * some of their neighbours: Turkish and Greek have letters of which PostgreSQL and JavaScript make different small ones.
 */
import fc from 'fast-check';
import { conditionSchema, type Condition } from '../../src/core/conditions/condition.ts';
import { CHURN_RISKS } from '../../src/core/conditions/subjects/churn-risk.ts';
import { WEEKDAYS } from '../../src/core/time/date.ts';
import { eventConditionSchema, type EventCondition } from '../../src/core/conditions/subjects/event.ts';
import { DERIVED_FIELDS } from '../../src/core/conditions/subjects/field.ts';
import { MESSAGE_FATES } from '../../src/core/conditions/subjects/message.ts';
import { newContact, type Contact } from '../../src/core/contacts/contact.ts';
import { byOccurrence, fold } from '../../src/core/contacts/fold.ts';
import { planMemory } from '../../src/core/contacts/memory.ts';
import type { Event, Instant } from '../../src/core/events/event.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Written } from '../../src/store/conditions/condition-sql.ts';
import { anEvent, at, DAY, HOUR } from './build.ts';

/** When everybody is asked: in Madrid on a Sunday, on the day on which the clocks go forward. */
export const NOW = at('2026-03-29T12:00');

export interface Person {
  readonly contact: Contact;
  readonly events: readonly Event[];
}

const STAGES = ['awareness', 'decision', 'experience'];
const EVENTS = ['product_viewed', 'product_added', 'order_completed', 'survey_answered', 'wrote'];
const FATES = MESSAGE_FATES.map((fate) => `message_${fate}`);
const FIELDS = [
  'name',
  'age',
  'tags',
  'birthday',
  'address.city',
  'address.tags.0',
  'list.length',
  'list.01',
];
const SEGMENTS = ['regulars', 'quiet', 'both'];
const PERSONAS = ['saver', 'spender', 'rest'];
const MOODS = ['upset', 'happy', 'calm'];

/** Words that are alike but for case, spaces, accents or the way a number is written. */
const texts = fc.constantFrom(
  ...[
    'Málaga',
    'MÁLAGA',
    'malaga',
    'ñandú',
    'ÑANDÚ',
    'über',
    'Ü',
    'a',
    'A',
    'la',
    '',
    ' ',
    'true',
    '%',
    'x\ny',
  ],
  ...[
    '7',
    '7.0',
    ' 7 ',
    '07',
    '+7',
    '7.',
    '.5',
    '1e3',
    '-3.5',
    '89.90',
    '89.9',
    'Infinity',
    'NaN',
    '1.2.3',
    '1e',
  ],
);
const numbers = fc.constantFrom(0, 7, 0.5, -3.5, 89.9, 1000, 28013, 0.1, 123456789.123);
const days = fc.constantFrom(
  ...['2026-03-29', '2026-03-28', '2026-03-30', '2026-02-28', '2025-12-31', '2027-01-01', '2026-04-29'],
  ...['2024-02-29', '2000-02-29', '1987-03-29', '1990-03-31', '2026-02-30', '2026-13-01', '2026-3-1'],
);
const moments = fc.constantFrom(
  ...[
    '2026-03-29T02:30',
    '2026-03-29 03:30:00',
    '2025-10-26T02:30',
    '2026-03-29T14:00',
    '2026-03-29T14:00:00.5',
  ],
  ...['2026-03-29T12:00Z', '2026-03-29T12:00:00.000Z', '2026-03-29T14:00+02:00', '2026-03-28T23:30-0600'],
  ...['2026-03-29T00:30+05:30', '2026-03-29T24:00', '2026-03-29T12:60', '2026-03-29T12:00+02', '2026-03-29T'],
);
const monthDays = fc.constantFrom('03-29', '--03-30', '02-29', '--02-28', '12-31', '--04-31', '13-01');
const instants = fc
  .tuple(fc.integer({ min: -900, max: 20 }), fc.constantFrom(0, 1, -1, 500, HOUR, -5 * HOUR))
  .map(([ago, off]) => NOW + ago * DAY + off);
const scalars = fc.oneof(texts, numbers, fc.boolean(), days, moments, monthDays, instants);
const values: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 2, arbitrary: fc.array(scalars, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, {}, [[7]], { city: 'Vigo', 0: 7 }) },
);

const durations = fc.constantFrom(
  ...[
    '1 second',
    '1 minute',
    '1 hour',
    '30 hours',
    '1 day',
    '7 days',
    '2 weeks',
    '1 month',
    '11 months',
    '2 years',
  ],
);
const bounds = fc.oneof(numbers, texts, days, moments, instants);
const pieces = fc.oneof(numbers, texts, days);

const operators = picked(
  {
    is: scalars,
    is_not: scalars,
    in: fc.array(scalars, { minLength: 1, maxLength: 3 }),
    not_in: fc.array(scalars, { minLength: 1, maxLength: 3 }),
    at_least: bounds,
    at_most: bounds,
    more_than: bounds,
    less_than: bounds,
    between: fc.tuple(bounds, bounds),
    contains: pieces,
    not_contains: pieces,
    contains_any: fc.array(pieces, { minLength: 1, maxLength: 2 }),
    contains_all: fc.array(pieces, { minLength: 1, maxLength: 2 }),
    starts_with: pieces,
    ends_with: pieces,
    exists: fc.boolean(),
  },
  1,
  2,
);

/** Some of these keys, each with a value of its own. */
function picked(
  shelf: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  least: number,
  most: number,
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .subarray(Object.keys(shelf), { minLength: least, maxLength: Math.min(most, Object.keys(shelf).length) })
    .chain((keys) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, shelf[key] as fc.Arbitrary<unknown>]))),
    );
}

const where = fc.dictionary(
  fc.constantFrom('score', 'survey', 'note', 'deep.city', 'products.0.product_id', 'products.length'),
  fc.oneof(scalars, operators),
  { minKeys: 1, maxKeys: 2 },
);
const often = fc.integer({ min: 0, max: 4 });
const names = fc.uniqueArray(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 2 });
const counts = { at_least: often, at_most: often, more_than: often, less_than: often, times: often };
const amounts = fc.constantFrom(-10, 0, 0.3, 7, 20.5, 89.9, 100);

const eventParts = fc.oneof(
  joined(
    { event: names },
    { where, ...counts, within: durations, after: names, since: fc.constant('entry') },
  ),
  joined({ event: names, not_within: durations }, { where, after: names }),
  joined(
    { event: names, sum_of: fc.constantFrom('score', 'total', 'deep.amount') },
    {
      where,
      at_least: amounts,
      at_most: amounts,
      more_than: amounts,
      less_than: amounts,
      within: durations,
      after: names,
    },
  ),
  joined(
    { event: names, which: fc.constantFrom('first', 'last') },
    { where, within: durations, not_within: durations },
  ),
  joined({ event: names, before: names }, { where, after: names }),
);

/** What must be there, and some of what may. */
function joined(
  needed: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  more: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.tuple(fc.record(needed), picked(more, 0, 2)).map(([must, may]) => ({ ...must, ...may }));
}

const near = fc.constantFrom('today', 'yesterday', 'tomorrow');
const dayOrNear = fc.oneof(days, near);
const lengths = fc.constantFrom('1 day', '7 days', '2 weeks', '1 month', '11 months', '2 years');
const dayQuestions = {
  is: fc.uniqueArray(dayOrNear, { minLength: 1, maxLength: 2 }),
  before: dayOrNear,
  after: dayOrNear,
  between: fc.tuple(dayOrNear, dayOrNear),
  within: lengths,
  not_within: lengths,
  within_next: lengths,
};
const dated = fc.constantFrom('birthday', 'birthday', 'name', 'orders.last', 'address.city');
const dateParts = fc.oneof(
  joined({ date: dated }, dayQuestions),
  joined({ date: fc.constant('today') }, { is: days, before: days, after: days }),
);

/** Their answer comes round for ever. */
const recurring = fc.oneof(
  joined(
    { date: dated, every: fc.constant('year') },
    { within: lengths, not_within: lengths, within_next: lengths, is: near },
  ),
  joined(
    { date: fc.constant('today'), is: fc.subarray([...WEEKDAYS], { minLength: 1 }) },
    { before: days, after: days },
  ),
  joined(
    {
      date: dated,
      is: fc.uniqueArray(fc.constantFrom(...WEEKDAYS, 'today', '2024-02-29'), { minLength: 1 }),
    },
    {},
  ),
);

const messageParts = joined(
  {
    message: fc.uniqueArray(fc.constantFrom('welcome', 'Offer'), { minLength: 1 }),
    was: fc.constantFrom(...MESSAGE_FATES),
  },
  { ...counts, within: durations, not_within: durations },
);
const windows = { within: durations, not_within: durations, within_next: durations };
const fieldNames = fc.constantFrom(...FIELDS, ...FIELDS, ...DERIVED_FIELDS);
const fieldParts = fc
  .tuple(fieldNames, operators, picked(windows, 0, 1), fc.boolean())
  .map(([field, tests, window, isAlone]) => {
    return { field, ...(isAlone && Object.keys(window).length > 0 ? {} : tests), ...window };
  });
const someOf = (list: readonly string[]) => fc.subarray([...list], { minLength: 1, maxLength: 2 });
const stageParts = fc.oneof(
  joined({ stage: someOf(STAGES) }, { for: durations }),
  joined({ stage: someOf(STAGES), was: fc.constant('ever') }, { within: durations }),
);

const alone = [
  { weight: 6, arbitrary: fieldParts },
  { weight: 6, arbitrary: eventParts },
  { weight: 3, arbitrary: dateParts },
  { weight: 3, arbitrary: messageParts },
  { weight: 2, arbitrary: stageParts },
  { weight: 1, arbitrary: fc.record({ churn_risk: someOf(CHURN_RISKS) }) },
];

/** Conditions that refer to these ones. */
function referring(...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<Condition> {
  const single = fc.oneof(...alone, ...parts.map((arbitrary) => ({ weight: 2, arbitrary })));
  const { any } = fc.letrec<{ any: object; several: object[] }>((tie) => ({
    several: fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: single },
      { weight: 1, arbitrary: fc.record({ all: tie('several') }) },
      { weight: 1, arbitrary: fc.record({ any: tie('several') }) },
      { weight: 1, arbitrary: fc.record({ none: tie('several') }) },
    ),
  }));
  return parsed(any, conditionSchema);
}

interface Schema<T> {
  safeParse(input: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

/** What the schema lets through. */
function parsed<T>(inputs: fc.Arbitrary<unknown>, schema: Schema<T>): fc.Arbitrary<T> {
  return inputs
    .map((input) => schema.safeParse(input).data)
    .filter((value) => value !== undefined) as fc.Arbitrary<T>;
}

const bySegment = fc.record({ segment: someOf([...SEGMENTS, 'unknown']) });
const byPersona = fc.record({ persona: someOf([...PERSONAS, 'unknown']) });
const byMood = fc.record({ mood: someOf([...MOODS, 'none']) });

const plain = referring();
const written: fc.Arbitrary<Written> = fc
  .record({
    segments: fc.tuple(plain, plain),
    personas: fc.tuple(referring(bySegment), plain, fc.boolean()),
    moods: fc.tuple(referring(bySegment, byPersona), plain, fc.boolean()),
    ends: fc.array(parsed<EventCondition>(joined({ event: names }, { where }), eventConditionSchema), {
      minLength: 2,
      maxLength: 2,
    }),
    time_zone: fc.constantFrom('Europe/Madrid', 'America/Bogota'),
  })
  .map(({ segments, personas, moods, ends, time_zone }) => ({
    time_zone,
    segments: {
      regulars: segments[0],
      quiet: segments[1],
      both: { subject: 'all', all: [{ subject: 'segment', segment: ['regulars'] }, segments[1]] },
    },
    personas: [
      { id: 'saver', when: personas[0] },
      { id: 'spender', when: personas[1] },
      ...(personas[2] ? [{ id: 'rest', when: null }] : []),
    ],
    moods: [
      { id: 'upset', when: moods[0], ends_when: ends[0] ?? null },
      { id: 'happy', when: moods[1], ends_when: null },
      ...(moods[2] ? [{ id: 'calm', when: null, ends_when: null }] : []),
    ],
  }));

/** A condition and everything that it may refer to. */
export const rules = fc.record({
  condition: fc.oneof(
    { weight: 9, arbitrary: referring(bySegment, byPersona, byMood) },
    // By themselves: a combination of them that never changes is asked for a thousand years ahead.
    { weight: 1, arbitrary: parsed(recurring, conditionSchema) },
  ),
  written,
});

// People

const properties: fc.Arbitrary<JsonObject> = fc
  .tuple(
    picked(
      {
        score: fc.oneof(numbers, texts),
        survey: fc.constantFrom('nps', 'NPS', 'csat'),
        note: values,
        total: fc.oneof(numbers, fc.constantFrom('12.34', '0.00005', '1e14', true)),
        deep: fc.constantFrom({ city: 'Vigo', amount: 10.10005 }, { city: 'VIGO', amount: '-2.5' }, 'Vigo'),
        message: fc.constantFrom('welcome', 'WELCOME', 'offer'),
        machine: fc.constantFrom(true, false, 'true'),
        quantity: fc.integer({ min: 0, max: 3 }),
        order_id: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5'),
        revenue: numbers,
      },
      0,
      7,
    ),
    fc.array(fc.record({ product_id: fc.constantFrom('p1', 'P1', '7'), price: fc.constantFrom(5, 19.9) }), {
      maxLength: 2,
    }),
  )
  .map(([some, products]) => ({
    ...(some as JsonObject),
    product_id: 'p1',
    price: 9.5,
    ...(products.length > 0 && { products }),
  }));

/** Also exactly on the edges of windows, and one millisecond beside. */
const happenedAt: fc.Arbitrary<Instant> = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 0, 1, 7, 14, 30, 330, 730), fc.integer({ min: 0, max: 800 })),
    fc.constantFrom(0, 0, 1, -1, 1000, HOUR, 30 * HOUR, 9_999_999),
  )
  .map(([ago, off]) => Math.min(NOW, NOW - ago * DAY - off));

const events: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.tuple(fc.constantFrom(...EVENTS, ...EVENTS, 'order_cancelled', ...FATES), properties, happenedAt),
    { maxLength: 25, size: 'max' },
  )
  .map((list) => list.map(([name, given, when]) => anEvent(name, given, when)));

const zones = fc.constantFrom(
  ...[
    'Europe/Madrid',
    'america/new_york',
    'Asia/Kolkata',
    'Pacific/Auckland',
    'America/Santiago',
    'CET',
    'UTC',
  ],
  ...['+02:00', 'Nowhere/Land', '', 7],
);
const fields = fc
  .tuple(
    picked(
      {
        name: values,
        age: values,
        tags: values,
        birthday: fc.oneof(days, moments, monthDays, instants, values),
      },
      0,
      4,
    ),
    picked(
      {
        address: fc.oneof(fc.record({ city: values, tags: values }), values),
        list: values,
        time_zone: zones,
        email: fc.constant('ana@shop.example'),
        first_name: texts,
      },
      0,
      5,
    ),
  )
  .map(([some, others]) => ({ ...some, ...others }) as JsonObject);

const people = fc.record({
  id: fc.uuid({ version: 7 }),
  events,
  fields,
  consent: fc.constantFrom('none', 'consent_given', 'unsubscribed'),
  stage: fc.constantFrom(...STAGES),
  stage_since: happenedAt,
  stages_left: fc.dictionary(fc.constantFrom(...STAGES), happenedAt),
});

/** The same people for the same seed. */
export function peopleOf(seed: number, count: number): readonly Person[] {
  return fc
    .sample(people, { seed, numRuns: count })
    .map(({ id, stage, stage_since, stages_left, ...told }) => {
      const known = [anEvent('identified', told.fields, NOW - 1000 * DAY), ...told.events];
      const all = told.consent === 'none' ? known : [...known, anEvent(told.consent, {}, NOW - DAY)];
      const ordered = all.toSorted(byOccurrence);
      const contact = newContact(id, stage, stage_since);
      const profile = ordered.reduce((before, event) => fold(before, event, NOTHING), contact.profile);
      return { contact: { ...contact, profile, stages_left }, events: ordered };
    });
}

const NOTHING = planMemory([]);
