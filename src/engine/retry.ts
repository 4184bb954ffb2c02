/** When to try again, and when no more. */
import type { Instant } from '../core/events/event.ts';
import { share } from '../core/hash.ts';
import { DAY, HOUR, MINUTE } from '../core/time/date.ts';

/** After the first attempts the interval is at least 30 minutes, and one gives up after 4 days (RFC 5321, 4.5.4.1). */
const INTERVALS = [1 * MINUTE, 5 * MINUTE, 30 * MINUTE, 1 * HOUR, 2 * HOUR, 4 * HOUR];
const GIVE_UP_AFTER = 4 * DAY;
/** Also after four days: whoever had to wait for other reasons gets past a greylist nevertheless. */
const LEAST_ATTEMPTS = 3;

/** When to try again after so many attempts, scattered by up to a fifth; undefined when it is time to give up. */
export function nextAttempt(
  attempts: number,
  owed_at: Instant,
  now: Instant,
  id: string,
): Instant | undefined {
  const interval = INTERVALS[Math.min(attempts, INTERVALS.length) - 1] ?? MINUTE;
  const next = now + interval * (1 + 0.2 * share(`${id}/${attempts}`));
  if (attempts >= LEAST_ATTEMPTS && isStale(owed_at, next)) return undefined;
  return Math.round(next);
}

/** Whether it has been owed for so long that one more attempt needs a reason. */
export function isStale(owed_at: Instant, now: Instant): boolean {
  return now - owed_at > GIVE_UP_AFTER;
}
