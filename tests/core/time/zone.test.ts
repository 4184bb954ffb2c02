import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { dateOf, dayOf, weekdayOf } from '../../../src/core/time/date.ts';
import { offsetAt, offsetStaysUntil } from '../../../src/core/time/offset.ts';
import {
  firstInstantFrom,
  instantAt,
  isZone,
  localDate,
  localTime,
  startOfDay,
} from '../../../src/core/time/zone.ts';

const TRANSITIONS = '../shared/data/timezone-holidays/tz_transitions_2023_2028.csv';

const ZONES = [
  'UTC',
  'Europe/Madrid',
  'America/Santiago',
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
];

const anyInstant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2037, 0, 1) });
const anyZone = fc.constantFrom(...ZONES);

const at = (text: string): number => Date.parse(text);
const local = (text: string): number => Date.parse(`${text}Z`);

describe('dates', () => {
  test.each([
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '24-12-2026',
    '',
    '2026-12-24T10:00',
  ])('"%s" is not a date', (text) => {
    expect(dayOf(text)).toBeUndefined();
  });

  test('days count from 1970-01-01, and weekdays from Monday', () => {
    expect(dayOf('1970-01-01')).toBe(0);
    expect(dayOf('2024-02-29')).toBe(19_782);
    expect(dateOf(-1)).toBe('1969-12-31');
    expect(weekdayOf(0)).toBe(3);
    expect(weekdayOf(-4)).toBe(6);
    expect(weekdayOf(dayOf('2026-10-12') ?? Number.NaN)).toBe(0);
  });
});

