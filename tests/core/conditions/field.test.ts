import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import { DERIVED_FIELDS, derivedValues } from '../../../src/core/conditions/subjects/field.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import type { Json } from '../../../src/core/json.ts';
import { check } from '../../../src/core/schema.ts';
import { dateOf, dayOf } from '../../../src/core/time/date.ts';
import { startOfDay } from '../../../src/core/time/zone.ts';
import { aContact, afterEvents, anEvent, aQuestion, at, DAY, HOUR } from '../../support/build.ts';

const NOW = at('2026-03-15T12:00');

function ask(condition: string, fields: Record<string, Json>, zone = 'UTC', now = NOW) {
  return aQuestion(condition).answer({ contact: aContact({ fields }), now, zone });
}

describe('a value', () => {
  test.each<[string, Json, boolean]>([
    ['is: club', 'club', true],
    ['is: club', 'Club', true],
    ['is: club', 'free', false],
    ['is: club', null, false],
    ['is: 5', 5, true],
    ['is: 5', '5', true],
    ['is: 5', 'five', false],
    ['is: "5"', 5, true],
    ['is: 0', '', false],
    ['is: 0', null, false],
    ['is: true', true, true],
    ['is: true', 'true', false],
    ['is: false', null, false],
    ['is_not: club', 'free', true],
    ['is_not: club', 'club', false],
    ['is_not: club', null, true],
    ['in: [free, club]', 'club', true],
    ['in: [free, club]', 'gold', false],
    ['in: [1, 2]', '2', true],
    ['not_in: [free, club]', 'gold', true],
    ['not_in: [free, club]', 'free', false],
    ['at_least: 5', 5, true],
    ['at_least: 5', '5.0', true],
    ['at_least: 5', 4.99, false],
    ['at_least: 5', 'many', false],
    ['at_least: 5', null, false],
    ['at_least: 0', true, false],
    ['at_most: 5', 5, true],
    ['at_most: 5', 5.01, false],
    ['at_most: 5', null, false],
    ['more_than: 5', 5, false],
    ['more_than: 5', 6, true],
    ['less_than: 5', 5, false],
    ['less_than: 5', 4, true],
    ['less_than: 5', ' ', false],
    ['less_than: "2026-03-01"', '2026-02-28', true],
    ['less_than: "2026-03-01"', '2026-03-01', false],
    ['less_than: "2026-03-01"', 'soon', false],
    ['between: [2, 4]', 2, true],
    ['between: [2, 4]', 4, true],
    ['between: [2, 4]', 5, false],
    ['contains: run', 'Trail Running', true],
    ['contains: run', 'yoga', false],
    ['contains: run', ['yoga', 'Run'], true],
    ['contains: run', ['running'], false],
    ['contains: run', 5, false],
    ['exists: true', 'x', true],
    ['exists: true', '', false],
    ['exists: true', null, false],
    ['exists: true', false, true],
    ['exists: true', 0, true],
    ['exists: false', null, true],
    ['exists: false', 'x', false],
    ['at_least: 2, at_most: 4', 3, true],
    ['at_least: 2, at_most: 4', 5, false],
  ])('{ %s } of %j: %s', (operators, value, holds) => {
    expect(ask(`{ field: plan, ${operators} }`, { plan: value })).toEqual({ holds, until: Infinity });
  });

  test.each([
    ['is: club', false],
    ['is_not: club', true],
    ['not_in: [club]', true],
    ['exists: false', true],
    ['exists: true', false],
    ['at_most: 5', false],
    ['contains: a', false],
  ])('{ %s } of a field that is not there: %s', (operators, holds) => {
    expect(ask(`{ field: plan, ${operators} }`, {}).holds).toBe(holds);
  });

  test('a path leads into nested fields, and only into what is really there', () => {
    const fields = { address: { city: 'Madrid', tags: ['home'] } };
    expect(ask('{ field: address.city, is: madrid }', fields).holds).toBe(true);
    expect(ask('{ field: address.tags.0, is: home }', fields).holds).toBe(true);
    expect(ask('{ field: address.street, exists: true }', fields).holds).toBe(false);
    expect(ask('{ field: address.constructor, exists: true }', fields).holds).toBe(false);
    expect(ask('{ field: constructor, exists: true }', fields).holds).toBe(false);
  });

  test('a field condition must ask something', () => {
    const asked = check(conditionSchema, { field: 'plan' });
    expect(asked).toMatchObject({
      ok: false,
      findings: [{ message: expect.stringContaining('say what') as string }],
    });
  });

  test('the reason shows the value and what was asked', () => {
    const question = aQuestion('{ field: plan, is_not: club }');
    const because = question.because({
      contact: aContact({ fields: { plan: 'free' } }),
      now: NOW,
      zone: 'UTC',
    });
    expect(because.en).toBe('plan is free (asked: is not club)');
  });
});

