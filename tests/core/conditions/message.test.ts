import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/core/conditions/answer.ts';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import { check } from '../../../src/core/schema.ts';
import { afterEvents, anEvent, aQuestion, at, DAY } from '../../support/build.ts';

const NOW = at('2026-03-15T12:00');
const daysAgo = (days: number): number => NOW - days * DAY;

/** What became of which message, and how many days ago. */
type Told = readonly [fate: string, days: number, more?: Record<string, string | boolean>];

function ask(
  condition: string,
  told: readonly Told[],
  extra: Partial<Facts> = {},
  scope: 'ever' | 'entry' = 'ever',
) {
  const question = aQuestion(condition, scope);
  const list = told.map(([fate, days, more]) =>
    anEvent(`message_${fate}`, { message: 'hello', ...more }, daysAgo(days)),
  );
  const facts = { contact: afterEvents(list, [question]), now: NOW, zone: 'UTC', ...extra };
  const { holds, until } = question.answer(facts);
  const { en, es } = question.because(facts);
  return { holds, until: until === Infinity ? 'never' : (until - NOW) / DAY, en, es };
}

const other = { message: 'other' };
const machine = { machine: true };

describe('what became of a message', () => {
  test.each<[string, readonly Told[], boolean]>([
    ['{ message: hello, was: sent }', [], false],
    ['{ message: hello, was: sent }', [['sent', 9]], true],
    ['{ message: hello, was: sent }', [['sent', 9, other]], false],
    ['{ message: [hello, other], was: sent }', [['sent', 9, other]], true],
    ['{ message: hello, was: sent, at_least: 2 }', [['sent', 9]], false],
    ['{ message: [hello, other], was: sent, times: 2 }', [['sent', 9], ['sent', 3, other]], true], // prettier-ignore
    ['{ message: hello, was: opened }', [['sent', 9]], false],
    ['{ message: hello, was: opened }', [['opened', 9]], true],
    ['{ message: hello, was: opened }', [['opened', 9, machine]], false],
    ['{ message: hello, was: opened, times: 1 }', [['opened', 9, machine], ['opened', 8], ['opened', 7, machine]], true], // prettier-ignore
    ['{ message: hello, was: clicked }', [['clicked', 9, machine]], false],
    ['{ message: hello, was: clicked }', [['clicked', 9, { machine: false }]], true],
    ['{ message: hello, was: bounced }', [['bounced', 9]], true],
    ['{ message: hello, was: complained }', [['complained', 9]], true],
    ['{ message: hello, was: complained }', [['complained', 9, other]], false],
  ])('%s after %j: %s', (condition, told, holds) => {
    expect(ask(condition, told)).toMatchObject({ holds, until: 'never' });
  });

  test.each<[string, readonly Told[], boolean, number | 'never']>([
    ['{ message: hello, was: opened, within: 7 days }', [['opened', 5]], true, 2],
    ['{ message: hello, was: opened, within: 7 days }', [['opened', 7]], false, 'never'],
    ['{ message: hello, was: sent, not_within: 7 days }', [['sent', 5]], false, 2],
    ['{ message: hello, was: sent, not_within: 7 days }', [], true, 'never'],
    ['{ message: hello, was: delivered, within: 7 days }', [['sent', 5]], true, 2],
    ['{ message: hello, was: delivered, not_within: 7 days }', [['sent', 5]], false, 2],
    ['{ message: hello, was: delivered, not_within: 7 days }', [['sent', 5], ['bounced', 4]], true, 'never'], // prettier-ignore
  ])('%s after %j: %s until %s', (condition, told, holds, until) => {
    expect(ask(condition, told)).toMatchObject({ holds, until });
  });

  test.each<[readonly Told[], boolean]>([
    [[], false],
    [[['sent', 9]], true],
    [[['delivered', 9]], true],
    [[['bounced', 9]], false],
    [[['sent', 9], ['bounced', 8]], false], // prettier-ignore
    [[['sent', 9], ['delivered', 8], ['bounced', 7]], false], // prettier-ignore
    [[['sent', 9], ['bounced', 8], ['sent', 7]], true], // prettier-ignore
    [[['sent', 9], ['bounced', 8, other]], true], // prettier-ignore
  ])('was delivered after %j: %s', (told, holds) => {
    expect(ask('{ message: hello, was: delivered }', told).holds).toBe(holds);
  });

  test('one that came back says nothing of another', () => {
    const told: Told[] = [
      ['sent', 9],
      ['sent', 8, other],
      ['bounced', 7, other],
    ];
    expect(ask('{ message: [other, hello], was: delivered }', told).holds).toBe(true);
    expect(ask('{ message: [other], was: delivered }', told).holds).toBe(false);
  });
});

