import type { TestHelper } from '../helper.ts';

/** Are both the same? Compared as text, so 3 is "3". A missing value is nothing, not even another missing one. */
export const is: TestHelper = {
  kind: 'test',
  name: 'is',
  takes: [2, 2],
  example: '{{#is cart.currency "EUR"}}…{{/is}}',
  holds: ([a, b]) => isPlain(a) && isPlain(b) && String(a) === String(b),
};

function isPlain(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}
