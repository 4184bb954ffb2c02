/** How long an answer stands, and how much must be remembered for it: by trying everything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Question } from '../../../src/core/conditions/answer.ts';
import { compileCondition, type Condition } from '../../../src/core/conditions/condition.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import type { Duration } from '../../../src/core/time/duration.ts';
import { aContact, afterEvents, anEvent, at, MINUTE } from '../../support/build.ts';

/** Everything happens at whole minutes, so trying each minute of the horizon is trying every moment. */
const START = at('2026-03-15T00:00');
const EVENTS_WITHIN = 60;
const HORIZON = 200;
const NAMES = ['a', 'b'];

const window = fc.integer({ min: 1, max: 40 }).map((amount): Duration => ({ amount, unit: 'minute' }));
const times = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });

const counted = fc
  .record({
    event: fc.subarray(NAMES, { minLength: 1 }),
    where: fc.option(fc.constantFrom({ n: 1 }, { n: { at_least: 2 } }), { nil: undefined }),
    at_least: times,
    at_most: times,
    more_than: times,
    less_than: times,
    within: fc.option(window, { nil: undefined }),
  })
  .map((parts): Condition => ({ subject: 'event', ...parts }));
const exactly = fc
  .record({
    event: fc.subarray(NAMES, { minLength: 1 }),
    times: fc.integer({ min: 0, max: 4 }),
    within: window,
  })
  .map((parts): Condition => ({ subject: 'event', ...parts }));
const quiet = fc
  .record({ event: fc.subarray(NAMES, { minLength: 1 }), not_within: window })
  .map((parts): Condition => ({ subject: 'event', ...parts }));
const dated = fc
  .record({
    field: fc.constantFrom('renewed', 'orders.last', 'cart.updated'),
    wide: window,
    within: fc.boolean(),
  })
  .map(({ field, wide, within }): Condition => {
    return { subject: 'field', field, ...(within ? { within: wide } : { not_within: wide }) };
  });

const single = fc.oneof(counted, exactly, quiet, dated);
const { any: combined } = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    single,
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((all): Condition => ({ subject: 'all', all })),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((any): Condition => ({ subject: 'any', any })),
    fc
      .array(tie('any'), { minLength: 1, maxLength: 3 })
      .map((none): Condition => ({ subject: 'none', none })),
  ),
}));

const occurrence = fc.record({
  name: fc.constantFrom(...NAMES, 'order_completed', 'product_added'),
  minute: fc.integer({ min: 0, max: EVENTS_WITHIN }),
  n: fc.integer({ min: 0, max: 3 }),
});
type Occurrence = typeof occurrence extends fc.Arbitrary<infer T> ? T : never;
const history = fc.array(occurrence, { maxLength: 12 });
const renewed = fc.integer({ min: 0, max: HORIZON });

const around = { moods: moodsOf([]) };

function contactOf(occurrences: readonly Occurrence[], day: number, questions: readonly Question[]): Contact {
  const list = occurrences.map(({ name, minute, n }, index) =>
    anEvent(name, { n, order_id: `o${index}`, product_id: `p${index}` }, START + minute * MINUTE),
  );
  return afterEvents(list, questions, aContact({ fields: { renewed: START + day * MINUTE } }));
}

function answersOf(question: Question, contact: Contact): Answer[] {
  return Array.from({ length: HORIZON - EVENTS_WITHIN + 1 }, (_, step) =>
    question.answer({ contact, now: START + (EVENTS_WITHIN + step) * MINUTE, zone: 'UTC' }),
  );
}

/** Index of the first answer after `from` that is another; `Infinity` when none is. */
function firstChange(answers: readonly Answer[], from: number): number {
  const found = answers.findIndex((answer, index) => index > from && answer.holds !== answers[from]?.holds);
  return found === -1 ? Infinity : found;
}

/** As an index of the answers; everything beyond the horizon is out of sight. */
function untilIndex({ until }: Answer): number {
  const index = (until - START) / MINUTE - EVENTS_WITHIN;
  return index > HORIZON - EVENTS_WITHIN ? Infinity : index;
}

describe('until', () => {
  test('is exactly the first change, for each single subject', () => {
    fc.assert(
      fc.property(single, history, renewed, (condition, occurrences, day) => {
        const question = compileCondition(condition, around);
        const answers = answersOf(question, contactOf(occurrences, day, [question]));
        expect(answers.map(untilIndex)).toEqual(answers.map((_, index) => firstChange(answers, index)));
      }),
      { numRuns: 200 },
    );
  });

  test('is never after the first change, and asking again makes headway, for combinations', () => {
    fc.assert(
      fc.property(combined, history, renewed, (condition, occurrences, day) => {
        const question = compileCondition(condition, around);
        const answers = answersOf(question, contactOf(occurrences, day, [question]));
        const wrong = answers.flatMap((answer, index) => {
          const until = untilIndex(answer);
          return until > index && until <= firstChange(answers, index) ? [] : [{ index, until }];
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('leads to every change by waking only when it says', () => {
    fc.assert(
      fc.property(combined, history, renewed, (condition, occurrences, day) => {
        const question = compileCondition(condition, around);
        const answers = answersOf(question, contactOf(occurrences, day, [question]));
        const seen: boolean[] = [];
        for (let index = 0; index < answers.length;) {
          const answer = answers[index] as Answer;
          const next = Math.min(untilIndex(answer), answers.length);
          for (; index < next; index++) seen.push(answer.holds);
        }
        expect(seen).toEqual(answers.map(({ holds }) => holds));
      }),
      { numRuns: 100 },
    );
  });
});

describe('memory', () => {
  /** The same condition, remembering everything. */
  function boundless(question: Question): Question {
    return { ...question, memory: question.memory.map((spec) => ({ ...spec, keep: 1000 })) };
  }

  const entry = fc.option(fc.integer({ min: 0, max: EVENTS_WITHIN }), { nil: undefined });

  test('that is kept is always enough', () => {
    fc.assert(
      fc.property(combined, history, renewed, entry, (condition, occurrences, day, entered) => {
        const question = compileCondition(condition, around, entered === undefined ? 'ever' : 'entry');
        const bounded = contactOf(occurrences, day, [question]);
        const full = contactOf(occurrences, day, [boundless(question)]);
        const at_entry = entered === undefined ? {} : { entered_at: START + entered * MINUTE };
        for (let minute = EVENTS_WITHIN; minute < HORIZON; minute += 3) {
          const facts = { now: START + minute * MINUTE, zone: 'UTC', ...at_entry };
          expect(question.answer({ ...facts, contact: bounded })).toEqual(
            question.answer({ ...facts, contact: full }),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test('stays small however many events arrive', () => {
    const condition: Condition = {
      subject: 'event',
      event: ['a'],
      at_least: 3,
      within: { amount: 14, unit: 'day' },
    };
    const question = compileCondition(condition, around);
    const many = Array.from({ length: 500 }, (_, minute) => ({ name: 'a', minute, n: 0 }));
    const memory = contactOf(many, 0, [question]).profile.memory.a;
    expect(memory).toMatchObject({ count: 500, first: START });
    expect(memory?.times).toHaveLength(3);
  });
});
