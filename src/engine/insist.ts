import { setTimeout as sleep } from 'node:timers/promises';

/** For a moment the database may be away; what the receiver said must not be lost for that. */
export async function insist<T>(write: () => Promise<T>): Promise<T> {
  for (const wait of WAITS) {
    try {
      return await write();
    } catch {
      await sleep(wait);
    }
  }
  return write();
}

/** In all less than a claim lasts while a message is handed over. */
const WAITS = [100, 500, 2000, 5000, 10_000, 15_000];