describe('a date', () => {
  test.each<[string, Json, boolean, number]>([
    ['within: 30 days', '2026-03-01', true, at('2026-03-31')],
    ['within: 30 days', '2026-02-13', false, Infinity],
    ['within: 30 days', '2026-03-20', false, at('2026-03-20')],
    ['within: 30 days', '2026-03-01T10:00:00Z', true, at('2026-03-31T10:00')],
    ['within: 30 days', '2026-03-01T10:00:00+02:00', true, at('2026-03-31T08:00')],
    ['within: 30 days', at('2026-03-01'), true, at('2026-03-31')],
    ['within: 30 days', 'soon', false, Infinity],
    ['within: 30 days', '2026-02-30', false, Infinity],
    ['within: 30 days', null, false, Infinity],
    ['not_within: 30 days', '2026-03-01', false, at('2026-03-31')],
    ['not_within: 30 days', '2026-02-13', true, Infinity],
    ['not_within: 30 days', '2026-03-20', true, at('2026-03-20')],
    ['not_within: 30 days', 'soon', false, Infinity],
    ['within_next: 30 days', '2026-03-20', true, at('2026-03-20')],
    ['within_next: 30 days', '2026-04-14', true, at('2026-04-14')],
    ['within_next: 30 days', '2026-04-14T12:00:00Z', true, at('2026-04-14T12:00')],
    ['within_next: 30 days', '2026-04-14T12:00:01Z', false, at('2026-03-15T12:00:01')],
    ['within_next: 30 days', at('2026-06-01'), false, at('2026-05-02')],
    ['within_next: 30 days', NOW, false, Infinity],
    ['within_next: 30 days', '2026-03-01', false, Infinity],
    ['within_next: 30 days', 'soon', false, Infinity],
    ['within: 30 days, not_within: 7 days', '2026-03-01', true, at('2026-03-31')],
    ['within: 30 days, not_within: 7 days', '2026-03-10', false, at('2026-03-17')],
    ['within: 30 days, within_next: 7 days', '2026-03-20', false, Infinity],
    ['within: 30 days', 1e18, false, Infinity],
  ])('{ %s } of %j: %s', (operators, value, holds, until) => {
    expect(ask(`{ field: renewed, ${operators} }`, { renewed: value })).toEqual({ holds, until });
  });

  test('a date without a zone begins when it begins where the contact is', () => {
    const condition = '{ field: renewed, within: 1 day }';
    const answer = (zone: string) => ask(condition, { renewed: '2026-03-15' }, zone, at('2026-03-15T05:00'));
    expect(answer('America/Mexico_City')).toEqual({ holds: false, until: at('2026-03-15T06:00') });
    expect(answer('Europe/Madrid')).toEqual({ holds: true, until: at('2026-03-15T23:00') });
  });

  test('a time of day without a zone is that of the contact’s own clock', () => {
    const answer = ask(
      '{ field: renewed, within: 1 day }',
      { renewed: '2026-03-15T10:00' },
      'America/Mexico_City',
    );
    expect(answer).toEqual({ holds: false, until: at('2026-03-15T16:00') });
  });
});

