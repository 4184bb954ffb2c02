import { describe, expect, test } from 'vitest';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import type { Facts } from '../../../src/core/conditions/answer.ts';
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

  test.each(['at_least: 2', 'within: 3 days', 'times: 0'])('not_within cannot stand beside "%s"', (other) => {
    const written = {
      event: 'product_viewed',
      not_within: '7 days',
      ...Object.fromEntries([other.split(': ')]),
    };
    const count = (value: unknown) => (/^\d+$/.test(String(value)) ? Number(value) : value);
    const input = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, count(value)]));
    expect(check(conditionSchema, input)).toMatchObject({
      findings: [{ message: expect.stringContaining('not once in that time') as string }],
    });
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
});
