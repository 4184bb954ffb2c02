import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHURN_RISKS, churnRiskOf } from '../../../src/core/conditions/subjects/churn-risk.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { afterEvents, aContact, anEvent, aQuestion, at, DAY, HOUR } from '../../support/build.ts';

const FIRST = at('2026-01-01T10:00');

/** Somebody who ordered so many days after the first of January. */
function buyer(days: readonly number[], cancelled: readonly number[] = []): Contact {
  const orders = days.map((day) =>
    anEvent('order_completed', { order_id: `o${day}`, revenue: 10 }, FIRST + day * DAY),
  );
  const gone = cancelled.map((day) =>
    anEvent('order_cancelled', { order_id: `o${day}` }, FIRST + day * DAY + HOUR),
  );
  return afterEvents([...orders, ...gone], []);
}

describe('the risk that a customer has left', () => {
  test.each<[readonly number[], readonly number[], number]>([
    [[0], [], 60], // what is expected of everybody
    [[0, 20], [], 40], // (20 + 60) / 2
    [[0, 20, 30], [], 30], // (20 + 10 + 60) / 3
    [[0, 20, 30, 130], [], 20], // the median of 20, 10 and 100
    [[0, 20, 30, 130, 170], [], 30], // of 20, 10, 100 and 40
    [[0, 1, 2, 3], [], 7], // nobody leaves within a week
    [[0, 20, 30, 130], [130], 30], // what was cancelled is no order
    [[30, 0, 130, 20], [], 20], // in whatever order they were told
  ])('of orders on the days %j without %j is measured by %i days', (days, cancelled, usual) => {
    const { profile } = buyer(days, cancelled);
    const last = FIRST + Math.max(...days.filter((day) => !cancelled.includes(day))) * DAY;
    const [medium_at, high_at] = [last + 1.5 * usual * DAY, last + 3 * usual * DAY];
    const told = [last, medium_at - 1, medium_at, high_at - 1, high_at].map((now) => {
      const { risk, until } = churnRiskOf(profile, now) ?? {};
      return [risk, until];
    });
    expect(told).toEqual([
      ['low', medium_at],
      ['low', medium_at],
      ['medium', high_at],
      ['medium', high_at],
      ['high', Infinity],
    ]);
  });

  test('is not told of somebody without an order', () => {
    expect(churnRiskOf(aContact().profile, FIRST)).toBeUndefined();
    expect(churnRiskOf(buyer([0], [0]).profile, FIRST)).toBeUndefined();
    const question = aQuestion('{ churn_risk: [low, medium, high] }');
    const facts = { contact: aContact(), now: FIRST, zone: 'UTC' };
    expect(question.answer(facts)).toEqual({ holds: false, until: Infinity });
  });

  test('is low again with the next order', () => {
    const now = FIRST + 200 * DAY;
    expect(churnRiskOf(buyer([0, 30, 60, 90]).profile, now)?.risk).toBe('high');
    expect(churnRiskOf(buyer([0, 30, 60, 90, 199]).profile, now)?.risk).toBe('low');
  });

  test.each([
    [
      [0, 35, 70, 105],
      225,
      'last bought 120 days ago, usually every 35 days',
      'compró por última vez hace 120 días, normalmente cada 35 días',
    ],
    [
      [0],
      1.2,
      'last bought 1 day ago, expected every 60 days',
      'compró por última vez hace 1 día, se espera cada 60 días',
    ],
    [
      [0],
      0.5,
      'last bought less than a day ago, expected every 60 days',
      'compró por última vez hace menos de un día, se espera cada 60 días',
    ],
    [
      [2],
      0,
      'last bought less than a day ago, expected every 60 days',
      'compró por última vez hace menos de un día, se espera cada 60 días',
    ],
  ])('of orders on the days %j is explained on day %s', (days, day, en, es) => {
    expect(churnRiskOf(buyer(days).profile, FIRST + day * DAY)?.because).toEqual({ en, es });
  });

  test('is asked for by one or several names, and until the very moment', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 6 });
    const risks = fc.subarray([...CHURN_RISKS], { minLength: 1 });
    fc.assert(
      fc.property(days, risks, fc.integer({ min: 0, max: 1000 * DAY }), (ordered, wanted, passed) => {
        const contact = buyer(ordered);
        const question = aQuestion(`{ churn_risk: ${JSON.stringify(wanted)} }`);
        const facts = { contact, now: FIRST + passed, zone: 'UTC' };
        const { holds, until } = question.answer(facts);
        const isMeant = (now: number) => wanted.includes(churnRiskOf(contact.profile, now)?.risk ?? 'low');
        expect(holds).toBe(isMeant(facts.now));
        const end = Math.min(until - 1, facts.now + 2000 * DAY);
        for (let look = facts.now; look < end; look += DAY) expect(isMeant(look)).toBe(holds);
        expect(isMeant(end)).toBe(holds);
        if (until !== Infinity) expect(isMeant(until)).toBe(!holds);
      }),
      { numRuns: 100 },
    );
  });
});
