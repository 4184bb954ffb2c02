import fc from 'fast-check';
import { readFileSync, existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  calendarSchema,
  closeOnHolidays,
  neverOpens,
  nextOpen,
  openings,
} from '../../../src/core/time/calendar.ts';
import type { Calendar, Holiday } from '../../../src/core/time/calendar.ts';
import { hoursFileSchema } from '../../../src/project/files/hours-file.ts';

const MADRID = 'Europe/Madrid';
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const SUPPORT = {
  title: 'Customer service',
  open: { weekdays: '09:00-14:00, 16:00-19:00', saturday: '10:00-14:00', sunday: 'closed' },
  special_days: [
    { from: '2026-12-24', hours: '09:00-13:00', name: { en: 'Christmas Eve', es: 'Nochebuena' } },
    { from: '2026-12-28', to: '2026-12-30', hours: 'closed', name: { en: 'stocktaking', es: 'inventario' } },
  ],
};

const at = (text: string): number => Date.parse(text);

function calendar(open: object, special_days: object[] = []): Calendar {
  return calendarSchema.parse({ title: 'Hours', open, special_days });
}

/** The same, closed on these dates but for those that it excepts. */
function withHolidays(
  open: object,
  dates: string[],
  more: { special_days?: object[]; except?: string[] },
): Calendar {
  const { special_days = [], except = [] } = more;
  const holidays = { country: 'ES', ...(except.length > 0 && { except }) };
  const read = calendarSchema.parse({ title: 'Hours', open, special_days, holidays });
  return closeOnHolidays(read, dates.map(holiday));
}

const holiday = (date: string): Holiday => ({ date, name: { en: 'Holiday', es: 'Festivo' } });

function problems(schema: z.ZodType, input: unknown): string[] {
  return (schema.safeParse(input).error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  );
}

describe('the calendar in a file', () => {
  test('reads hours into minutes, in order', () => {
    const read = calendar({ monday: '16:00-24:00,  09:00-14:00', tuesday: '09:00-12:00, 12:00-15:00' });
    expect(read.open.monday).toEqual([
      { from: 540, to: 840 },
      { from: 960, to: 1440 },
    ]);
    expect(read.open.tuesday).toHaveLength(2);
  });

  test.each([
    [
      '9:00-14:00',
      '"9:00-14:00" is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"',
    ],
    [
      '09:00-24:01',
      '"09:00-24:01" is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"',
    ],
    [
      '09:60-12:00',
      '"09:60-12:00" is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"',
    ],
    ['', '"" is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"'],
    ['09:00-10:00,', '"" is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"'],
    [9, '9 is not a day\'s hours; write them like "09:00-14:00, 16:00-19:00", or "closed"'],
    [
      '09:00-09:00',
      '"09:00-09:00" is no time at all; for the whole day write "00:00-24:00", for none "closed"',
    ],
    [
      '22:00-02:00',
      '"22:00-02:00" goes past midnight; write "22:00-24:00" in the hours of this day and "00:00-02:00" in those of the next',
    ],
    [
      '09:00-14:00, 13:00-15:00',
      '"09:00-14:00" and "13:00-15:00" overlap; join them into one or move one of them',
    ],
    [
      '09:00-20:00, 10:00-11:00',
      '"09:00-20:00" and "10:00-11:00" overlap; join them into one or move one of them',
    ],
  ])('refuses the hours %j with the mend', (hours, message) => {
    expect(problems(calendarSchema, { title: 'x', open: { friday: hours } })).toEqual([
      `open.friday: ${message}`,
    ]);
  });

  test.each([
    [
      { from: '2026-02-30', hours: 'closed' },
      '0.from: "2026-02-30" is not a date; write it like "2026-12-24"',
    ],
    [
      { from: '2026-12-30', to: '2026-12-28', hours: 'closed' },
      '0.to: these special days end on 2026-12-28, before they begin on 2026-12-30',
    ],
    [
      { from: '2026-01-01', to: '2027-01-02', hours: 'closed' },
      '0.to: special days from 2026-01-01 to 2027-01-02 are longer than a year; change the hours in "open" instead',
    ],
  ])('refuses the special day %j with the mend', (day, message) => {
    const file = { title: 'x', open: {}, special_days: [day] };
    expect(problems(calendarSchema, file)).toEqual([`special_days.${message}`]);
  });

  test('gives each date one special entry', () => {
    const special_days = [
      { from: '2026-12-20', to: '2026-12-31', hours: 'closed' },
      { from: '2026-12-24', hours: '09:00-13:00' },
    ];
    const message = '2026-12-24 is already in the special days from 2026-12-20; give each date one entry';
    expect(problems(calendarSchema, { title: 'x', open: {}, special_days })).toEqual([
      `special_days.1.from: ${message}`,
    ]);
  });

  test('refuses unknown keys everywhere', () => {
    const file = {
      title: 'x',
      colour: 'red',
      open: { funday: 'closed' },
      special_days: [{ from: '2026-12-24', hours: 'closed', until: '2026-12-25' }],
    };
    const issues = calendarSchema.safeParse(file).error?.issues ?? [];
    expect(issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])).sort()).toEqual([
      'colour',
      'funday',
      'until',
    ]);
  });
});

