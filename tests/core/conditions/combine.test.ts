import { describe, expect, test } from 'vitest';
import type { Answer, Facts, Question } from '../../../src/core/conditions/answer.ts';
import { allOf, anyOf, exactly, noneOf } from '../../../src/core/conditions/combine.ts';
import { reason } from '../../../src/core/reason.ts';
import { aContact } from '../../support/build.ts';

const facts = (now: number): Facts => ({ contact: aContact(), now, zone: 'UTC' });

/** Holds at first or not, and changes at each of these moments. */
function changing(name: string, first: boolean, ...moments: readonly number[]): Question {
  return {
    answer({ now }): Answer {
      const passed = moments.filter((moment) => moment <= now).length;
      return { holds: passed % 2 === 0 ? first : !first, until: moments[passed] ?? Infinity };
    },
    because: () => reason(name, name.toUpperCase()),
    memory: [],
  };
}

describe('several parts', () => {
  const soon = changing('soon', true, 10);
  const late = changing('late', true, 20);
  const never = changing('never', false);
  const coming = changing('coming', false, 10);

  test.each<[string, Question, boolean, number]>([
    ['all: until the first of them ends', allOf([soon, late]), true, 10],
    ['all: as long as the last that says no', allOf([coming, changing('x', false, 20)]), false, 20],
    ['all: for ever where one says no for ever', allOf([soon, never]), false, Infinity],
    ['all: past the moment at which one comes as another goes', allOf([soon, coming]), false, Infinity],
    ['any: until the last of them ends', anyOf([soon, late]), true, 20],
    ['any: past the moment at which one takes over from another', anyOf([soon, coming]), true, Infinity],
    ['any: until the first of them begins', anyOf([coming, changing('x', false, 20)]), false, 10],
    ['none: until the last of them ends', noneOf([soon, late]), false, 20],
    ['none: until the first of them begins', noneOf([coming, never]), true, 10],
    ['all of nothing is yes', allOf([]), true, Infinity],
    ['any of nothing is no', anyOf([]), false, Infinity],
    ['none of nothing is yes', noneOf([]), true, Infinity],
    ['none of none', noneOf([noneOf([soon])]), true, 10],
    [
      'one takes over from another again and again',
      anyOf([changing('a', true, 1, 2, 3, 4, 5), changing('b', false, 1, 2, 3, 4, 5, 6)]),
      true,
      6,
    ],
  ])('%s', (_name, question, holds, until) => {
    expect(question.answer(facts(0))).toEqual({ holds, until });
  });

  test.each<[string, Question, string]>([
    ['all: every part when it holds', allOf([soon, late]), 'soon; late'],
    ['all: what says no when it does not', allOf([soon, never, coming]), 'never; coming'],
    ['any: what says yes when it holds', anyOf([never, soon, late]), 'soon; late'],
    ['any: every part when it does not', anyOf([never, coming]), 'never; coming'],
    ['none: every part when it holds', noneOf([never, coming]), 'never; coming'],
    ['none: what says yes when it does not', noneOf([never, soon]), 'soon'],
  ])('the reason of %s', (_name, question, en) => {
    expect(question.because(facts(0))).toEqual({ en, es: en.toUpperCase() });
  });
});

describe('exactly', () => {
  test('goes on until the answer is another', () => {
    const asked: number[] = [];
    const ask = exactly(({ now }) => {
      asked.push(now);
      return { holds: now >= 30, until: now + 10 };
    });
    expect(ask(facts(5))).toEqual({ holds: false, until: 35 });
    expect(asked).toEqual([5, 15, 25, 35]);
  });

  test('does not ask again where only an event could change the answer', () => {
    let times = 0;
    const ask = exactly(() => ({ holds: ++times > 0, until: Infinity }));
    expect(ask(facts(0))).toEqual({ holds: true, until: Infinity });
    expect(times).toBe(1);
  });

  test('gives up early, and never late, where an answer would have to be asked for ever', () => {
    const ask = exactly(({ now }) => ({ holds: true, until: now + 1 }));
    const { holds, until } = ask(facts(0));
    expect(holds).toBe(true);
    expect(until).toBeGreaterThan(100);
    expect(until).toBeLessThan(Infinity);
  });
});

describe('parts that change for ever', () => {
  test('are asked some thousand times in all, however deep they are nested', () => {
    let asked = 0;
    const flickering = (first: boolean): Question => ({
      answer({ now }) {
        asked++;
        return { holds: (now % 2 === 0) === first, until: now + 1 };
      },
      because: () => reason('flickers', 'parpadea'),
      memory: [],
    });
    const nobody = allOf([flickering(true), flickering(false)]);
    const deep = noneOf([anyOf([allOf([anyOf([nobody, changing('x', false)]), flickering(true)]), nobody])]);
    expect(deep.answer(facts(0)).holds).toBe(true);
    expect(asked).toBeLessThan(50_000);
  });
});
