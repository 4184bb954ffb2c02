import { describe, expect, test } from 'vitest';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import type { Json } from '../../../src/core/json.ts';
import { check } from '../../../src/core/schema.ts';
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
    ['less_than: "2026-03-01"', 20260228, false],
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