describe('the hours file', () => {
  test('takes calendars, and refuses what it does not know', () => {
    expect(problems(hoursFileSchema, { version: 1, calendars: { support: SUPPORT } })).toEqual([]);
    const issues = hoursFileSchema.safeParse({ version: 1, calendars: {}, notes: [] }).error?.issues;
    expect(issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['notes'] }]);
  });

  test('asks for version 1, snake_case ids and calendars that open at some time', () => {
    const file = { version: 2, calendars: { 'Call Centre': SUPPORT } };
    expect(problems(hoursFileSchema, file)).toEqual([
      'version: write "version: 1"',
      'calendars.Call Centre: "Call Centre" is not an id; write it in small letters, digits and "_", like "customer_service"',
    ]);
    const shut = { version: 1, calendars: { attic: { title: 'Attic', open: { monday: 'closed' } } } };
    expect(problems(hoursFileSchema, shut)).toEqual([
      'calendars.attic.open: the calendar "attic" never opens; give at least one day hours, like "weekdays: 09:00-18:00"',
    ]);
  });

  test('has a JSON Schema for editors', () => {
    const schema = z.toJSONSchema(hoursFileSchema, { target: 'draft-7', io: 'input' });
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['version', 'calendars'],
    });
  });

  const example = '../shared/language/hours.yaml';
  test.skipIf(!existsSync(example))("the language's example reads", () => {
    expect(problems(hoursFileSchema, parse(readFileSync(example, 'utf8')))).toEqual([]);
  });
});

