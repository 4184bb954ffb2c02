import { describe, expect, it } from 'vitest';
import { nextAttempt } from '../../src/engine/retry.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';

const OWED = at('2026-03-01T12:00');

/** Every attempt of a message that is put off each time, as minutes after it was owed. */
function attemptsOf(id: string): number[] {
  const made: number[] = [];
  let now: number | undefined = OWED;
  for (let attempts = 1; now !== undefined && attempts < 1000; attempts++) {
    made.push((now - OWED) / MINUTE);
    now = nextAttempt(attempts, OWED, now, id);
  }
  return made;
}

describe('a message that is put off each time', () => {
  const ids = Array.from({ length: 100 }, (_, number) => `message-${number}`);
  const courses = ids.map(attemptsOf);
  const intervals = courses.map((made) => made.slice(1).map((when, index) => when - (made[index] ?? 0)));

  it('is tried twice in the first hour, as RFC 5321 4.5.4.1 suggests', () => {
    for (const made of courses) expect(made.filter((when) => when <= 60).length).toBeGreaterThanOrEqual(2);
  });

  it('is tried at least 30 minutes apart after the first attempts, and 4 hours apart at most but for the scatter', () => {
    for (const gaps of intervals) {
      expect(Math.min(...gaps.slice(2))).toBeGreaterThanOrEqual(30);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * 60 * 1.2);
    }
  });

  it('is given up after four days and not before: RFC 5321 asks for four to five', () => {
    for (const made of courses) {
      const last = (made.at(-1) ?? 0) * MINUTE;
      expect(last).toBeLessThanOrEqual(4 * DAY);
      expect(last).toBeGreaterThan(4 * DAY - 5 * HOUR);
    }
  });

  it('is never tried more often than 40 times', () => {
    expect(Math.max(...courses.map((made) => made.length))).toBeLessThan(40);
  });

  it('comes at another moment than the others of its batch, and at the same one whoever works it out', () => {
    expect(new Set(intervals.map((gaps) => gaps[3])).size).toBeGreaterThan(90);
    expect(attemptsOf('message-1')).toEqual(attemptsOf('message-1'));
  });
});

it('a moment to try again is a whole number of milliseconds', () => {
  const next = nextAttempt(1, OWED, OWED + 0.25, 'message') ?? 0;
  expect(Number.isInteger(next)).toBe(true);
});
