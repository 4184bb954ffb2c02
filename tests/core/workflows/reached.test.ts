import { describe, expect, it } from 'vitest';
import { reachedBy } from '../../../src/core/workflows/reached.ts';

/** `a → b` for each pair of letters. */
function ways(...pairs: readonly string[]) {
  return { start: 's', edges: pairs.map(([from = '', to = '']) => ({ from, to })) };
}

function reached(graph: ReturnType<typeof ways>, ended: object, counted: object = {}) {
  const map = reachedBy(graph, new Map(Object.entries(ended)), new Map(Object.entries(counted)));
  return Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('who stands at a step', () => {
  it('has passed each step before it, where there is one way', () => {
    expect(reached(ways('sa', 'ab', 'bc'), { c: 3, a: 1 })).toEqual({ s: 4, a: 4, b: 3, c: 3 });
  });

  it('has passed what lies before and behind a fork, and on neither way surely', () => {
    const fork = ways('sa', 'ab', 'ac', 'bd', 'cd');
    expect(reached(fork, { d: 5 })).toEqual({ s: 5, a: 5, d: 5 });
    expect(reached(fork, { d: 5 }, { b: 2 })).toEqual({ s: 5, a: 5, b: 2, d: 5 });
  });

  it('is counted once in a loop', () => {
    expect(reached(ways('sa', 'ab', 'ba', 'bc'), { b: 2, c: 1 })).toEqual({ s: 3, a: 3, b: 3, c: 1 });
  });

  it('is known at a step to which nothing leads', () => {
    expect(reached(ways('sa'), { z: 2, a: 1 })).toEqual({ s: 1, a: 1, z: 2 });
  });
});
