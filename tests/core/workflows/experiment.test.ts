/** Known values from published examples, and what chance does over thousands of made-up tests. */
import { describe, expect, test } from 'vitest';
import {
  chooseVariant,
  compareVariants,
  decideWinner,
  isHeldOut,
  type VariantCount,
} from '../../../src/core/workflows/experiment.ts';

const counts = (...list: readonly (readonly [number, number])[]): VariantCount[] =>
  list.map(([successes, people], index) => ({ variant: 'abcdef'.charAt(index), people, successes }));

const compare = (...list: readonly (readonly [number, number])[]) => compareVariants(counts(...list), 0.05);

describe('the interval of a rate (Wilson 1927, method 3 in Newcombe’s comparison of 1998)', () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [20, 20, 0.8389, 1],
  ])('of %i of %i', (successes, people, low, high) => {
    const interval = compare([successes, people]).rates[0]?.interval;
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test('of nobody is everything', () => {
    expect(compare([0, 0]).rates[0]).toMatchObject({ rate: null, interval: { low: 0, high: 1 } });
  });
});

describe('the interval of a difference (Newcombe 1998, method 10)', () => {
  test.each([
    [[56, 70], [48, 80], 0.0524, 0.3339],
    [[9, 10], [3, 10], 0.1705, 0.809],
    [[6, 7], [2, 7], 0.0582, 0.8062],
    [[5, 56], [0, 29], -0.0381, 0.1926],
    [[10, 10], [0, 20], 0.6791, 1],
    [[10, 10], [0, 10], 0.6075, 1],
  ] as const)('between %j and %j', (one, other, low, high) => {
    const lift = compare(one, other).lift;
    expect(lift?.interval.low).toBeCloseTo(low, 4);
    expect(lift?.interval.high).toBeCloseTo(high, 4);
  });

  test('stands beside the difference itself, absolute and relative', () => {
    const { lift } = compare([120, 1000], [100, 1000]);
    expect(lift?.absolute).toBeCloseTo(0.02, 12);
    expect(lift?.relative).toBeCloseTo(0.2, 12);
    expect(compare([5, 100], [0, 100]).lift?.relative).toBeNull();
  });
});

describe('the test of a difference', () => {
  test.each([
    ['prop.test(c(15, 25), c(50, 50), correct = FALSE)', [25, 50], [15, 50], 0.04123],
    // (0.12 - 0.10) / sqrt(0.11 · 0.89 · 2 / 1000) = 1.42931
    ['two thousand people', [120, 1000], [100, 1000], 0.15292],
  ] as const)('is the pooled z test: %s', (_name, one, other, p) => {
    expect(compare(one, other).p).toBeCloseTo(p, 4);
  });

  test('keeps its digits far out, where 1 − 0.999… would have lost them', () => {
    // z = 10 exactly: 0.6 and 0.4 of 2 · 1250 people at a pooled half. 2 · Φ(−10) = 1.5239706e-23.
    const { p } = compare([750, 1250], [500, 1250]);
    expect(p / 1.5239706e-23).toBeCloseTo(1, 5);
  });

  test.each([
    ['the lady and her tea', [3, 4], [1, 4], 0.4857143],
    ['eight of ten against one of six', [8, 10], [1, 6], 0.034965],
    ['six of eight against one of five', [6, 8], [1, 5], 0.1025641],
    ['nothing against five', [5, 5], [0, 5], 2 / 252],
  ] as const)('is Fisher’s exact one where few are expected: %s', (_name, one, other, p) => {
    expect(compare(one, other).p).toBeCloseTo(p, 6);
  });

  test('takes few successes among very many people in a moment', () => {
    // 3 of 3 in the same half of two million: 2 · (1/2)³, less a trace for drawing without putting back.
    expect(compare([3, 1_000_000], [0, 1_000_000]).p).toBeCloseTo(0.25, 5);
    expect(compare([4, 1500], [996_000, 2_000_000]).p).toBeLessThan(1e-10);
  });

  test('sees no difference where nobody or everybody succeeded, or a variant has nobody', () => {
    for (const pair of [
      [
        [0, 50],
        [0, 70],
      ],
      [
        [50, 50],
        [70, 70],
      ],
      [
        [3, 9],
        [0, 0],
      ],
    ] as const) {
      expect(compare(...pair)).toMatchObject({ p: 1, significant: false });
    }
    expect(compare([0, 0], [0, 0])).toMatchObject({ best: null, second: null, lift: null, p: 1 });
    expect(compareVariants([], 0.05)).toMatchObject({ best: null, p: 1, significant: false });
    expect(compare([5, 10])).toMatchObject({ best: 'a', second: null, lift: null, significant: false });
  });

  test('asks more of the best where it is compared with several', () => {
    const two = compare([25, 50], [15, 50]);
    const three = compare([15, 50], [25, 50], [15, 50]);
    expect(two.significant).toBe(true);
    expect(three).toMatchObject({ best: 'b', second: 'a', significant: false });
    expect(three.p).toBeCloseTo(2 * two.p, 10);
  });

  test('wants the best to be better than each other, not only than the worst', () => {
    expect(compare([300, 1000], [298, 1000], [100, 1000])).toMatchObject({ best: 'a', significant: false });
    expect(compare([400, 1000], [298, 1000], [100, 1000])).toMatchObject({ best: 'a', significant: true });
  });

  test('does not depend on the order of the variants', () => {
    const list = counts([40, 100], [40, 100], [12, 100]);
    expect(compareVariants(list.toReversed(), 0.05)).toEqual(compareVariants(list, 0.05));
  });
});