describe('openings', () => {
  const support = calendarSchema.parse(SUPPORT);

  test.each([
    ['in the morning', '2026-10-20T10:00+02:00', true, '2026-10-20T14:00+02:00'],
    ['at the very opening', '2026-10-20T09:00+02:00', true, '2026-10-20T14:00+02:00'],
    ['at the very closing', '2026-10-20T14:00+02:00', false, '2026-10-20T16:00+02:00'],
    ['a moment before closing', '2026-10-20T13:59:59.999+02:00', true, '2026-10-20T14:00+02:00'],
    ['on Saturday afternoon, over the change', '2026-10-24T15:00+02:00', false, '2026-10-26T09:00+01:00'],
    ['on a special day', '2026-12-24T12:00+01:00', true, '2026-12-24T13:00+01:00'],
    ['in the afternoon of a special day', '2026-12-24T17:00+01:00', false, '2026-12-25T09:00+01:00'],
    ['over the stocktaking', '2026-12-27T12:00+01:00', false, '2026-12-31T09:00+01:00'],
  ])('%s', (_, instant, open, until) => {
    expect(openings(support, MADRID, at(instant))).toEqual({ open, until: at(until) });
    expect(nextOpen(support, MADRID, at(instant))).toBe(open ? at(instant) : at(until));
  });

  test('go by the clocks of the zone asked for', () => {
    const noon = at('2026-10-20T12:00Z');
    expect(openings(support, 'America/Bogota', noon)).toEqual({
      open: false,
      until: at('2026-10-20T14:00Z'),
    });
    expect(nextOpen(support, 'Asia/Kathmandu', noon)).toBe(noon);
    expect(nextOpen(support, 'Pacific/Chatham', noon)).toBe(at('2026-10-21T09:00+13:45'));
  });

  test('a named day wins over the kind of day, and a special day over both', () => {
    const days = calendar({ weekdays: '09:00-17:00', friday: '09:00-15:00' }, [
      { from: '2026-10-23', hours: '11:00-12:00' },
    ]);
    expect(openings(days, MADRID, at('2026-10-16T09:00+02:00')).until).toBe(at('2026-10-16T15:00+02:00'));
    expect(nextOpen(days, MADRID, at('2026-10-23T09:00+02:00'))).toBe(at('2026-10-23T11:00+02:00'));
  });

  test('hours up to 24:00 run on into the next day', () => {
    const late = calendar({ friday: '22:00-24:00', saturday: '00:00-02:00' });
    expect(openings(late, MADRID, at('2026-10-23T23:00+02:00')).until).toBe(at('2026-10-24T02:00+02:00'));
  });

  test('an opening that the clocks skip is the first moment after', () => {
    const early = calendar({ sunday: '02:30-05:00' });
    expect(nextOpen(early, MADRID, at('2026-03-29T00:00+01:00'))).toBe(at('2026-03-29T03:00+02:00'));
    const midnight = calendar({ sunday: '00:00-01:30' });
    const santiago = nextOpen(midnight, 'America/Santiago', at('2026-09-05T12:00-04:00'));
    expect(santiago).toBe(at('2026-09-06T01:00-03:00'));
  });

  test('hours that the clocks skip altogether do not happen', () => {
    const skipped = calendar({ sunday: '02:15-02:45' });
    expect(nextOpen(skipped, MADRID, at('2026-03-29T00:00+01:00'))).toBe(at('2026-04-05T02:15+02:00'));
  });

  test('an opening that is shown twice is the first, and hours shown twice happen twice', () => {
    const early = calendar({ sunday: '02:30-02:45' });
    const first = at('2026-10-25T02:30+02:00');
    expect(nextOpen(early, MADRID, at('2026-10-25T00:00+02:00'))).toBe(first);
    expect(openings(early, MADRID, first).until).toBe(first + 15 * MINUTE);
    expect(nextOpen(early, MADRID, first + 15 * MINUTE)).toBe(at('2026-10-25T02:30+01:00'));
  });

  test('a special day that the zone left out never comes', () => {
    const special = calendar({ weekdays: '09:00-10:00' }, [{ from: '2011-12-30', hours: '00:00-24:00' }]);
    const next = nextOpen(special, 'Pacific/Apia', at('2011-12-29T12:00-10:00'));
    expect(next).toBe(at('2012-01-02T09:00+14:00'));
  });

  test('public holidays close the days of the week, those excepted do not, and special days win over both', () => {
    const dates = ['2026-12-25', '2026-12-24', '2026-12-28', '2026-12-31'];
    const special_days = [
      { from: '2026-12-24', hours: '11:00-12:00' },
      { from: '2026-12-30', hours: 'closed' },
      { from: '2026-12-31', hours: '10:00-11:00' },
    ];
    const closed = withHolidays({ weekdays: '09:00-17:00' }, dates, {
      special_days,
      except: ['2026-12-28', '2026-12-31'],
    });
    const opens = [23, 24, 25, 28, 29, 30, 31].map((day) => {
      const next = nextOpen(closed, MADRID, at(`2026-12-${day}T00:00+01:00`)) ?? 0;
      return new Date(next + 60 * MINUTE).toISOString().slice(5, 16);
    });
    expect(opens).toEqual([
      '12-23T09:00',
      '12-24T11:00',
      '12-28T09:00',
      '12-28T09:00',
      '12-29T09:00',
      '12-31T10:00',
      '12-31T10:00',
    ]);
    expect(closed.public_holidays?.map(({ date }) => date)).toEqual(['2026-12-25', '2026-12-24']);
  });

  test('a calendar that is open day and night closes for the whole of a holiday, by the clock of the zone', () => {
    const always = withHolidays({ weekdays: '00:00-24:00', weekends: '00:00-24:00' }, ['2026-10-25'], {});
    const saturday = at('2026-10-24T12:00+02:00');
    expect(openings(always, MADRID, saturday).until).toBe(at('2026-10-25T00:00+02:00'));
    expect(nextOpen(always, MADRID, at('2026-10-25T12:00+01:00'))).toBe(at('2026-10-26T00:00+01:00'));
    expect(openings(always, 'America/Bogota', at('2026-10-25T00:00-05:00')).open).toBe(false);
  });

  test('always open has no closing time, and never open no opening time', () => {
    const always = calendar({ weekdays: '00:00-24:00', weekends: '00:00-12:00, 12:00-24:00' });
    expect(openings(always, MADRID, 0)).toEqual({ open: true, until: undefined });
    const never = calendar({ sunday: 'closed' }, [{ from: '2026-12-24', hours: 'closed' }]);
    expect([neverOpens(never), neverOpens(always)]).toEqual([true, false]);
    expect(openings(never, MADRID, 0)).toEqual({ open: false, until: undefined });
  });

  test('looks 400 days ahead and no further', () => {
    const once = calendar({}, [{ from: '2026-12-24', hours: '09:00-13:00' }]);
    expect(neverOpens(once)).toBe(false);
    expect(nextOpen(once, MADRID, at('2025-12-01T00:00Z'))).toBe(at('2026-12-24T09:00+01:00'));
    expect(nextOpen(once, MADRID, at('2025-11-01T00:00Z'))).toBeUndefined();
    expect(nextOpen(once, MADRID, at('2026-12-25T00:00Z'))).toBeUndefined();
  });
});