describe('inside a workflow', () => {
  const entered_at = daysAgo(5);

  test.each<[string, 'ever' | 'entry', number, boolean]>([
    ['{ message: hello, was: opened }', 'entry', 6, false],
    ['{ message: hello, was: opened }', 'entry', 4, true],
    ['{ message: hello, was: opened }', 'ever', 6, true],
    ['{ message: hello, was: opened, since: entry }', 'ever', 6, false],
    ['{ message: hello, was: opened, since: entry }', 'ever', 4, true],
    ['{ message: hello, was: opened, not_within: 7 days }', 'entry', 6, false],
    ['{ message: hello, was: opened, not_within: 7 days, since: entry }', 'entry', 6, true],
  ])('%s, asked of %s, opened %i days ago: %s', (condition, scope, days, holds) => {
    expect(ask(condition, [['opened', days]], { entered_at }, scope).holds).toBe(holds);
  });

  test('delivered counts from the entry, too', () => {
    const asked = '{ message: hello, was: delivered }';
    expect(ask(asked, [['sent', 6]], { entered_at }, 'entry').holds).toBe(false);
    expect(ask(asked, [['sent', 4]], { entered_at }, 'entry').holds).toBe(true);
    expect(ask('{ message: hello, was: delivered, since: entry }', [['sent', 6]]).holds).toBe(true);
  });
});

test.each<[string, readonly Told[], string, string]>([
  ['{ message: hello, was: opened }', [], 'hello was never opened', 'hello nunca se abrió'],
  ['{ message: hello, was: opened }', [['opened', 1]], 'hello was opened once', 'hello se abrió una vez'],
  [
    '{ message: [hello, other], was: clicked, at_least: 3, within: 2 days }',
    [['clicked', 1], ['clicked', 1]], // prettier-ignore
    'hello / other was clicked 2 times within 2 days',
    'hello / other se pulsó 2 veces en 2 días',
  ],
  [
    '{ message: hello, was: complained, within: 7 days }',
    [],
    'hello was not marked as spam within 7 days',
    'hello no se marcó como correo no deseado en 7 días',
  ],
  ['{ message: hello, was: bounced }', [['bounced', 2]], 'hello bounced once', 'hello rebotó una vez'],
  ['{ message: hello, was: delivered }', [['sent', 2]], 'hello was delivered', 'hello se entregó'],
  ['{ message: hello, was: delivered }', [], 'hello was never delivered', 'hello nunca se entregó'],
  [
    '{ message: hello, was: delivered, within: 7 days }',
    [['sent', 2], ['bounced', 1]], // prettier-ignore
    'hello was sent and bounced',
    'hello se envió y rebotó',
  ],
])('the reason of %s after %j', (condition, told, en, es) => {
  expect(ask(condition, told)).toMatchObject({ en, es });
});

test.each([
  [{ was: 'sent', not_within: '7 days', at_least: 2 }, 'not once in that time'],
  [{ was: 'sent', not_within: '7 days', within: '3 days' }, 'not once in that time'],
  [{ was: 'delivered', at_least: 2 }, 'for "at_least" ask how often it "was: sent"'],
  [{ was: 'read' }, '"read" is not one of sent, delivered'],
  [{}, '"was" is missing'],
])('%j is refused', (written, message) => {
  const { findings } = check(conditionSchema, { message: 'hello', ...written }) as {
    findings?: { message: string }[];
  };
  expect(findings?.map((one) => one.message)).toEqual([expect.stringContaining(message)]);
});
