import { describe, expect, test } from 'vitest';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import type { Facts } from '../../../src/core/conditions/answer.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { check } from '../../../src/core/schema.ts';
import { afterEvents, anEvent, aQuestion, at, DAY } from '../../support/build.ts';

const NOW = at('2026-03-15T12:00');
const daysAgo = (days: number): number => NOW - days * DAY;

/** Product views this many days ago. */
function ask(condition: string, days: readonly number[], extra: Partial<Facts> = {}) {
  const question = aQuestion(condition);
  const views = days.map((ago) => anEvent('product_viewed', {}, daysAgo(ago)));
  const contact = afterEvents(views, [question]);
  const { holds, until } = question.answer({ contact, now: NOW, zone: 'UTC', ...extra });
  return { holds, until: until === Infinity ? 'never' : (until - NOW) / DAY };
}

describe('how often', () => {
  test.each([
    ['{ event: product_viewed }', [0, 1, 1, 1, 1]],
    ['{ event: product_viewed, at_least: 2 }', [0, 0, 1, 1, 1]],
    ['{ event: product_viewed, at_most: 2 }', [1, 1, 1, 0, 0]],
    ['{ event: product_viewed, more_than: 2 }', [0, 0, 0, 1, 1]],
    ['{ event: product_viewed, less_than: 2 }', [1, 1, 0, 0, 0]],
    ['{ event: product_viewed, times: 2 }', [0, 0, 1, 0, 0]],
    ['{ event: product_viewed, times: 0 }', [1, 0, 0, 0, 0]],
    ['{ event: product_viewed, at_least: 1, at_most: 2 }', [0, 1, 1, 0, 0]],
    ['{ event: product_viewed, at_least: 3, at_most: 2 }', [0, 0, 0, 0, 0]],
    ['{ event: product_viewed, at_least: 0 }', [1, 1, 1, 1, 1]],
  ])('%s holds for so many views', (condition, byCount) => {
    const days = [400, 300, 2, 1];
    const answers = byCount.map((_, count) => ask(condition, days.slice(0, count)));
    expect(answers.map(({ holds }) => Number(holds))).toEqual(byCount);
    expect(new Set(answers.map(({ until }) => until))).toEqual(new Set(['never']));
  });
});

describe('how lately', () => {
  test.each([
    ['{ event: product_viewed, within: 7 days }', [], false, 'never'],
    ['{ event: product_viewed, within: 7 days }', [8], false, 'never'],
    ['{ event: product_viewed, within: 7 days }', [7], false, 'never'],
    ['{ event: product_viewed, within: 7 days }', [20, 6], true, 1],
    ['{ event: product_viewed, at_least: 3, within: 14 days }', [20, 13, 5, 1], true, 1],
    ['{ event: product_viewed, at_least: 3, within: 14 days }', [13, 5, 1, 0], true, 9],
    ['{ event: product_viewed, at_least: 3, within: 14 days }', [5, 1], false, 'never'],
    ['{ event: product_viewed, at_most: 1, within: 7 days }', [6, 4, 2], false, 3],
    ['{ event: product_viewed, less_than: 1, within: 7 days }', [6, 4, 2], false, 5],
    ['{ event: product_viewed, at_most: 1, within: 7 days }', [9, 2], true, 'never'],
    ['{ event: product_viewed, times: 2, within: 7 days }', [6, 4, 2], false, 1],
    ['{ event: product_viewed, times: 2, within: 7 days }', [4, 2], true, 3],
    ['{ event: product_viewed, times: 2, within: 7 days }', [6, 4, 4, 4, 2], false, 'never'],
    ['{ event: product_viewed, more_than: 1, less_than: 3, within: 7 days }', [6, 4, 2], false, 1],
    ['{ event: product_viewed, not_within: 7 days }', [], true, 'never'],
    ['{ event: product_viewed, not_within: 7 days }', [7], true, 'never'],
    ['{ event: product_viewed, not_within: 7 days }', [9, 3], false, 4],
  ])('%s with views %j days ago: %s until %s', (condition, days, holds, until) => {
    expect(ask(condition, days)).toEqual({ holds, until });
  });

  test('a window of days is exact: 24 hours each, whatever the clocks do', () => {
    const question = aQuestion('{ event: product_viewed, within: 1 day }');
    const viewed = at('2026-03-28T12:00+01:00'); // the night after, the clocks of Madrid go forward
    const contact = afterEvents([anEvent('product_viewed', {}, viewed)], [question]);
    expect(question.answer({ contact, now: viewed, zone: 'Europe/Madrid' }).until).toBe(viewed + DAY);
  });
});

