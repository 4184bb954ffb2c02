import type { TestHelper } from '../helper.ts';
import { asNumber } from './locale.ts';

/** Is the first number greater than the second? A list counts its items; what is no number is never greater. */
export const moreThan: TestHelper = {
  kind: 'test',
  name: 'more_than',
  takes: [2, 2],
  example: '{{#more_than cart.value 50}}…{{/more_than}}',
  holds: ([a, b]) => (amount(a) ?? NaN) > (amount(b) ?? NaN),
};

function amount(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : asNumber(value);
}
