import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { Facts, Question } from '../../../src/core/conditions/answer.ts';
import { always } from '../../../src/core/conditions/answer.ts';
import type { Condition } from '../../../src/core/conditions/condition.ts';
import { newContact } from '../../../src/core/contacts/contact.ts';
import type { Event } from '../../../src/core/events/event.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { reason } from '../../../src/core/reason.ts';
import {
  compileTrigger,
  triggerSchema,
  type TriggerSource,
} from '../../../src/core/workflows/triggers/index.ts';
import type { Trigger } from '../../../src/core/workflows/workflow.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import { readYaml } from '../../../src/project/yaml.ts';

const MADRID = 'Europe/Madrid';
const DAY = 86_400_000;

/** Each with clocks that do something of their own; Apia and Kiritimati have left out whole days. */
const ZONES = [
  'UTC',
  MADRID,
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
];

const anyZone = fc.constantFrom(...ZONES);
const anyInstant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2037, 0, 1) });

const schema = z.strictObject({ enter_when: triggerSchema });

function read(yaml: string): TriggerSource {
  const { value, problems } = readYaml('w.yaml', `enter_when: ${yaml}\n`, schema);
  if (value === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return value.enter_when;
}

function complaints(yaml: string): string[] {
  const { problems } = readYaml('w.yaml', `enter_when: ${yaml}\n`, schema);
  return problems.map(({ column, message }) => `${column}: ${message}`);
}

const asked: Condition[] = [];
const holds: Question = { answer: () => always(true), because: () => reason('', ''), memory: [] };

function compile(yaml: string, time_zone = MADRID): Trigger {
  const question = (condition: Condition): Question => {
    asked.push(condition);
    return holds;
  };
  return compileTrigger(read(yaml), { question, time_zone });
}

function momentsOf(yaml: string, time_zone = MADRID): (facts: Facts, after: number) => number | undefined {
  const trigger = compile(yaml, time_zone);
  if (trigger.by !== 'moment') throw new Error(`${yaml} is by ${trigger.by}`);
  return (facts, after) => trigger.next(facts, after);
}

/** Somebody with these fields. What the moment is now must not matter. */
function factsOf(fields: JsonObject, zone = MADRID): Facts {
  const contact = newContact('c1', 'awareness', 0);
  const known = Object.entries(fields).map(([name, value]) => [name, { value, at: 0 }]);
  const profile = { ...contact.profile, fields: Object.fromEntries(known) };
  return { contact: { ...contact, profile }, now: Number.NaN, zone };
}

const at = (text: string): number => Date.parse(text);
const text = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace(':00.000Z', 'Z');

/** The moments from `after` on, as UTC, until there is none or enough of them. */
function following(yaml: string, facts: Facts, after: string, most: number): (string | undefined)[] {
  const next = momentsOf(yaml);
  const found: (string | undefined)[] = [];
  let last: number | undefined = at(after);
  while (last !== undefined && found.length < most) {
    last = next(facts, last);
    found.push(text(last));
  }
  return found;
}

function anEvent(name: string, properties: JsonObject): Event {
  return { id: 'e1', type: 'track', name, occurred_at: 0, properties };
}

describe('events, conditions, moves and hands', () => {
  test.each([
    '{ event: product_added, where: { price: 10 } }',
    '[{ event: product_added, where: { price: 10 } }]',
  ])('a plain event starts a run each time: %s', (yaml) => {
    const trigger = compile(yaml);
    if (trigger.by !== 'event') throw new Error(trigger.by);
    expect(trigger.matches(anEvent('product_added', { price: 10 }))).toBe(true);
    expect(trigger.matches(anEvent('product_added', { price: 11 }))).toBe(false);
    expect(trigger.matches(anEvent('product_viewed', { price: 10 }))).toBe(false);
  });

  test('one of several events is enough', () => {
    const trigger = compile('{ event: [product_added, product_removed] }');
    if (trigger.by !== 'event') throw new Error(trigger.by);
    const names = ['product_added', 'product_removed', 'order_completed'];
    expect(names.map((name) => trigger.matches(anEvent(name, {})))).toEqual([true, true, false]);
  });

  test.each([
    '{ event: product_viewed, at_least: 3, within: 7 days }',
    '{ event: product_viewed, times: 1 }',
    '{ stage: loyalty }',
    '[{ event: product_viewed }, { stage: loyalty }]',
    '{ any: [{ event: product_viewed }, { stage: loyalty }] }',
    '[{ date: birthday, every: year, is: today }]',
  ])('anything else that is asked of a contact is a condition: %s', (yaml) => {
    asked.length = 0;
    expect(compile(yaml)).toEqual({ by: 'condition', when: holds });
    const source = read(yaml);
    expect(source.by === 'condition' && source.when).toEqual(asked[0]);
  });

  test.each([
    ['{ enters_stage: decision }', 'stage', 'enters', ['decision']],
    ['{ leaves_stage: [loyalty, advocacy] }', 'stage', 'leaves', ['loyalty', 'advocacy']],
    ['{ enters_segment: vips }', 'segment', 'enters', ['vips']],
    ['{ leaves_segment: [vips] }', 'segment', 'leaves', ['vips']],
  ])('%s is a move', (yaml, of, way, ids) => {
    expect(compile(yaml)).toEqual({ by: 'move', of, way, ids });
  });

  test('manual is by hand alone', () => {
    expect(compile('manual')).toEqual({ by: 'hand' });
  });

  test('the kind tells what was written', () => {
    const source = read('{ every: [monday 10:00, last day 18:30], zone: brand }');
    if (source.by === 'schedule') expectTypeOf(source.every[0]!.at).toEqualTypeOf<number>();
    expect(source).toEqual({
      by: 'schedule',
      every: [
        { days: { weekdays: [0] }, at: 36_000_000 },
        { days: { day_of_month: 31 }, at: 66_600_000 },
      ],
      zone: 'brand',
    });
    expect(read('{ date: birthday, offset: 2 weeks before }')).toEqual({
      by: 'date',
      date: 'birthday',
      every: undefined,
      offset: { length: { amount: 2, unit: 'week' }, way: 'before' },
      at: 32_400_000,
      zone: 'contact',
    });
  });

  test('every form stands in the JSON Schema for editors', () => {
    const json = JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }));
    for (const key of ['enters_stage', 'leaves_segment', 'date', 'every', 'event', 'churn_risk']) {
      expect(json).toContain(`"required":["${key}"]`);
    }
    expect(json).toContain('"const":"manual"');
  });
});

