import { setTimeout as sleep } from 'node:timers/promises';

/**
 * BullMQ closes its own connections, and where the other side is gone it may wait for ever. Once our work has ended, it
 * gets this long, in milliseconds; a bell that is not taken down properly rings for nobody.
 */
const FAREWELL = 2000;

/** Resolves when BullMQ has closed, or when it had time enough to. */
export async function farewell(closing: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const enough = sleep(FAREWELL, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([closing, enough]);
  patience.abort();
}
