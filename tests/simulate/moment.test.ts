import { describe, expect, test } from 'vitest';
import { clockWords, distanceWords, momentAt, parseMoment } from '../../src/simulate/moment.ts';
import { at } from '../support/build.ts';

const MADRID = 'Europe/Madrid';

function resolved(text: string, start: string): string {
  const moment = parseMoment(text);
  if (!moment) throw new Error(`"${text}" is not a moment`);
  return new Date(momentAt(moment, at(start), MADRID)).toISOString().slice(0, 16);
}

describe('Moments in tests', () => {
  test.each([
    ['start', '2026-11-20T15:30'],
    ['+1 hour', '2026-11-20T16:30'],
    ['-1 day', '2026-11-19T15:30'],
    ['+1 day 2 hours 15 minutes', '2026-11-21T17:45'],
    ['+ 90 minutes', '2026-11-20T17:00'],
    ['2026-11-21 10:00', '2026-11-21T09:00'],
    ['2026-11-21T10:00', '2026-11-21T09:00'],
  ])('%s', (text, expected) => {
    expect(resolved(text, '2026-11-20T15:30')).toBe(expected);
  });

  test('a day later is the same time by the clock, also when the clocks change in between', () => {
    expect(resolved('+1 day', '2026-10-24T10:00')).toBe('2026-10-25T11:00');
    expect(resolved('+24 hours', '2026-10-24T10:00')).toBe('2026-10-25T10:00');
  });

  test.each([
    '1 hour',
    '+',
    '+0 hours',
    '+1 fortnight',
    'tomorrow',
    '2026-02-30 10:00',
    '2026-11-21',
    '2026-11-21 24:00',
    '',
  ])('"%s" is none', (text) => expect(parseMoment(text)).toBeUndefined());

  test('are told by the clock on the wall and by their distance', () => {
    expect(clockWords(at('2026-11-20T23:30'), MADRID)).toBe('Sat 2026-11-21 00:30');
    expect(clockWords(at('2026-11-20T23:30:05'), MADRID)).toBe('Sat 2026-11-21 00:30:05');
    expect(distanceWords(at('2026-11-21T17:00'), at('2026-11-20T16:00'), MADRID)).toBe('+1 day 1 hour');
    expect(distanceWords(at('2026-11-20T15:30'), at('2026-11-20T16:00'), MADRID)).toBe('-30 minutes');
    expect(distanceWords(at('2026-11-20T16:00'), at('2026-11-20T16:00'), MADRID)).toBe('start');
  });
});