describe('isZone', () => {
  test.each(['Europe/Madrid', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5', 'Asia/Kolkata'])(
    '%s is a zone',
    (text) => {
      expect([isZone(text), isZone(text)]).toEqual([true, true]);
    },
  );

  test.each([
    '',
    '+01:00',
    '-0500',
    'Z',
    'UTC+1',
    'Europe/Nowhere',
    ' Europe/Madrid',
    'Madrid',
    '🕐',
    'a'.repeat(65),
  ])('"%s" is not a zone', (text) => {
    expect([isZone(text), isZone(text)]).toEqual([false, false]);
  });
});

describe('localDate', () => {
  test.each([
    ['2026-03-28T23:30Z', 'Europe/Madrid', '2026-03-29'],
    ['2026-07-01T21:59Z', 'Europe/Madrid', '2026-07-01'],
    ['2026-07-01T22:00Z', 'Europe/Madrid', '2026-07-02'],
    ['2026-01-01T04:59Z', 'America/Bogota', '2025-12-31'],
    ['2026-01-01T18:15Z', 'Asia/Kathmandu', '2026-01-02'],
    ['2026-01-01T10:15Z', 'Pacific/Chatham', '2026-01-02'],
    ['2011-12-30T09:59Z', 'Pacific/Apia', '2011-12-29'],
    ['2011-12-30T10:00Z', 'Pacific/Apia', '2011-12-31'],
    ['1969-12-31T23:30Z', 'UTC', '1969-12-31'],
  ])('at %s in %s it is %s', (instant, zone, date) => {
    expect(localDate(at(instant), zone)).toBe(date);
  });
});

describe('startOfDay', () => {
  test.each([
    ['2026-03-29', 'Europe/Madrid', '2026-03-29T00:00+01:00'],
    ['2026-10-25', 'Europe/Madrid', '2026-10-25T00:00+02:00'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T01:00-03:00'],
    ['2026-04-05', 'America/Santiago', '2026-04-05T00:00-04:00'],
    ['2010-11-07', 'America/St_Johns', '2010-11-07T00:00-02:30'],
    ['2026-11-01', 'America/Havana', '2026-11-01T00:00-04:00'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-31T00:00+14:00'],
    ['2026-06-01', 'Asia/Kathmandu', '2026-06-01T00:00+05:45'],
  ])('%s in %s begins at %s', (date, zone, instant) => {
    expect(startOfDay(date, zone)).toBe(at(instant));
  });

  test('refuses a date that does not exist', () => {
    expect(() => startOfDay('2026-02-30', 'UTC')).toThrow('"2026-02-30" is not a date');
  });
});

describe('local times', () => {
  test('a skipped time moves on by the skip, or to the change itself', () => {
    expect(instantAt(local('2026-03-29T02:30'), 'Europe/Madrid')).toBe(at('2026-03-29T03:30+02:00'));
    expect(firstInstantFrom(local('2026-03-29T02:30'), 'Europe/Madrid')).toBe(at('2026-03-29T03:00+02:00'));
    expect(firstInstantFrom(local('2026-10-04T02:15'), 'Australia/Lord_Howe')).toBe(
      at('2026-10-04T02:30+11:00'),
    );
  });

  test('a doubled time is the first of the two', () => {
    expect(instantAt(local('2026-10-25T02:30'), 'Europe/Madrid')).toBe(at('2026-10-25T02:30+02:00'));
    expect(firstInstantFrom(local('2026-10-25T02:30'), 'Europe/Madrid')).toBe(at('2026-10-25T02:30+02:00'));
  });

  test('an unknown zone is a RangeError', () => {
    expect(() => localTime(0, 'Europe/Nowhere')).toThrow(RangeError);
  });

  test('agree with Temporal at any moment since 1971', () => {
    const property = fc.property(anyInstant, anyZone, (instant, zone) => {
      const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
      expect(offsetAt(instant, zone)).toBe(there.offsetNanoseconds / 1e6);
      expect(localDate(instant, zone)).toBe(there.toPlainDate().toString());
      expect(startOfDay(localDate(instant, zone), zone)).toBe(there.startOfDay().epochMilliseconds);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  test('instantAt agrees with Temporal within two days of every change of the clocks', () => {
    const minutes = fc.integer({ min: -2 * 1440, max: 2 * 1440 });
    const property = fc.property(anyInstant, anyZone, minutes, (instant, zone, shift) => {
      const start = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
      const change = start.getTimeZoneTransition('next') ?? start;
      const wall = change.toPlainDateTime().add({ minutes: shift });
      const asUtc = wall.toZonedDateTime('UTC').epochMilliseconds;
      expect(instantAt(asUtc, zone)).toBe(wall.toZonedDateTime(zone).epochMilliseconds);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  test('the offset does stay until the moment promised', () => {
    const property = fc.property(anyInstant, anyZone, (instant, zone) => {
      const until = offsetStaysUntil(instant, zone);
      expect(until).toBeGreaterThan(instant);
      expect(offsetAt(until - 1, zone)).toBe(offsetAt(instant, zone));
      expect(offsetAt(Math.floor((instant + until) / 2), zone)).toBe(offsetAt(instant, zone));
    });
    fc.assert(property);
  });
});

interface Transition {
  readonly zone: string;
  readonly instant: number;
  readonly before: number;
  readonly after: number;
}

function readRows(): string[][] {
  if (!existsSync(TRANSITIONS)) {
    console.warn(`skipped: ${TRANSITIONS} is not here`);
    return [];
  }
  const lines = readFileSync(TRANSITIONS, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.split(','));
}

function toTransition([zone = '', utc = '', before, after]: string[]): Transition {
  return { zone, instant: Date.parse(utc), before: Number(before) * 1000, after: Number(after) * 1000 };
}

const rows = readRows();

describe.skipIf(rows.length === 0)('the transitions of tzdata, 2023 to 2028', () => {
  const transitions = rows.filter((row) => row[1] !== '').map(toTransition);
  // Paraguay's last one changed the law and not the clock.
  const changes = transitions.filter(({ before, after }) => before !== after);
  const steady = rows.filter((row) => row[1] === '').map(([zone = '']) => zone);

  test('the table holds 185 transitions and 11 zones without any', () => {
    expect([transitions.length, steady.length]).toEqual([185, 11]);
  });

  test.each(transitions)('$zone at $instant', ({ zone, instant, before, after }) => {
    expect([offsetAt(instant - 1, zone), offsetAt(instant, zone)]).toEqual([before, after]);
  });

  test.each([...new Set(changes.map(({ zone }) => zone))])('%s has no other transition', (zone) => {
    expect(changesOf(zone)).toEqual(changes.filter((row) => row.zone === zone).map((row) => row.instant));
  });

  test.each(steady)('%s never changes', (zone) => {
    expect(changesOf(zone)).toEqual([]);
  });
});

function changesOf(zone: string): number[] {
  const changes: number[] = [];
  for (let now = Date.UTC(2023, 0, 1); now < Date.UTC(2029, 0, 1); now = offsetStaysUntil(now, zone)) {
    if (offsetAt(now - 1, zone) !== offsetAt(now, zone)) changes.push(now);
  }
  return changes;
}
