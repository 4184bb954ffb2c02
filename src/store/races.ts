/** What PostgreSQL refuses only because somebody else did something at the same moment. */
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_ATTEMPTS = 5;
/** Longest pause before the next attempt, in milliseconds; chosen by chance, so that two do not meet again. */
const LONGEST_PAUSE = 50;

/**
 * Does a transaction again, up to five times in all, that met a race. The work must be the whole transaction: what it
 * wrote before is undone.
 */
export async function withoutRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isRace(error)) throw error;
      await sleep(Math.random() * LONGEST_PAUSE * attempt);
    }
  }
}

/** A deadlock or a serialization failure: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isRace(error: unknown): boolean {
  return ['40P01', '40001'].includes(errorCode(error) ?? '');
}

/** PostgreSQL's code, also where drizzle has wrapped the error. */
export function errorCode(error: unknown): string | undefined {
  const { cause, code } = error as { cause?: { code?: string }; code?: string };
  return cause?.code ?? code;
}
