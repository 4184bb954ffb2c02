/** Stages, and what is like them: segments, personas and moods, of which a contact has some at every moment. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Question } from '../../../src/core/conditions/answer.ts';
import { compileCondition, conditionSchema, NOTHING_AROUND } from '../../../src/core/conditions/condition.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import { check } from '../../../src/core/schema.ts';
import { personasOf } from '../../../src/core/segments/personas.ts';
import { aContact, afterEvents, anEvent, aQuestion, at, DAY } from '../../support/build.ts';

const NOW = at('2026-03-15T12:00');

function told({ holds, until }: Answer): readonly [boolean, number] {
  return [holds, (until - NOW) / DAY];
}

describe('a stage', () => {
  /** In consideration for ten days; in awareness until then, and in decision until 40 days ago. */
  const contact: Contact = {
    ...aContact({ stage: 'consideration', since: NOW - 10 * DAY }),
    stages_left: { awareness: NOW - 10 * DAY, decision: NOW - 40 * DAY },
  };

  test.each<[string, boolean, number]>([
    ['{ stage: consideration }', true, Infinity],
    ['{ stage: [awareness, consideration] }', true, Infinity],
    ['{ stage: awareness }', false, Infinity],
    ['{ stage: consideration, for: 10 days }', true, Infinity],
    ['{ stage: consideration, for: 11 days }', false, 1],
    ['{ stage: awareness, for: 1 day }', false, Infinity],
    ['{ stage: consideration, was: ever }', true, Infinity],
    ['{ stage: decision, was: ever }', true, Infinity],
    ['{ stage: loyalty, was: ever }', false, Infinity],
    ['{ stage: [loyalty, decision], was: ever }', true, Infinity],
    ['{ stage: consideration, was: ever, within: 1 day }', true, Infinity],
    ['{ stage: decision, was: ever, within: 40 days }', false, Infinity],
    ['{ stage: decision, was: ever, within: 41 days }', true, 1],
    ['{ stage: [decision, awareness], was: ever, within: 30 days }', true, 20],
    ['{ stage: constructor, was: ever }', false, Infinity],
  ])('%s: %s, for %s days', (condition, holds, days) => {
    expect(told(aQuestion(condition).answer({ contact, now: NOW, zone: 'UTC' }))).toEqual([holds, days]);
  });

  test('is stood in from the moment on at which it was entered, and "for" to the millisecond', () => {
    const since = contact.stage_since;
    const holds = (condition: string, now: number) =>
      aQuestion(condition).answer({ contact, now, zone: 'UTC' }).holds;
    expect(holds('{ stage: consideration }', since)).toBe(true);
    expect(holds('{ stage: consideration, for: 1 day }', since + DAY - 1)).toBe(false);
    expect(holds('{ stage: consideration, for: 1 day }', since + DAY)).toBe(true);
  });

  test.each([
    [{ stage: 'decision', for: '1 day', was: 'ever' }, 'write two conditions'],
    [{ stage: 'decision', within: '1 day' }, '"within" belongs to "was: ever"'],
    [{ stage: 'decision', was: 'never' }, 'was'],
  ])('%j cannot be asked', (written, message) => {
    expect(check(conditionSchema, written)).toMatchObject({
      findings: [{ message: expect.stringContaining(message) as string }],
    });
  });
});

/** Whoever viewed something within so many minutes. */
const lately = (event: string, minutes: number): Question =>
  aQuestion(`{ event: ${event}, within: ${minutes} minutes }`);

function compiled(condition: object, around = NOTHING_AROUND): Question {
  const checked = check(conditionSchema, condition);
  if (!checked.ok) throw new Error(JSON.stringify(checked.findings));
  return compileCondition(checked.value, around);
}

describe('a segment', () => {
  const segments = new Map([
    ['hot', aQuestion('{ event: product_viewed, at_least: 2, within: 7 days }')],
    ['club', aQuestion('{ field: plan, is: club }')],
  ]);
  const around = { ...NOTHING_AROUND, segment: (id: string) => segments.get(id) };
  const question = (ids: string | readonly string[]) => compiled({ segment: ids }, around);
  const views = [6, 2].map((ago) => anEvent('product_viewed', {}, NOW - ago * DAY));

  test.each<[string | readonly string[], boolean, number]>([
    ['hot', true, 1],
    ['club', false, Infinity],
    [['club', 'hot'], true, 1],
    [['club', 'gone'], false, Infinity],
    ['gone', false, Infinity],
  ])('%j: %s, for %s days', (ids, holds, days) => {
    const asked = question(ids);
    const contact = afterEvents(views, [asked]);
    expect(told(asked.answer({ contact, now: NOW, zone: 'UTC' }))).toEqual([holds, days]);
  });
});

describe('what a contact is one of', () => {
  const minutes = fc.integer({ min: 1, max: 30 });
  const history = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 40 })), {
    maxLength: 8,
  });
  const START = NOW;
  const HORIZON = 90;

  /** Asks at every minute; nothing happens between them. */
  function expectExact(question: Question, happened: readonly (readonly [string, number])[]): void {
    const list = happened.map(([name, minute]) => anEvent(name, {}, START + minute * 60_000));
    const contact = afterEvents(list, [question]);
    const answers = Array.from({ length: HORIZON - 40 }, (_, step) => {
      const now = START + (40 + step) * 60_000;
      return { now, ...question.answer({ contact, now, zone: 'UTC' }) };
    });
    for (const { now, holds, until } of answers) {
      const next = answers.find((later) => later.now > now && later.holds !== holds);
      expect([now, until]).toEqual([now, next?.now ?? Infinity]);
    }
  }

  test('persona: the first that fits, until exactly the moment at which it is another', () => {
    fc.assert(
      fc.property(minutes, minutes, fc.boolean(), history, (one, other, hasRest, happened) => {
        const personas = personasOf([
          { id: 'first', when: lately('a', one) },
          { id: 'second', when: lately('b', other) },
          ...(hasRest ? [{ id: 'rest', when: null }] : []),
        ]);
        for (const persona of ['first', 'second', 'rest', ['first', 'second'], ['first', 'rest']])
          expectExact(compiled({ persona }, { ...NOTHING_AROUND, personas }), happened);
      }),
      { numRuns: 40 },
    );
  });

  test('mood: the first that holds, until exactly the moment at which it is another', () => {
    fc.assert(
      fc.property(minutes, minutes, history, (one, other, happened) => {
        const moods = moodsOf([
          { id: 'upset', when: lately('a', one), ends_when: null },
          { id: 'happy', when: lately('b', other), ends_when: null },
          { id: 'calm', when: null, ends_when: null },
        ]);
        for (const mood of ['upset', 'happy', 'calm', ['upset', 'happy'], ['upset', 'calm'], 'unheard_of'])
          expectExact(compiled({ mood }, { ...NOTHING_AROUND, moods }), happened);
      }),
      { numRuns: 40 },
    );
  });

  test('segment: any of several, until exactly the moment at which it is in none or in one', () => {
    fc.assert(
      fc.property(minutes, minutes, history, (one, other, happened) => {
        const segments = new Map([
          ['x', lately('a', one)],
          ['y', lately('b', other)],
        ]);
        const around = { ...NOTHING_AROUND, segment: (id: string) => segments.get(id) };
        for (const segment of ['x', 'y', ['x', 'y']]) expectExact(compiled({ segment }, around), happened);
      }),
      { numRuns: 40 },
    );
  });
});
