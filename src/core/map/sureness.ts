import type { Sureness } from './shapes.ts';

/** Below it, one person more or less moves a share by three percent and more. */
const ENOUGH = 30;

/** How much a figure that rests on so many can be relied on. */
export function sureOf(n: number): Sureness {
  if (n <= 0) return 'no_data';
  return n < ENOUGH ? 'little' : 'enough';
}