describe('mistakes are told inside the form that was meant', () => {
  const besides = 'one of them starts the workflow, and what must hold besides goes under "only_if"';
  const start = 'does not start a workflow; write what does, like "event: order_completed", or "manual"';
  const schedule = 'write it like "monday 10:00", "day 09:00", "1st 09:00" or "last day 18:00"';
  const time = 'is not a time of day; write it like "09:00", from "00:00" to "23:59"';
  const list = 'put it into a list ("- date: …"), or leave "is" out to start on the date itself';

  test.each([
    ['manul', `13: "manul" ${start}`],
    ['cart_abandoned', `13: "cart_abandoned" ${start}`],
    ['{}', `13: an empty map ${start}`],
    ['5', '13: "enter_when" must be a map (lines of "key: value"), not a number'],
    [
      '{ entrs_stage: decision }',
      '15: "entrs_stage" is not a known trigger, such as "event", "date", "every" or "enters_stage"; did you mean "enters_stage"?',
    ],
    ['{ event: a, wher: { x: 1 } }', '25: "wher" does not belong here; did you mean "where"?'],
    ['[{ event: a }, { stge: b }]', '30: "stge" is not a known condition; did you mean "stage"?'],
    [
      '{ enters_stage: a, leaves_stage: b }',
      `32: "leaves_stage" cannot stand beside "enters_stage"; ${besides}`,
    ],
    ['{ enters_stage: a, field: x, is: 1 }', `32: "field" cannot stand beside "enters_stage"; ${besides}`],
    ['{ event: a, every: day 10:00 }', `25: "every" cannot stand beside "event"; ${besides}`],
    ['{ event: a, date: birthday }', `15: "event" cannot stand beside "date"; ${besides}`],
    ['{ enters_segment: [] }', '31: "enters_segment" must have at least 1 entry'],
    ['{ date: birthday, every: month }', '38: "every" must be year, not "month"'],
    ['{ date: birthday, ofset: 1 day before }', '31: "ofset" does not belong here; did you mean "offset"?'],
    [
      '{ date: birthday, offset: 3 days }',
      '39: "3 days" does not say which way; write "3 days before" or "3 days after"',
    ],
    [
      '{ date: birthday, offset: soon }',
      '39: "soon" is not an offset; write it like "3 days before" or "1 week after"',
    ],
    [
      '{ date: birthday, offset: 2 hours before }',
      '39: "2 hours before" is shorter than a day; write the offset in days or longer, and the time of day with "at: 09:00"',
    ],
    ['{ date: birthday, at: 9:00 }', `35: "9:00" ${time}`],
    ['{ date: birthday, at: 9 }', `35: 9 ${time}`],
    ['{ date: birthday, at: "24:00" }', `35: "24:00" ${time}`],
    ['{ date: birthday, is: today }', `31: "is" makes this a condition; ${list}`],
    ['{ date: birthday, zone: shop }', '37: "shop" is not one of contact, brand'],
    [
      '{ date: today }',
      '21: "today" is not a date of the contact; to start every day write "every: day 09:00" instead',
    ],
    ['{ every: mondy 10:00 }', `22: "mondy 10:00" is not a schedule; ${schedule}; did you mean "monday"?`],
    ['{ every: [day 09:00, 1th 10:00] }', `34: "1th 10:00" is not a schedule; ${schedule}`],
    ['{ every: 32nd 10:00 }', `22: "32nd 10:00" is not a schedule; ${schedule}`],
    ['{ every: 10:00 }', `22: "10:00" is not a schedule; ${schedule}`],
    ['{ every: 3 }', `22: 3 is not a schedule; ${schedule}`],
    ['{ every: monday 25:00 }', `22: "25:00" ${time}`],
    ['{ every: last day }', '22: "last day" has no time of day; write it like "last day 10:00"'],
    ['{ every: year }', '22: "every: year" needs the date that comes back; add it, like "date: birthday"'],
    [
      '{ every: monday, at: 10:00 }',
      '30: "at" belongs to a date; in a schedule write the time after the day, like "monday 10:00"',
    ],
  ])('%s', (yaml, message) => {
    expect(complaints(yaml)).toEqual([message]);
  });
});

