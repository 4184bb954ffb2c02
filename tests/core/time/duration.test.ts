import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  after,
  before,
  durationSchema,
  durationWords,
  exactMilliseconds,
  parseDuration,
} from '../../../src/core/time/duration.ts';
import type { Duration, DurationUnit } from '../../../src/core/time/duration.ts';

const MADRID = 'Europe/Madrid';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const ZONES = [
  MADRID,
  'America/Santiago',
  'America/Bogota',
  'America/St_Johns',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
];

const anyInstant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2037, 0, 1) });
const anyZone = fc.constantFrom(...ZONES);

function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new Error(`not a duration: ${text}`);
  return parsed;
}

describe('parseDuration', () => {
  test.each([
    ['1 second', 1, 'second'],
    ['45 seconds', 45, 'second'],
    ['30 minutes', 30, 'minute'],
    ['1 hour', 1, 'hour'],
    ['22 hours', 22, 'hour'],
    ['1 day', 1, 'day'],
    ['3 days', 3, 'day'],
    ['2 weeks', 2, 'week'],
    ['1 month', 1, 'month'],
    ['120 months', 120, 'month'],
    ['10 years', 10, 'year'],
    ['3650 days', 3650, 'day'],
  ])('reads "%s"', (text, amount, unit) => {
    expect(parseDuration(text)).toEqual({ amount, unit });
  });

  test.each([
    '',
    '1h',
    '30m',
    '3d',
    'days',
    '3',
    '-3 days',
    '+3 days',
    '0 days',
    '1.5 hours',
    '1,5 hours',
    'three days',
    '3 días',
    '3 Days',
    '3days',
    ' 3 days',
    '3 days ',
    '3 dayss',
    '1 hour 30 minutes',
    '11 years',
    '121 months',
    '522 weeks',
    '3651 days',
    '99999999999999999999 seconds',
    'PT1H',
  ])('refuses "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('reads back what durationWords writes in English', () => {
    const units: DurationUnit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];
    const property = fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom(...units),
      (amount, unit) => {
        expect(parseDuration(durationWords({ amount, unit }, 'en'))).toEqual({ amount, unit });
      },
    );
    fc.assert(property);
  });
});