/** What the clock on the wall shows each minute, three days on both sides of a change, told by Intl alone. */
interface Wall {
  readonly zone: string;
  readonly start: number;
  readonly minutes: readonly { readonly weekday: string; readonly date: string; readonly minute: number }[];
}

const CHANGES = [
  [MADRID, '2026-03-29T01:00Z'],
  [MADRID, '2026-10-25T01:00Z'],
  ['America/Santiago', '2026-04-05T03:00Z'],
  ['America/Santiago', '2026-09-06T04:00Z'],
  ['America/Bogota', '2026-03-29T01:00Z'],
  ['America/St_Johns', '2010-11-07T02:31Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30Z'],
  ['Pacific/Chatham', '2026-04-04T14:00Z'],
  ['Pacific/Chatham', '2026-09-26T14:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
] as const;

function readWall(zone: string, change: string): Wall {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const start = Date.parse(change) - 3 * DAY;
  const minutes = Array.from({ length: 6 * 1440 }, (_, index) => {
    const parts = Object.fromEntries(
      format.formatToParts(start + index * MINUTE).map(({ type, value }) => [type, value]),
    );
    const date = `${parts['year']}-${parts['month']}-${parts['day']}`;
    const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
    return { weekday: parts['weekday']?.toLowerCase() ?? '', date, minute };
  });
  return { zone, start, minutes };
}

type Range = readonly [from: number, to: number];

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const hoursText = (ranges: readonly Range[]): string =>
  ranges.length === 0
    ? 'closed'
    : ranges.map(([from, to]) => `${clockText(from)}-${clockText(to)}`).join(', ');

/** One to three ranges that do not overlap, on multiples of five minutes; half of them in the small hours. */
const anyRanges = fc
  .oneof(fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 288 }))
  .chain((first) =>
    fc.uniqueArray(fc.integer({ min: 0, max: 288 }), { maxLength: 5 }).map((rest) => [first, ...rest]),
  )
  .map((edges) => [...new Set(edges)].sort((a, b) => a - b).map((edge) => edge * 5))
  .map((edges) =>
    edges.flatMap((edge, index): Range[] => {
      const to = edges[index + 1];
      return index % 2 === 0 && to !== undefined ? [[edge, to]] : [];
    }),
  );

const anyWeek = fc.tuple(...DAYS.map(() => anyRanges));

describe.each(CHANGES)('minute by minute in %s around %s', (zone, change) => {
  const wall = readWall(zone, change);
  const dates = [...new Set(wall.minutes.map(({ date }) => date))];
  const anySpecial = fc.option(fc.record({ from: fc.constantFrom(...dates), ranges: anyRanges }), {
    nil: undefined,
  });

  const someDates = fc.subarray(dates, { maxLength: 3 });

  test('nextOpen is the first open minute, and openings the first other one', () => {
    const property = fc.property(anyWeek, anySpecial, someDates, someDates, (week, special, rest, except) => {
      const special_days =
        special === undefined ? [] : [{ from: special.from, hours: hoursText(special.ranges) }];
      const open = Object.fromEntries(DAYS.map((day, index) => [day, hoursText(week[index] ?? [])]));
      const asked = withHolidays(open, rest, { special_days, except });
      const isOpen = wall.minutes.map(({ weekday, date, minute }) => {
        const ofWeek = week[DAYS.findIndex((day) => day === weekday)] ?? [];
        const ofDay = rest.includes(date) && !except.includes(date) ? [] : ofWeek;
        const ranges = special?.from === date ? special.ranges : ofDay;
        return ranges.some(([from, to]) => minute >= from && minute < to);
      });
      compare(asked, wall, isOpen);
    });
    fc.assert(property, { numRuns: 30 });
  });
});

function compare(asked: Calendar, { zone, start }: Wall, isOpen: readonly boolean[]): void {
  for (let index = 0; index < isOpen.length; index += 7) {
    const instant = start + index * MINUTE;
    const open = isOpen[index] === true;
    const change = isOpen.indexOf(!open, index);
    // Beyond the table nothing is known but that the change comes later.
    if (change === -1) break;
    const until = start + change * MINUTE;
    const answer = openings(asked, zone, instant);
    if (answer.open !== open || answer.until !== until)
      expect(answer, `at ${instant}`).toEqual({ open, until });
    const next = nextOpen(asked, zone, instant);
    if (next !== (open ? instant : until)) expect(next, `at ${instant}`).toBe(open ? instant : until);
  }
}