describe('several windows', () => {
  const week = '{ event: product_viewed, within: 7 days }';
  const month = '{ event: product_viewed, within: 30 days }';

  test.each([
    [`{ any: [${week}, ${month}] }`, true, 28], // as long as the last of them stands
    [`{ all: [${week}, ${month}] }`, true, 5],
    [`{ none: [${week}, ${month}] }`, false, 28],
    [`{ all: [${week}, { event: product_viewed, times: 5 }] }`, false, 'never'],
  ])('%s: %s until %s', (condition, holds, until) => {
    expect(ask(condition, [2])).toEqual({ holds, until });
  });
});

describe('which events', () => {
  const survey = (properties: Record<string, string | number>) =>
    anEvent('survey_answered', properties, NOW - 1);
  const holds = (where: string, properties: Record<string, string | number>): boolean => {
    const question = aQuestion(`{ event: survey_answered, where: ${where} }`);
    const contact = afterEvents([survey(properties)], [question]);
    return question.answer({ contact, now: NOW, zone: 'UTC' }).holds;
  };

  test.each([
    ['{ survey: satisfaction }', { survey: 'satisfaction' }, true],
    ['{ survey: satisfaction }', { survey: 'Satisfaction' }, true],
    ['{ survey: satisfaction }', { survey: 'recommend' }, false],
    ['{ survey: satisfaction }', {}, false],
    ['{ score: 2 }', { score: '2' }, true],
    ['{ score: { at_most: 2 } }', { score: 2 }, true],
    ['{ score: { at_most: 2 } }', { score: 3 }, false],
    ['{ score: { at_most: 2 } }', {}, false],
    ['{ survey: satisfaction, score: { at_most: 2 } }', { survey: 'satisfaction', score: 1 }, true],
    ['{ survey: satisfaction, score: { at_most: 2 } }', { survey: 'recommend', score: 1 }, false],
    ['{ score: { between: [3, 5] } }', { score: 5 }, true],
  ])('where %s with %j: %s', (where, properties, expected) => {
    expect(holds(where, properties)).toBe(expected);
  });

  test('several events are counted together', () => {
    const question = aQuestion('{ event: [product_added, checkout_started], at_least: 2, within: 7 days }');
    const list = [anEvent('product_added', {}, daysAgo(3)), anEvent('checkout_started', {}, daysAgo(2))];
    const ask = (contact = afterEvents(list, [question])) =>
      question.answer({ contact, now: NOW, zone: 'UTC' });
    expect(ask()).toEqual({ holds: true, until: daysAgo(3) + 7 * DAY });
    expect(ask(afterEvents(list.slice(1), [question])).holds).toBe(false);
  });

  test('the reason tells how often it happened, in both languages', () => {
    const question = aQuestion('{ event: product_viewed, at_least: 3, within: 14 days }');
    const views = [20, 3, 2].map((ago) => anEvent('product_viewed', {}, daysAgo(ago)));
    const facts = { contact: afterEvents(views, [question]), now: NOW, zone: 'UTC' };
    expect(question.because(facts)).toEqual({
      en: 'product_viewed happened 2 times within 14 days',
      es: 'product_viewed ocurrió 2 veces en 14 días',
    });
  });
});

/** What happened how many days ago, with what properties. */
type Told = readonly [name: string, days: number, properties?: JsonObject];

function look(
  condition: string,
  told: readonly Told[],
  extra: Partial<Facts> = {},
  scope: 'ever' | 'entry' = 'ever',
) {
  const question = aQuestion(condition, scope);
  const list = told.map(([name, days, properties = {}]) => anEvent(name, properties, daysAgo(days)));
  const facts = { contact: afterEvents(list, [question]), now: NOW, zone: 'UTC', ...extra };
  const { holds, until } = question.answer(facts);
  return {
    holds,
    until: until === Infinity ? 'never' : (until - NOW) / DAY,
    because: question.because(facts),
  };
}

const order = (days: number, revenue?: Json): Told => [
  'order_completed',
  days,
  revenue === undefined ? {} : { revenue },
];