describe('durationSchema', () => {
  test('turns words into a duration', () => {
    expect(durationSchema.parse('2 weeks')).toEqual({ amount: 2, unit: 'week' });
  });

  test.each([
    ['1h', '"1h" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    [3, '3 is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
  ])('tells how to write %j', (input, message) => {
    expect(durationSchema.safeParse(input).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  test('becomes a string with examples in the JSON Schema for editors', () => {
    const schema = z.toJSONSchema(durationSchema, { target: 'draft-7', io: 'input' });
    expect(schema).toMatchObject({ type: 'string', examples: ['30 minutes', '1 hour', '3 days'] });
  });
});

describe('durationWords', () => {
  test.each([
    ['1 second', '1 segundo'],
    ['2 seconds', '2 segundos'],
    ['1 minute', '1 minuto'],
    ['30 minutes', '30 minutos'],
    ['1 hour', '1 hora'],
    ['5 hours', '5 horas'],
    ['1 day', '1 día'],
    ['3 days', '3 días'],
    ['1 week', '1 semana'],
    ['2 weeks', '2 semanas'],
    ['1 month', '1 mes'],
    ['6 months', '6 meses'],
    ['1 year', '1 año'],
    ['2 years', '2 años'],
  ])('says "%s" and "%s"', (english, spanish) => {
    expect(durationWords(duration(english), 'en')).toBe(english);
    expect(durationWords(duration(english), 'es')).toBe(spanish);
  });
});

describe('exactMilliseconds', () => {
  test.each([
    ['1 second', 1000],
    ['30 minutes', HOUR / 2],
    ['2 hours', 2 * HOUR],
    ['14 days', 14 * DAY],
    ['2 weeks', 14 * DAY],
    ['1 month', 30 * DAY],
    ['1 year', 365 * DAY],
  ])('%s is a fixed length', (text, milliseconds) => {
    expect(exactMilliseconds(duration(text))).toBe(milliseconds);
  });
});

describe('after and before', () => {
  test.each([
    [
      'keeps 10:00 over the spring change',
      '2026-03-28T10:00+01:00',
      '1 day',
      '2026-03-29T10:00+02:00',
      MADRID,
    ],
    [
      'keeps 10:00 over the autumn change',
      '2026-10-24T10:00+02:00',
      '1 day',
      '2026-10-25T10:00+01:00',
      MADRID,
    ],
    ['counts 24 hours as 24 hours', '2026-03-28T10:00+01:00', '24 hours', '2026-03-29T11:00+02:00', MADRID],
    ['moves a skipped 02:30 later', '2026-03-28T02:30+01:00', '1 day', '2026-03-29T03:30+02:00', MADRID],
    ['takes a doubled 02:30 first', '2026-10-24T02:30+02:00', '1 day', '2026-10-25T02:30+02:00', MADRID],
    [
      'moves a skipped midnight later',
      '2026-09-05T00:00-04:00',
      '1 day',
      '2026-09-06T01:00-03:00',
      'America/Santiago',
    ],
    ['knows no summer time', '2026-03-28T02:30-05:00', '1 week', '2026-04-04T02:30-05:00', 'America/Bogota'],
    [
      'steps over a day left out',
      '2011-12-29T12:00-10:00',
      '1 day',
      '2011-12-31T12:00+14:00',
      'Pacific/Apia',
    ],
    [
      'lands beyond a day left out',
      '2011-12-29T12:00-10:00',
      '2 days',
      '2011-12-31T12:00+14:00',
      'Pacific/Apia',
    ],
    [
      'knows quarters of an hour',
      '2026-01-31T12:00+05:45',
      '1 month',
      '2026-02-28T12:00+05:45',
      'Asia/Kathmandu',
    ],
    ['keeps time in Chatham', '2026-04-04T09:00+13:45', '1 day', '2026-04-05T09:00+12:45', 'Pacific/Chatham'],
    ['clamps to a leap February', '2024-01-31T08:00+01:00', '1 month', '2024-02-29T08:00+01:00', MADRID],
    ['clamps 29 February', '2024-02-29T08:00+01:00', '1 year', '2025-02-28T08:00+01:00', MADRID],
    ['crosses the year', '2026-12-31T08:00+01:00', '2 months', '2027-02-28T08:00+01:00', MADRID],
  ])('after %s', (_, from, text, to, zone) => {
    expect(after(Date.parse(from), duration(text), zone)).toBe(Date.parse(to));
  });

  test.each([
    ['goes back over the change', '2026-03-29T10:00+02:00', '1 day', '2026-03-28T10:00+01:00', MADRID],
    ['moves a skipped 02:30 later', '2026-03-30T02:30+02:00', '1 day', '2026-03-29T03:30+02:00', MADRID],
    ['clamps to a shorter month', '2026-03-31T08:00+02:00', '1 month', '2026-02-28T08:00+01:00', MADRID],
    ['crosses the year', '2026-01-15T08:00+01:00', '13 months', '2024-12-15T08:00+01:00', MADRID],
    ['counts minutes exactly', '2026-10-25T02:15+01:00', '30 minutes', '2026-10-25T02:45+02:00', MADRID],
  ])('before %s', (_, from, text, to, zone) => {
    expect(before(Date.parse(from), duration(text), zone)).toBe(Date.parse(to));
  });

  test('before undoes after for exact units, whatever the zone', () => {
    const exact = fc.record({
      amount: fc.integer({ min: 1, max: 87_600 }),
      unit: fc.constantFrom('second' as const, 'minute' as const, 'hour' as const),
    });
    const property = fc.property(anyInstant, exact, anyZone, (instant, length, zone) => {
      const later = after(instant, length, zone);
      expect(later - instant).toBe(exactMilliseconds(length));
      expect(before(later, length, zone)).toBe(instant);
    });
    fc.assert(property);
  });

  test('agree with Temporal for calendar units in every zone of the table', () => {
    const calendar = fc.record({
      amount: fc.integer({ min: 1, max: 10 }),
      unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
    });
    const property = fc.property(anyInstant, calendar, anyZone, (instant, length, zone) => {
      const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
      const step = { [`${length.unit}s`]: length.amount };
      expect(after(instant, length, zone)).toBe(there.add(step).epochMilliseconds);
      expect(before(instant, length, zone)).toBe(there.subtract(step).epochMilliseconds);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