describe('a date that is asked for', () => {
  test.each<[string, Json, boolean]>([
    // a day and a day
    ['is: 2026-12-01', '2026-12-01', true],
    ['is: 2026-12-01', '2026-12-02', false],
    ['is_not: 2026-12-01', '2026-12-02', true],
    ['is_not: 2026-12-01', 'soon', true],
    ['in: [2026-12-01, 2026-12-02]', '2026-12-02', true],
    ['not_in: [2026-12-01, 2026-12-02]', '2026-12-03', true],
    ['more_than: 2026-12-01', '2026-12-01', false],
    ['more_than: 2026-12-01', '2026-12-02', true],
    ['at_most: 2026-12-01', 'soon', false],
    ['between: [2026-12-01, 2026-12-24]', '2026-12-24', true],
    ['between: [2026-12-01, 2026-12-24]', '2026-12-25', false],
    // a day, and the day of a moment in Madrid
    ['is: 2026-12-01', at('2026-11-30T23:00'), true],
    ['is: 2026-12-01', at('2026-11-30T22:59'), false],
    ['is: 2026-12-01', '2026-12-01T22:30:00Z', true],
    ['is: 2026-12-01', '2026-12-01T23:30:00Z', false],
    ['is: 2026-12-01', '2026-12-01T23:30', true],
    ['more_than: 2026-12-01', at('2026-12-01T20:00'), false],
    ['more_than: 2026-12-01', at('2026-12-01T23:00'), true],
    ['less_than: 2026-12-01', at('2026-11-30T22:59'), true],
    ['at_least: 2026-12-01T10:00:00Z', '2026-12-01', true],
    ['more_than: 2026-12-01T10:00:00Z', '2026-12-01', false],
    // moments
    ['at_least: 2026-12-01T10:00', at('2026-12-01T09:00'), true],
    ['at_least: 2026-12-01T10:00', at('2026-12-01T08:59'), false],
    ['at_least: 2026-12-01T10:00:00Z', '2026-12-01T11:00:00+01:00', true],
    ['is: 2026-12-01T10:00:00Z', '2026-12-01 11:00', true],
    ['is: 2026-12-01T10:00:00Z', at('2026-12-01T10:00'), true],
    ['less_than: 2026-12-01T10:00', '2026-12-01T09:59:59.999', true],
    // what is no date
    ['less_than: 2026-12-01', '2026-11-31', false],
    ['less_than: 2026-12-01', '2026-11-30T25:00', false],
    ['less_than: 2026-12-01', true, false],
    ['less_than: 2026-12-01', ['2026-11-30'], false],
    ['less_than: 2026-12-01', 1e18, false],
  ])('{ %s } of %j in Madrid: %s, for ever', (operators, value, holds) => {
    const answer = ask(`{ field: renewed, ${operators} }`, { renewed: value }, 'Europe/Madrid');
    expect(answer).toEqual({ holds, until: Infinity });
  });
});