describe('how much', () => {
  const spent = '{ event: order_completed, sum_of: revenue, at_least: 200, within: 365 days }';

  test.each<[string, readonly Told[], boolean, number | 'never']>([
    [spent, [], false, 'never'],
    [spent, [order(300, 150), order(10, 80)], true, 65],
    [spent, [order(400, 150), order(10, 80)], false, 'never'],
    [spent, [order(365, 150), order(10, 80)], false, 'never'],
    [spent, [order(300, -100), order(10, 250)], false, 65],
    [spent, [order(300, 100), order(300, 50), order(10, 220)], true, 355],
    ['{ event: order_completed, sum_of: revenue, at_least: 200 }', [order(900, 150), order(1, 50)], true, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, more_than: 200 }', [order(900, 150), order(1, 50)], false, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, less_than: 0.3 }', [order(2, 0.1), order(1, 0.2)], false, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, at_most: 0.3 }', [order(2, 0.1), order(1, 0.2)], true, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, at_least: 0.07 }', [order(2, 0.06), order(1, 0.01)], true, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, at_most: -5 }', [order(2, 3), order(1, -8)], true, 'never'],
    ['{ event: order_completed, sum_of: revenue, at_most: 0 }', [], true, 'never'],
    ['{ event: order_completed, sum_of: revenue, at_least: 90 }', [order(2, '89.90'), order(1, ' .1 ')], true, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: revenue, at_least: 1, at_most: 2 }', [order(2, 1), order(1, 2)], false, 'never'], // prettier-ignore
    ['{ event: order_completed, sum_of: total.net, at_least: 7 }', [['order_completed', 1, { total: { net: 7 } }]], true, 'never'], // prettier-ignore
    ['{ event: order_completed, where: { shop: web }, sum_of: revenue, at_least: 7 }', [['order_completed', 1, { revenue: 7, shop: 'web' }], order(2, 5)], true, 'never'], // prettier-ignore
  ])('%s of %j: %s until %s', (condition, told, holds, until) => {
    expect(look(condition, told)).toMatchObject({ holds, until });
  });

  test.each<[Json | undefined]>([[undefined], [null], [''], ['much'], [true], [[5]], [1e300], ['Infinity']])(
    '%j adds nothing',
    (revenue) => {
      const asked = '{ event: order_completed, sum_of: revenue, at_least: 5, at_most: 5 }';
      expect(look(asked, [order(2, revenue), order(1, 5)]).holds).toBe(true);
    },
  );
});

describe('which of them', () => {
  const club = { club: true };
  const last = '{ event: order_completed, which: last, where: { club: true } }';
  const first = '{ event: order_completed, which: first, where: { club: true } }';

  test.each<[string, readonly Told[], boolean, number | 'never']>([
    [last, [], false, 'never'],
    [last, [['order_completed', 9, club], order(3)], false, 'never'],
    [last, [order(9), ['order_completed', 3, club]], true, 'never'],
    [first, [['order_completed', 9, club], order(3)], true, 'never'],
    [first, [order(9), ['order_completed', 3, club]], false, 'never'],
    [first, [order(3), ['order_completed', 3, club]], true, 'never'], // at one moment either will do
    ['{ event: order_completed, which: first, within: 7 days }', [order(9), order(3)], false, 'never'],
    ['{ event: order_completed, which: first, within: 7 days }', [order(5), order(3)], true, 2],
    ['{ event: order_completed, which: last, not_within: 7 days }', [], false, 'never'],
    ['{ event: order_completed, which: last, not_within: 7 days }', [order(9), order(3)], false, 4],
    ['{ event: order_completed, which: last, not_within: 7 days }', [order(9)], true, 'never'],
    ['{ event: order_completed, which: last, not_within: 7 days, within: 10 days }', [order(3)], false, 4],
    ['{ event: order_completed, which: last, not_within: 7 days, within: 10 days }', [order(9)], true, 1],
    ['{ event: order_completed, which: last, not_within: 7 days, within: 5 days }', [order(3)], false, 'never'], // prettier-ignore
  ])('%s of %j: %s until %s', (condition, told, holds, until) => {
    expect(look(condition, told)).toMatchObject({ holds, until });
  });
});