describe('a winner', () => {
  test('may cost less risk with every look, and less than 5 % for ever', () => {
    const alphas = Array.from(
      { length: 40 },
      (_, index) => decideWinner(counts([1, 2], [1, 2]), index + 1).alpha,
    );
    expect(alphas.slice(0, 3)).toEqual([0.025, 0.0125, 0.00625]);
    expect(alphas.reduce((sum, alpha) => sum + alpha, 0)).toBeLessThan(0.05);
  });

  test('is called where the difference is clear, and not where chance would do', () => {
    expect(decideWinner(counts([100, 1000], [160, 1000]), 1).winner).toBe('b');
    expect(decideWinner(counts([25, 50], [15, 50]), 1).winner).toBeNull(); // p = 0.041
  });

  test('is called in less than 5 % of tests without any difference, with five looks at each', () => {
    const dice = mulberry(20_261_122);
    for (const variants of [2, 3]) {
      const wrong = simulate(2000, Array<number>(variants).fill(0.1), dice);
      expect(wrong).toBeLessThan(0.05);
      expect(wrong).toBeGreaterThan(0.001);
    }
  });

  test('is found where there is one', () => {
    expect(simulate(300, [0.1, 0.16], mulberry(7))).toBeGreaterThan(0.95);
  });

  /** The part of the tests in which one of five looks, after each 300 people of each variant, called a winner. */
  function simulate(tests: number, rates: readonly number[], dice: () => number): number {
    let called = 0;
    for (let index = 0; index < tests; index++) {
      const successes = rates.map(() => 0);
      for (let look = 1; look <= 5; look++) {
        rates.forEach((rate, variant) => {
          for (let person = 0; person < 300; person++) if (dice() < rate) successes[variant]!++;
        });
        if (decideWinner(counts(...successes.map((sum) => [sum, 300 * look] as const)), look).winner === null)
          continue;
        called++;
        break;
      }
    }
    return called / tests;
  }
});

describe('who takes which variant', () => {
  const PEOPLE = Array.from({ length: 20_000 }, (_, index) => `contact-${index}`);
  const HALVES = { one: { share: 50 }, two: { share: 50 } };

  test('is always the same, in whatever order the variants are written', () => {
    for (const id of PEOPLE.slice(0, 500)) {
      const chosen = chooseVariant(id, { one: { share: 30 }, two: { share: 70 } });
      expect(chooseVariant(id, { two: { share: 70 }, one: { share: 30 } })).toBe(chosen);
    }
  });

  test('follows the shares', () => {
    const variants = { a: { share: 10 }, b: { share: 33.3 }, c: { share: 56.7 } };
    for (const [name, { share }] of Object.entries(variants)) {
      const taken = PEOPLE.filter((id) => chooseVariant(`${id}/cart/test`, variants) === name).length;
      expectWithin5Sigma(taken, PEOPLE.length, share / 100);
    }
  });

  test('says nothing about another test, of the same workflow or of another', () => {
    const inFirst = PEOPLE.filter((id) => chooseVariant(`${id}/cart/first`, HALVES) === 'one');
    for (const other of ['cart/second', 'cart/first_2', 'win_back/first']) {
      const inBoth = inFirst.filter((id) => chooseVariant(`${id}/${other}`, HALVES) === 'one').length;
      expectWithin5Sigma(inBoth, inFirst.length, 0.5);
    }
  });

  test('says nothing about who is held out, nor does one workflow about another', () => {
    const heldOut = PEOPLE.filter((id) => isHeldOut(id, 'cart', 20));
    expectWithin5Sigma(heldOut.length, PEOPLE.length, 0.2);
    const inOne = heldOut.filter((id) => chooseVariant(`${id}/cart/test`, HALVES) === 'one').length;
    expectWithin5Sigma(inOne, heldOut.length, 0.5);
    const inOther = heldOut.filter((id) => isHeldOut(id, 'win_back', 20)).length;
    expectWithin5Sigma(inOther, heldOut.length, 0.2);
  });

  test('whoever is held out at 5 percent is held out at 10, nobody at 0 and everybody at 100', () => {
    const few = PEOPLE.filter((id) => isHeldOut(id, 'cart', 5));
    expect(few.every((id) => isHeldOut(id, 'cart', 10))).toBe(true);
    expect(PEOPLE.some((id) => isHeldOut(id, 'cart', 0))).toBe(false);
    expect(PEOPLE.every((id) => isHeldOut(id, 'cart', 100))).toBe(true);
  });

  function expectWithin5Sigma(found: number, among: number, part: number): void {
    const sigma = Math.sqrt(among * part * (1 - part));
    expect(Math.abs(found - among * part)).toBeLessThan(5 * sigma);
  }
});

/** Dice that fall the same way in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