describe('what Etapa works out by itself', () => {
  const list = [
    anEvent('order_completed', { order_id: 'o1', revenue: 80 }, NOW - 90 * DAY),
    anEvent('order_completed', { order_id: 'o2', revenue: 20.5 }, NOW - 40 * DAY),
    anEvent('order_completed', { order_id: 'o3', revenue: 7 }, NOW - 30 * DAY),
    anEvent('order_cancelled', { order_id: 'o3' }, NOW - 29 * DAY),
    anEvent('order_refunded', { order_id: 'o1', total: 30 }, NOW - 28 * DAY),
    anEvent('product_added', { product_id: 's1', price: 30, quantity: 2, currency: 'eur' }, NOW - 2 * HOUR),
    anEvent(
      'product_added',
      { product_id: 's2', price: 9.5, cart_url: 'https://shop.example/c' },
      NOW - HOUR,
    ),
  ];

  test.each([
    ['{ field: cart.items, is: 2 }'],
    ['{ field: cart.count, is: 3 }'],
    ['{ field: cart.value, is: 69.5 }'],
    ['{ field: cart.currency, is: EUR }'],
    ['{ field: cart.url, contains: shop.example }'],
    ['{ field: cart.updated, within: 90 minutes }'],
    ['{ field: orders.count, is: 2 }'],
    ['{ field: orders.value, is: 70.5 }'],
    ['{ field: orders.first, not_within: 89 days }'],
    ['{ field: orders.last, within: 41 days }'],
    ['{ field: orders.last, more_than: 2026-02-01 }'],
    ['{ field: orders.first, is: 2025-12-15 }'],
  ])('%s holds', (condition) => {
    const question = aQuestion(condition);
    const facts = { contact: afterEvents(list, []), now: NOW, zone: 'UTC' };
    expect(question.answer(facts).holds).toBe(true);
    expect(question.answer({ ...facts, contact: aContact() }).holds).toBe(false);
  });

  test('"orders.last" is quiet exactly when its window ends', () => {
    const question = aQuestion('{ field: orders.last, not_within: 60 days }');
    const facts = { contact: afterEvents(list, []), now: NOW, zone: 'UTC' };
    expect(question.answer(facts)).toEqual({ holds: false, until: NOW + 20 * DAY });
    expect(question.answer({ ...facts, now: NOW + 20 * DAY }).holds).toBe(true);
    expect(question.because(facts).en).toBe('orders.last is 2026-02-03 (asked: not within 60 days)');
  });

  test.each([
    ['{ field: consent.email, is: true }', [true, false, false]],
    ['{ field: consent.email, is: false }', [false, true, false]],
    ['{ field: consent.email, exists: true }', [true, true, false]],
    ['{ field: consent.email, is_not: true }', [false, true, true]],
  ])('%s of those who agreed, refused, and were never asked: %s', (condition, expected) => {
    const nobody = aContact({ consent: [] });
    const consented = (granted: boolean) => ({
      ...nobody,
      profile: { ...nobody.profile, consent: { email: { granted, at: NOW } } },
    });
    const question = aQuestion(condition);
    const holds = [consented(true), consented(false), nobody].map(
      (contact) => question.answer({ contact, now: NOW, zone: 'UTC' }).holds,
    );
    expect(holds).toEqual(expected);
  });

  test('all of it is told at once, without what there is not', () => {
    expect(derivedValues(afterEvents(list, []).profile)).toEqual({
      'cart.items': 2,
      'cart.count': 3,
      'cart.value': 69.5,
      'cart.currency': 'EUR',
      'cart.url': 'https://shop.example/c',
      'cart.updated': NOW - HOUR,
      'orders.count': 2,
      'orders.value': 70.5,
      'orders.first': NOW - 90 * DAY,
      'orders.last': NOW - 40 * DAY,
    });
    expect(derivedValues(aContact().profile)).toEqual({
      'cart.items': 0,
      'cart.count': 0,
      'cart.value': 0,
      'orders.count': 0,
      'orders.value': 0,
    });
    const names = [...Object.keys(derivedValues(afterEvents(list, []).profile)), 'consent.email'];
    expect(DERIVED_FIELDS).toEqual(names);
  });

  test('an empty cart has no pieces and is worth nothing', () => {
    const facts = { contact: aContact(), now: NOW, zone: 'UTC' };
    for (const field of ['cart.items', 'cart.count', 'cart.value', 'orders.count', 'orders.value'])
      expect(aQuestion(`{ field: ${field}, is: 0 }`).answer(facts).holds).toBe(true);
  });
});

