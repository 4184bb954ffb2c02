/** What time it is by the database, without asking it each time. */
import type { Instant } from '../core/events/event.ts';

/** Milliseconds; so old may be what was asked last. Two clocks drift apart by far less than a millisecond meanwhile. */
const ASKED_EVERY = 10_000;

/**
 * Goes on from what the database said last by this process's count of time, which no change of the machine's clock moves,
 * in either direction. It is never ahead of the database.
 */
export function steadyNow(askDatabase: () => Promise<Instant>): () => Promise<Instant> {
  let told: { readonly now: Instant; readonly at: number } | undefined;
  let asking: Promise<Instant> | undefined;

  async function ask(): Promise<Instant> {
    const now = await askDatabase();
    told = { now, at: performance.now() };
    return now;
  }

  return () => {
    const passed = told ? performance.now() - told.at : Infinity;
    if (told && passed < ASKED_EVERY) return Promise.resolve(Math.floor(told.now + passed));
    asking ??= ask().finally(() => (asking = undefined));
    return asking.then(Math.floor);
  };
}
