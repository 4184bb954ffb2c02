import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { steadyNow } from '../../src/engine/steady-now.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
afterEach(() => vi.useRealTimers());

test('goes on from what the database said, whatever becomes of the clock of the machine', async () => {
  vi.setSystemTime(NOON + 60 * 60_000);
  let asked = 0;
  const now = steadyNow(() => {
    asked++;
    return Promise.resolve(NOON + 0.9);
  });
  expect(await now()).toBe(NOON);
  vi.advanceTimersByTime(2000);
  vi.setSystemTime(NOON - 60 * 60_000);
  expect(await now()).toBe(NOON + 2000);
  expect(asked).toBe(1);
});

test('asks again after a while, once for all who want to know', async () => {
  const times = [NOON, NOON + 60 * 60_000];
  const now = steadyNow(async () => {
    await sleep(10);
    return times.shift() ?? Number.NaN;
  });
  expect(await Promise.all([now(), now(), now()])).toEqual([NOON, NOON, NOON]);
  vi.advanceTimersByTime(11_000);
  expect(await now()).toBe(NOON + 60 * 60_000);
});

test('what the database does not tell is not made up', async () => {
  const now = steadyNow(() => Promise.reject(new Error('away')));
  await expect(now()).rejects.toThrow('away');
  await expect(now()).rejects.toThrow('away');
});