describe('stage, mood and combinations', () => {
  const facts = { contact: aContact({ stage: 'decision', fields: { plan: 'club' } }), now: NOW, zone: 'UTC' };
  const yes = '{ field: plan, is: club }';
  const no = '{ field: plan, is: free }';

  test.each([
    ['{ stage: decision }', true],
    ['{ stage: [awareness, decision] }', true],
    ['{ stage: awareness }', false],
    [`{ all: [${yes}, ${yes}] }`, true],
    [`{ all: [${yes}, ${no}] }`, false],
    [`{ any: [${no}, ${yes}] }`, true],
    [`{ any: [${no}, ${no}] }`, false],
    [`{ none: [${no}, ${no}] }`, true],
    [`{ none: [${no}, ${yes}] }`, false],
    [`{ none: [${yes}] }`, false],
    [`[${yes}, { stage: decision }]`, true],
    [`[${yes}, { stage: awareness }]`, false],
    [`[${yes}, { none: [{ any: [${no}, { stage: awareness }] }] }]`, true],
  ])('%s: %s', (condition, holds) => {
    expect(aQuestion(condition).answer(facts).holds).toBe(holds);
  });

  test('a mood is asked for by its name, and lasts as long as what caused it', () => {
    const complained = aQuestion('{ event: complaint_opened, within: 14 days }');
    const moods = moodsOf([
      { id: 'upset', when: complained, ends_when: null },
      { id: 'calm', when: null, ends_when: null },
    ]);
    const upset = aQuestion('{ mood: upset }', 'ever', moods);
    const contact = afterEvents([anEvent('complaint_opened', {}, NOW - DAY)], [upset]);
    expect(upset.answer({ ...facts, contact })).toEqual({ holds: true, until: NOW + 13 * DAY });
    expect(upset.because({ ...facts, contact }).en).toContain('the mood is upset, because complaint_opened');
    expect(aQuestion('{ mood: [upset, calm] }', 'ever', moods).answer(facts).holds).toBe(true);
    expect(upset.answer(facts).holds).toBe(false);
  });

  test('a combination gives the reasons of the parts that decide', () => {
    const reasonOf = (condition: string) => aQuestion(condition).because(facts).en;
    expect(reasonOf(`{ all: [${yes}, { stage: awareness }] }`)).toBe('the stage is decision');
    expect(reasonOf(`{ any: [${no}, { stage: decision }] }`)).toBe('the stage is decision');
    expect(reasonOf(`{ none: [${no}, { stage: awareness }] }`)).toBe(
      'plan is club (asked: is free); the stage is decision',
    );
  });
});

describe('until', () => {
  const width = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  const windows = fc
    .record({ within: width, not_within: width, within_next: width })
    .filter((asked) => Object.values(asked).some((value) => value !== undefined));
  const time = fc.integer({ min: -12, max: 12 });

  test('is exactly the first moment at which the answer is another, to the millisecond', () => {
    fc.assert(
      fc.property(windows, time, time, ({ within, not_within, within_next }, away, from) => {
        const seconds = (amount: number | undefined) => amount && `${amount} seconds`;
        const written = { within, not_within, within_next };
        const asked = Object.entries(written).map(([name, amount]) => [name, seconds(amount)]);
        const question = aQuestion(JSON.stringify({ field: 'renewed', ...Object.fromEntries(asked) }));
        const contact = aContact({ fields: { renewed: NOW + away * 1000 } });
        const answers = Array.from({ length: 40_000 / 500 }, (_, step) => {
          const now = NOW + from * 1000 + step * 500;
          return { now, ...question.answer({ contact, now, zone: 'UTC' }) };
        });
        for (const { now, holds, until } of answers) {
          const next = answers.find((later) => later.now > now && later.holds !== holds);
          expect([now, until]).toEqual([now, next?.now ?? Infinity]);
          if (until !== Infinity)
            expect(question.answer({ contact, now: until - 1, zone: 'UTC' }).holds).toBe(holds);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is exact for dates, which begin when the day begins where the contact is', () => {
    const date = fc.integer({ min: -3, max: 3 }).map((days) => dateOf((dayOf('2026-09-06') ?? 0) + days));
    const zone = fc.constantFrom('America/Santiago', 'Europe/Madrid', 'America/New_York', 'Pacific/Apia');
    fc.assert(
      fc.property(
        date,
        zone,
        fc.constantFrom('within', 'not_within', 'within_next'),
        (renewed, where, name) => {
          const question = aQuestion(`{ field: renewed, ${name}: 1 day }`);
          const facts = (now: number) => ({ contact: aContact({ fields: { renewed } }), now, zone: where });
          const begins = startOfDay(renewed, where);
          const edge = name === 'within_next' ? begins - DAY : begins;
          const [before, then] = [question.answer(facts(edge - 1)), question.answer(facts(edge))];
          expect([before.until, before.holds]).toEqual([edge, !then.holds]);
          expect(then.until).toBe(edge + DAY);
        },
      ),
    );
  });
});
