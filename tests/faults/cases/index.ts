import type { FaultCase } from '../fault.ts';
import { senderKilledAfterDot, senderKilledAfterRcpt, senderKilledInText } from './f01-sender-killed.ts';

/** In the order of the table. */
export const CASES: readonly FaultCase[] = [senderKilledAfterRcpt, senderKilledInText, senderKilledAfterDot];