describe('after and before others', () => {
  const view = (days: number): Told => ['product_viewed', days];
  const after = '{ event: product_viewed, after: order_completed }';
  const before = '{ event: product_viewed, before: order_completed }';

  test.each<[string, readonly Told[], boolean, number | 'never']>([
    [after, [view(3)], false, 'never'],
    [after, [view(3), order(5)], true, 'never'],
    [after, [view(5), order(5)], false, 'never'],
    [after, [order(9), view(5), order(3)], false, 'never'],
    ['{ event: product_viewed, after: order_completed, at_least: 2 }', [view(6), order(5), view(3)], false, 'never'], // prettier-ignore
    ['{ event: product_viewed, after: order_completed, at_least: 2 }', [order(5), view(3), view(1)], true, 'never'], // prettier-ignore
    ['{ event: product_viewed, after: order_completed, at_most: 1 }', [view(9), view(6), order(5), view(3)], true, 'never'], // prettier-ignore
    ['{ event: product_viewed, after: order_completed, within: 7 days }', [order(8), view(3)], true, 4],
    ['{ event: product_viewed, after: [order_completed, order_refunded] }', [order(8), view(3), ['order_refunded', 2]], false, 'never'], // prettier-ignore
    ['{ event: product_viewed, not_within: 7 days, after: order_completed }', [view(5), order(3)], true, 'never'], // prettier-ignore
    ['{ event: product_viewed, sum_of: price, at_least: 5, after: order_completed }', [['product_viewed', 9, { price: 9 }], order(3), ['product_viewed', 1, { price: 4 }]], false, 'never'], // prettier-ignore
    [before, [], false, 'never'],
    [before, [view(3)], true, 'never'],
    [before, [order(3)], false, 'never'],
    [before, [view(3), order(3)], false, 'never'],
    [before, [order(5), view(3), order(1)], false, 'never'],
    [before, [view(9), order(5), view(3)], true, 'never'],
    ['{ event: product_viewed, after: searched, before: order_completed }', [view(9), ['searched', 7], order(5)], false, 'never'], // prettier-ignore
    ['{ event: product_viewed, after: searched, before: order_completed }', [['searched', 7], view(6), order(5)], true, 'never'], // prettier-ignore
  ])('%s of %j: %s until %s', (condition, told, holds, until) => {
    expect(look(condition, told)).toMatchObject({ holds, until });
  });
});

describe('reasons', () => {
  test.each<[string, readonly Told[], string, string]>([
    [
      '{ event: order_completed, sum_of: revenue, at_least: 200, within: 365 days }',
      [order(9, 230)],
      'order_completed added up to 230 (revenue) within 365 days (asked: at least 200)',
      'order_completed sumó 230 (revenue) en 365 días (se pide: al menos 200)',
    ],
    [
      '{ event: order_completed, sum_of: revenue, more_than: 1.5, less_than: 9 }',
      [],
      'order_completed added up to 0 (revenue) (asked: more than 1.5, less than 9)',
      'order_completed sumó 0 (revenue) (se pide: más de 1.5, menos de 9)',
    ],
    ['{ event: product_viewed }', [], 'product_viewed never happened', 'product_viewed nunca ocurrió'],
    [
      '{ event: product_viewed, not_within: 7 days }',
      [],
      'product_viewed did not happen within 7 days',
      'product_viewed no ocurrió en 7 días',
    ],
    [
      '{ event: product_viewed, after: order_completed, at_least: 2, within: 7 days }',
      [order(5), ['product_viewed', 2], ['product_viewed', 1]],
      'product_viewed happened 2 times after order_completed within 7 days',
      'product_viewed ocurrió 2 veces después de order_completed en 7 días',
    ],
    [
      '{ event: product_viewed, after: order_completed }',
      [['product_viewed', 2]],
      'product_viewed counts only after order_completed, which never happened',
      'product_viewed solo cuenta después de order_completed, que nunca ocurrió',
    ],
    [
      '{ event: product_viewed, before: order_completed }',
      [['product_viewed', 2]],
      'product_viewed happened before order_completed',
      'product_viewed ocurrió antes de order_completed',
    ],
    [
      '{ event: product_viewed, before: order_completed, since: entry }',
      [['product_viewed', 9]],
      'product_viewed did not happen since the entry before order_completed',
      'product_viewed no ocurrió desde la entrada antes de order_completed',
    ],
    [
      '{ event: product_viewed, since: entry }',
      [['product_viewed', 2]],
      'product_viewed happened once since the entry',
      'product_viewed ocurrió una vez desde la entrada',
    ],
    [
      '{ event: order_completed, which: last, where: { club: true }, not_within: 3 days }',
      [order(5)],
      'the latest order_completed, of 2026-03-10, is not as asked: not within 3 days',
      'el último order_completed, del 2026-03-10, no es como se pide: no en 3 días',
    ],
    [
      '{ event: order_completed, which: first, where: { club: true } }',
      [['order_completed', 5, { club: true }]],
      'the first order_completed, of 2026-03-10, is as asked',
      'el primer order_completed, del 2026-03-10, es como se pide',
    ],
    [
      '{ event: order_completed, which: first }',
      [],
      'order_completed never happened',
      'order_completed nunca ocurrió',
    ],
  ])('%s after %j', (condition, told, en, es) => {
    expect(look(condition, told, { entered_at: daysAgo(6) }).because).toEqual({ en, es });
  });
});