describe('dates of the contact', () => {
  test('start at 09:00 by the clock of the contact, once', () => {
    const facts = factsOf({ renewal_on: '2026-08-20' }, 'America/Bogota');
    expect(following('{ date: renewal_on }', facts, '2026-01-01', 5)).toEqual([
      '2026-08-20T14:00Z',
      undefined,
    ]);
  });

  test('or by the clock of the brand, at another time and some days off', () => {
    const facts = factsOf({ renewal_on: '2026-08-20' }, 'America/Bogota');
    const yaml = '{ date: renewal_on, offset: 3 days before, at: 18:30, zone: brand }';
    expect(following(yaml, facts, '2026-01-01', 5)).toEqual(['2026-08-17T16:30Z', undefined]);
  });

  test('start anew when the field is given another date', () => {
    const yaml = '{ date: renewal_on, offset: 3 days before }';
    const fired = at('2026-08-17T07:00Z');
    expect(momentsOf(yaml)(factsOf({ renewal_on: '2026-08-20' }), fired)).toBeUndefined();
    expect(text(momentsOf(yaml)(factsOf({ renewal_on: '2027-08-20' }), fired))).toBe('2027-08-17T07:00Z');
  });

  test.each([
    ['a date', '2026-05-17', '2026-05-17T07:00Z'],
    ['a moment with a zone, by the date that the contact had', '2026-05-16T23:30:00Z', '2026-05-17T07:00Z'],
    ['a moment with an offset', '2026-05-18T08:00:00+12:00', '2026-05-17T07:00Z'],
    ['a time without a zone', '2026-05-17T23:30:00', '2026-05-17T07:00Z'],
    ['milliseconds', Date.UTC(2026, 4, 16, 22), '2026-05-17T07:00Z'],
    ['a date that does not exist', '2026-02-30', undefined],
    ['a date in words of another order', '17/05/2026', undefined],
    ['a date without a year', '05-17', undefined],
    ['words', 'next week', undefined],
    ['a time that does not exist', '2026-05-17T99:00', undefined],
    ['a number that is no moment', 1e300, undefined],
    ['nothing', null, undefined],
    ['a list', ['2026-05-17'], undefined],
  ] satisfies [string, Json, string | undefined][])('%s is read', (_name, value, moment) => {
    expect(text(momentsOf('{ date: some_day }')(factsOf({ some_day: value }), 0))).toBe(moment);
  });

  test('a field that is not known never starts anything', () => {
    expect(momentsOf('{ date: constructor, every: year }')(factsOf({}), 0)).toBeUndefined();
  });

  test('a date may stand inside a field', () => {
    const facts = factsOf({ plan: { renews: { on: '2026-05-17' } } });
    expect(text(momentsOf('{ date: plan.renews.on }')(facts, 0))).toBe('2026-05-17T07:00Z');
  });

  test('the last order is a date as well', () => {
    const { contact, ...facts } = factsOf({});
    const list = [{ id: 'o1', at: at('2026-01-31T12:00Z'), revenue: 10, product_ids: [] }];
    const orders = { ...contact.profile.orders, list };
    const bought = { ...facts, contact: { ...contact, profile: { ...contact.profile, orders } } };
    const next = momentsOf('{ date: orders.last, offset: 1 month after }');
    expect(text(next(bought, at('2026-02-01')))).toBe('2026-02-28T08:00Z');
  });

  test.each([
    ['10 days after', '2026-02-10T08:00Z'],
    ['2 weeks before', '2026-01-17T08:00Z'],
    ['1 month after', '2026-02-28T08:00Z'],
    ['2 months before', '2025-11-30T08:00Z'],
    ['1 year after', '2027-01-31T08:00Z'],
  ])('%s 31 January', (offset, moment) => {
    const next = momentsOf(`{ date: some_day, offset: ${offset} }`);
    expect(text(next(factsOf({ some_day: '2026-01-31' }), 0))).toBe(moment);
  });

  test('29 February is kept on 28 February in years without one', () => {
    const facts = factsOf({ birthday: '1992-02-29' });
    expect(following('{ date: birthday, every: year }', facts, '2026-01-01', 4)).toEqual([
      '2026-02-28T08:00Z',
      '2027-02-28T08:00Z',
      '2028-02-29T08:00Z',
      '2029-02-28T08:00Z',
    ]);
    expect(following('{ date: birthday, every: year, offset: 1 day after }', facts, '2027-01-01', 2)).toEqual(
      ['2027-03-01T08:00Z', '2028-03-01T08:00Z'],
    );
  });

  test('a yearly date may leave out its year, and begins in the year that it names', () => {
    const yaml = '{ date: birthday, every: year }';
    expect(following(yaml, factsOf({ birthday: '02-29' }), '2027-06-01', 1)).toEqual(['2028-02-29T08:00Z']);
    expect(following(yaml, factsOf({ birthday: '--02-29' }), '2026-06-01', 1)).toEqual(['2027-02-28T08:00Z']);
    expect(following(yaml, factsOf({ birthday: '02-30' }), '2027-06-01', 1)).toEqual([undefined]);
    expect(following(yaml, factsOf({ birthday: '2031-05-17' }), '2026-01-01', 2)).toEqual([
      '2031-05-17T07:00Z',
      '2032-05-17T07:00Z',
    ]);
  });

  test('a birthday that the calendar of a zone left out is kept on the next day', () => {
    const facts = factsOf({ birthday: '1960-12-31' }, 'Pacific/Kiritimati');
    expect(following('{ date: birthday, every: year }', facts, '1995-01-01T00:00+14:00', 2)).toEqual([
      '1994-12-31T19:00Z',
      '1995-12-30T19:00Z',
    ]);
  });

  test('an offset may lead into another year', () => {
    const facts = factsOf({ birthday: '1990-01-02' });
    const yaml = '{ date: birthday, every: year, offset: 3 days before }';
    expect(following(yaml, facts, '2026-12-30T08:00Z', 2)).toEqual([
      '2027-12-30T08:00Z',
      '2028-12-30T08:00Z',
    ]);
    expect(following(yaml, facts, '2026-12-30T07:59:59Z', 1)).toEqual(['2026-12-30T08:00Z']);
  });

  const anyDate = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.integer({ min: Date.UTC(1930, 0, 1) / DAY, max: Date.UTC(2036, 0, 1) / DAY }),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 0, max: 26 }).map((four) => Date.UTC(1932 + 4 * four, 1, 29) / DAY),
    },
  );
  const anyOffset = fc.oneof(
    fc.constant(undefined),
    fc.record({
      amount: fc.integer({ min: 1, max: 10 }),
      unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
      sign: fc.constantFrom(1 as const, -1 as const),
    }),
  );
  const anyTime = fc.integer({ min: 0, max: 1439 }).map((minute) => {
    const [hour, rest] = [Math.floor(minute / 60), minute % 60];
    return `${String(hour).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  });

  test('agree with Temporal over any dates, offsets, zones and leap years, with one moment for each year', () => {
    const property = fc.property(
      anyDate,
      anyOffset,
      anyTime,
      anyZone,
      anyInstant,
      (day, offset, time, zone, after) => {
        const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
        const way =
          offset && `offset: ${offset.amount} ${offset.unit}s ${offset.sign < 0 ? 'before' : 'after'}, `;
        const next = momentsOf(`{ date: d, every: year, ${way ?? ''}at: "${time}" }`);
        const facts = factsOf({ d: date.toString() }, zone);
        const sure = inYearsAround(after, date, offset, time, zone);
        let last = after;
        for (const moment of sure.slice(0, 4)) {
          const found = next(facts, last);
          expect(found).toBe(moment);
          last = moment;
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test('agree with Temporal on the one moment of a date that does not come back', () => {
    const property = fc.property(
      anyDate,
      anyOffset,
      anyTime,
      anyZone,
      anyInstant,
      (day, offset, time, zone, after) => {
        const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
        const way =
          offset && `offset: ${offset.amount} ${offset.unit}s ${offset.sign < 0 ? 'before' : 'after'}, `;
        const next = momentsOf(`{ date: d, ${way ?? ''}at: "${time}" }`);
        const facts = factsOf({ d: date.toString() }, zone);
        const moment = momentIn(date.year, date, offset, time, zone);
        expect(next(facts, after)).toBe(moment > after ? moment : undefined);
        expect(next(facts, moment - 1)).toBe(moment);
        expect(next(facts, moment)).toBeUndefined();
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  interface Offset {
    readonly amount: number;
    readonly unit: 'day' | 'week' | 'month' | 'year';
    readonly sign: 1 | -1;
  }

  /** Those that an offset of ten years can lead to, and the next few. */
  function inYearsAround(
    after: number,
    date: Temporal.PlainDate,
    offset: Offset | undefined,
    time: string,
    zone: string,
  ): number[] {
    const first = Math.max(date.year, new Date(after).getUTCFullYear() - 12);
    const years = Array.from({ length: 27 }, (_, index) => first + index);
    return years.map((year) => momentIn(year, date, offset, time, zone)).filter((moment) => moment > after);
  }

  function momentIn(
    year: number,
    { month, day }: Temporal.PlainDate,
    offset: Offset | undefined,
    plainTime: string,
    timeZone: string,
  ): number {
    const kept = Temporal.PlainYearMonth.from({ year, month }).toPlainDate({ day });
    const length = offset ? { [`${offset.unit}s`]: offset.amount * offset.sign } : { days: 0 };
    return kept.add(length).toZonedDateTime({ plainTime, timeZone }).epochMilliseconds;
  }
});

describe('schedules', () => {
  test.each([
    ['day 09:00', ['2026-03-27T08:00Z', '2026-03-28T08:00Z', '2026-03-29T07:00Z']],
    ['monday 10:00', ['2026-03-30T08:00Z', '2026-04-06T08:00Z', '2026-04-13T08:00Z']],
    ['weekday 00:00', ['2026-03-26T23:00Z', '2026-03-29T22:00Z', '2026-03-30T22:00Z']],
    ['weekend 23:59', ['2026-03-28T22:59Z', '2026-03-29T21:59Z', '2026-04-04T21:59Z']],
    ['1st 09:00', ['2026-04-01T07:00Z', '2026-05-01T07:00Z', '2026-06-01T07:00Z']],
    ['31st 09:00', ['2026-03-31T07:00Z', '2026-04-30T07:00Z', '2026-05-31T07:00Z']],
    ['last day 18:00', ['2026-03-31T16:00Z', '2026-04-30T16:00Z', '2026-05-31T16:00Z']],
    ['[friday 18:00, 28th 12:00]', ['2026-03-27T17:00Z', '2026-03-28T11:00Z', '2026-04-03T16:00Z']],
    ['[day 10:00, weekday 10:00]', ['2026-03-27T09:00Z', '2026-03-28T09:00Z', '2026-03-29T08:00Z']],
  ])('every: %s', (words, moments) => {
    expect(following(`{ every: ${words} }`, factsOf({}), '2026-03-26T12:00Z', 3)).toEqual(moments);
  });

  test('by the clock of the contact, or of the brand for everybody', () => {
    const there = factsOf({}, 'America/Bogota');
    const after = '2026-03-26T12:00Z';
    expect(following('{ every: monday 10:00 }', there, after, 1)).toEqual(['2026-03-30T15:00Z']);
    expect(following('{ every: monday 10:00, zone: brand }', there, after, 1)).toEqual(['2026-03-30T08:00Z']);
  });

  test('the moment itself is over, the millisecond before it is not', () => {
    const next = momentsOf('{ every: day 09:00 }');
    const moment = at('2026-01-01T08:00Z');
    expect(next(factsOf({}), moment)).toBe(moment + DAY);
    expect(next(factsOf({}), moment - 1)).toBe(moment);
  });

  test('a day that the calendar of a zone left out is kept on the next, once for each time', () => {
    const apia = factsOf({}, 'Pacific/Apia');
    expect(following('{ every: [day 10:00, friday 11:00] }', apia, '2011-12-29T12:00-10:00', 4)).toEqual([
      '2011-12-30T20:00Z',
      '2011-12-30T21:00Z',
      '2011-12-31T20:00Z',
      '2012-01-01T20:00Z',
    ]);
  });

  test('so is the day of a month, also where the next day is looked at first', () => {
    const midnight = '2011-12-31T00:00+14:00';
    expect(following('{ every: 30th 10:00 }', factsOf({}, 'Pacific/Apia'), midnight, 2)).toEqual([
      '2011-12-30T20:00Z',
      '2012-01-29T20:00Z',
    ]);
  });

  const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const ENDINGS: Readonly<Record<string, string>> = {
    1: 'st',
    2: 'nd',
    3: 'rd',
    21: 'st',
    22: 'nd',
    23: 'rd',
    31: 'st',
  };
  const ordinals = Array.from({ length: 31 }, (_, index) => `${index + 1}${ENDINGS[index + 1] ?? 'th'}`);
  const anyWord = fc.constantFrom('day', 'weekday', 'weekend', 'last day', ...WEEK, ...ordinals);
  const anyEntry = fc.record({
    word: anyWord,
    // Most changes of the clocks happen in the first hours of a day.
    hour: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 23 })),
    minute: fc.integer({ min: 0, max: 59 }),
  });

  test('agree with Temporal day by day over any words and zones, and always go on', () => {
    const entries = fc.array(anyEntry, { minLength: 1, maxLength: 3 });
    const property = fc.property(
      entries,
      anyZone,
      anyInstant,
      fc.boolean(),
      (list, zone, instant, nearChange) => {
        const start = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
        const change = nearChange ? start.getTimeZoneTransition('next') : null;
        const after = change ? change.subtract({ hours: 30 }) : start;
        const every = list.map(({ word, hour, minute }) => `"${word} ${clock(hour)}:${clock(minute)}"`);
        const next = momentsOf(`{ every: [${every.join(', ')}] }`);
        const sure = dayByDay(list, after, 70);
        const found = [...sure].map(() => 0);
        let last = after.epochMilliseconds;
        for (const index of sure.keys()) found[index] = last = next(factsOf({}, zone), last) ?? Number.NaN;
        expect(found).toEqual(sure);
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  interface Entry {
    readonly word: string;
    readonly hour: number;
    readonly minute: number;
  }

  function dayByDay(list: readonly Entry[], after: Temporal.ZonedDateTime, days: number): number[] {
    const moments = new Set<number>();
    for (let day = -2; day <= days; day++) {
      const date = after.toPlainDate().add({ days: day });
      for (const { word, hour, minute } of list) {
        if (!isDay(word, date)) continue;
        const plainTime = new Temporal.PlainTime(hour, minute);
        moments.add(date.toZonedDateTime({ plainTime, timeZone: after.timeZoneId }).epochMilliseconds);
      }
    }
    return [...moments]
      .filter((moment) => moment > after.epochMilliseconds)
      .sort((a, b) => a - b)
      .slice(0, 20);
  }

  function isDay(word: string, { dayOfWeek, day, daysInMonth }: Temporal.PlainDate): boolean {
    if (word === 'day') return true;
    if (word === 'weekday') return dayOfWeek <= 5;
    if (word === 'weekend') return dayOfWeek > 5;
    if (word === 'last day') return day === daysInMonth;
    if (WEEK.includes(word)) return word === WEEK[dayOfWeek - 1];
    return day === Math.min(Number.parseInt(word, 10), daysInMonth);
  }

  function clock(number: number): string {
    return String(number).padStart(2, '0');
  }
});
