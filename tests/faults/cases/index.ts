import type { FaultCase } from '../fault.ts';

/** In the order of the table. */
export const CASES: readonly FaultCase[] = [];