describe('what cannot stand together', () => {
  test.each([
    [{ not_within: '7 days', at_least: 2 }, 'at_least', 'not once in that time'],
    [{ not_within: '7 days', within: '3 days' }, 'within', 'not once in that time'],
    [{ not_within: '7 days', times: 0 }, 'times', 'not once in that time'],
    [{ which: 'last', at_least: 2 }, 'at_least', '"which" asks of one single event'],
    [{ which: 'last', after: 'x' }, 'after', '"which" asks of one single event'],
    [{ which: 'first', since: 'entry' }, 'since', 'write "which: last"'],
    [{ before: 'x', within: '3 days' }, 'within', '"before" asks only whether'],
    [{ before: 'x', times: 2 }, 'times', '"before" asks only whether'],
    [{ before: 'x', sum_of: 'n', at_least: 2 }, 'sum_of', '"before" asks only whether'],
    [{ sum_of: 'n' }, 'sum_of', 'say what the sum must be'],
    [{ sum_of: 'n', within: '3 days' }, 'sum_of', 'say what the sum must be'],
    [{ sum_of: 'n', at_least: 1, times: 2 }, 'times', '"times" cannot stand beside "sum_of"'],
    [{ at_least: 1.5 }, 'at_least', 'whole number from 0 to 1000'],
    [{ more_than: -1 }, 'more_than', 'whole number from 0 to 1000'],
    [{ at_most: 1001 }, 'at_most', 'whole number from 0 to 1000'],
    [{ witin: '3 days', at_least: 1.5 }, 'witin', '"witin" does not belong here'],
  ])('%j', (written, key, message) => {
    expect(check(conditionSchema, { event: 'product_viewed', ...written })).toEqual({
      ok: false,
      findings: [
        expect.objectContaining({ path: [key], message: expect.stringContaining(message) as string }),
      ],
    });
  });

  test.each([
    { which: 'first', within: '3 days', not_within: '1 day' },
    { which: 'last', since: 'entry', where: { n: 1 } },
    { not_within: '3 days', after: ['x', 'y'], since: 'entry' },
    { before: 'x', after: 'y', since: 'entry' },
    { sum_of: 'n', at_most: -0.5, within: '3 days', after: 'x', since: 'entry' },
  ])('but these can: %j', (written) => {
    expect(check(conditionSchema, { event: 'product_viewed', ...written }).ok).toBe(true);
  });
});

