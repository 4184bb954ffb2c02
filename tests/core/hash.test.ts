import { describe, expect, test } from 'vitest';
import { hash53, share } from '../../src/core/hash.ts';
import { at, canonicalText, own } from '../../src/core/json.ts';
import { joinReasons, reason } from '../../src/core/reason.ts';

describe('hash53', () => {
  test('is the same for ever: keys of memories and shares of people are stored', () => {
    expect(['', 'a', 'contact-1/abandoned_cart/2'].map((text) => hash53(text))).toEqual([
      3338908027751811, 7929297801672961, 6597445571395006,
    ]);
  });

  test('is a whole number of at most 53 bits, and other for neighbours and seeds', () => {
    const hashes = Array.from({ length: 100_000 }, (_, number) => hash53(`contact-${number}`));
    expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash53('a', 1)).not.toBe(hash53('a'));
  });

  test('spreads people evenly: each hundredth of them within a fifth of its share', () => {
    const people = 200_000;
    const bins = Array.from({ length: 100 }, () => 0);
    for (let person = 0; person < people; person++) {
      const bin = Math.floor(share(`contact-${person}/welcome/3`) * 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(Math.min(...bins)).toBeGreaterThan(people / 100 / 1.2);
    expect(Math.max(...bins)).toBeLessThan((people / 100) * 1.2);
  });
});

describe('plain data', () => {
  const data = { cart: { items: [{ name: 'Shoe' }] }, none: null };

  test.each([
    ['cart.items.0.name', 'Shoe'],
    ['none', null],
    ['none.more', undefined],
    ['cart.items.1.name', undefined],
    ['cart.constructor', undefined],
    ['__proto__', undefined],
    ['cart.items.0.name.length', undefined],
    ['', undefined],
  ])('at "%s" is %j', (path, value) => {
    expect(at(data, path)).toBe(value);
  });

  test('has only its own keys', () => {
    expect(own({ a: 1 }, 'a')).toBe(1);
    expect(own({ a: 1 }, 'constructor')).toBeUndefined();
  });

  test('has one text, however its keys stand', () => {
    expect(canonicalText({ b: [{ d: 1, c: 'x' }], a: null })).toBe('{"a":null,"b":[{"c":"x","d":1}]}');
    expect(canonicalText({ a: null, b: [{ c: 'x', d: 1 }] })).toBe(
      canonicalText({ b: [{ d: 1, c: 'x' }], a: null }),
    );
    expect(canonicalText([2, 1])).toBe('[2,1]');
  });
});

test('reasons are joined in both languages', () => {
  expect(joinReasons([reason('one', 'uno'), reason('two', 'dos')])).toEqual({
    en: 'one; two',
    es: 'uno; dos',
  });
});