describe('since the entry into a workflow', () => {
  const ENTRY = daysAgo(5);
  const inRun = (condition: string, days: readonly number[], happening?: ReturnType<typeof anEvent>) => {
    const question = aQuestion(condition, 'entry');
    const list = [
      ...days.map((ago) => anEvent('product_viewed', {}, daysAgo(ago))),
      ...(happening ? [happening] : []),
    ];
    const contact = afterEvents(list, [question]);
    return question.answer({ contact, now: NOW, zone: 'UTC', entered_at: ENTRY, happening }).holds;
  };

  test.each([
    ['{ event: product_viewed }', [9], false],
    ['{ event: product_viewed }', [5], false], // the very event that started the run
    ['{ event: product_viewed }', [9, 4], true],
    ['{ event: product_viewed, at_least: 2 }', [9, 5, 4], false],
    ['{ event: product_viewed, at_least: 2 }', [4, 3], true],
    ['{ event: product_viewed, within: 2 days }', [4], false],
    ['{ event: product_viewed, within: 2 days }', [1], true],
    ['{ event: product_viewed, not_within: 7 days }', [6], false], // quiet is quiet, also before the entry
    ['{ event: product_viewed, not_within: 7 days }', [8], true],
  ])('%s with views %j days ago, entered 5 days ago: %s', (condition, days, expected) => {
    expect(inRun(condition, days)).toBe(expected);
  });

  test('the event being decided counts, though it happened before the entry', () => {
    const late = anEvent('product_viewed', {}, daysAgo(9));
    expect(inRun('{ event: product_viewed }', [], late)).toBe(true);
    expect(inRun('{ event: product_viewed, within: 7 days }', [], late)).toBe(false);
    expect(inRun('{ event: pricing_viewed }', [], late)).toBe(false);
  });

  test('hearing of an event does not hide when "not within" will be true', () => {
    const question = aQuestion('{ event: product_viewed, not_within: 7 days }', 'entry');
    const happening = anEvent('product_viewed', {}, NOW);
    const contact = afterEvents([happening], [question]);
    const answer = question.answer({ contact, now: NOW, zone: 'UTC', entered_at: ENTRY, happening });
    expect(answer).toEqual({ holds: false, until: NOW + 7 * DAY });
  });

  test.each<[string, 'ever' | 'entry', readonly Told[], boolean]>([
    ['{ event: order_completed, since: entry }', 'ever', [order(6)], false],
    ['{ event: order_completed, since: entry }', 'ever', [order(4)], true],
    ['{ event: order_completed, not_within: 7 days, since: entry }', 'entry', [order(6)], true],
    ['{ event: order_completed, sum_of: revenue, at_least: 9 }', 'entry', [order(6, 9)], false],
    ['{ event: order_completed, sum_of: revenue, at_least: 9 }', 'entry', [order(4, 9)], true],
    ['{ event: order_completed, which: last }', 'entry', [order(6)], false],
    ['{ event: order_completed, which: last }', 'entry', [order(5)], false],
    ['{ event: order_completed, before: searched }', 'entry', [order(4), ['searched', 4]], false],
    ['{ event: order_completed, which: first }', 'entry', [order(6), order(4)], false],
    ['{ event: order_completed, which: first }', 'entry', [order(4)], true],
    ['{ event: order_completed, which: last, not_within: 3 days }', 'entry', [order(6)], true],
    ['{ event: order_completed, after: searched }', 'entry', [['searched', 9], order(4)], true],
    ['{ event: order_completed, before: searched }', 'entry', [order(6), ['searched', 3]], false],
    ['{ event: order_completed, before: searched }', 'entry', [order(4), ['searched', 3]], true],
    ['{ event: order_completed, before: searched }', 'entry', [order(6), ['searched', 5.5], order(4)], false],
  ])('%s, asked of %s, after %j: %s', (condition, scope, told, holds) => {
    expect(look(condition, told, { entered_at: ENTRY }, scope).holds).toBe(holds);
  });

  test('outside a run "since: entry" means ever', () => {
    expect(look('{ event: order_completed, since: entry }', [order(900)]).holds).toBe(true);
    expect(look('{ event: order_completed, since: entry, times: 2 }', [order(900), order(1)]).holds).toBe(
      true,
    );
  });

  test.each<[string, boolean]>([
    ['{ event: order_completed, sum_of: revenue, at_least: 9 }', true],
    ['{ event: order_completed, sum_of: revenue, more_than: 9 }', false],
    ['{ event: order_completed, which: last }', true],
    ['{ event: order_completed, which: last, where: { revenue: 8 } }', false],
    ['{ event: order_completed, before: searched }', true],
    ['{ event: order_completed, after: searched }', false],
  ])('the event being decided counts for %s: %s', (condition, holds) => {
    const happening = anEvent('order_completed', { revenue: 9 }, daysAgo(9));
    const question = aQuestion(condition, 'entry');
    const contact = afterEvents([happening, anEvent('searched', {}, daysAgo(8))], [question]);
    const facts = { contact, now: NOW, zone: 'UTC', entered_at: ENTRY };
    expect(question.answer({ ...facts, happening }).holds).toBe(holds);
    expect(question.answer(facts).holds).toBe(false);
  });
});

test('an event that is named twice counts once', () => {
  expect(look('{ event: [order_completed, order_completed], at_least: 2 }', [order(3)]).holds).toBe(false);
});

test('the larger of two lower bounds counts', () => {
  const asked = '{ event: order_completed, at_least: 1, more_than: 2 }';
  expect(look(asked, [order(3), order(2)]).holds).toBe(false);
  expect(look(asked, [order(3), order(2), order(1)]).holds).toBe(true);
});

test('a sum within a time looks at the latest thousand', () => {
  const many = Array.from({ length: 1100 }, (_, index) => order(1 + index / 1000, 1));
  const asked = (least: number) =>
    `{ event: order_completed, sum_of: revenue, at_least: ${least}, within: 9 days }`;
  expect(look(asked(1000), many).holds).toBe(true);
  expect(look(asked(1001), many).holds).toBe(false);
});
