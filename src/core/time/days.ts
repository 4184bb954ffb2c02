/** From answers that hold for whole local days to the moments at which they change. */
import type { Instant } from '../events/event.ts';
import { DAY } from './date.ts';
import { offsetAt, offsetStaysUntil } from './offset.ts';
import { firstInstantFrom, localTime } from './zone.ts';

/** An answer for a day, and the first later day on which it may be another; `Infinity`: never. */
export interface DayAnswer {
  readonly holds: boolean;
  readonly until: number;
}

/** Beyond so many the answer is early, never late. */
const MOST_LOOKS = 16;

/**
 * The answer at `now`, and the exact moment until which it stands: looks whenever a day begins on which it may be
 * another. Days are counted since 1970-01-01.
 */
export function onDays(
  ask: (day: number) => DayAnswer,
  now: Instant,
  zone: string,
): { readonly holds: boolean; readonly until: Instant } {
  let day = dayAt(now, zone);
  let { holds, until } = ask(day);
  const before = holds;
  let at = now;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    at = nextLook(at, day, until, zone);
    if (at === Infinity) break;
    day = dayAt(at, zone);
    ({ holds, until } = ask(day));
    if (holds !== before) break;
  }
  return { holds: before, until: at };
}

/**
 * When the day `until` begins; before that, when the clocks go back into yesterday, as they have done in some
 * zones just after midnight. Zones may also leave a day out.
 */
function nextLook(at: Instant, day: number, until: number, zone: string): Instant {
  let next = at;
  do next = Math.min((day + 1) * DAY - offsetAt(next, zone), offsetStaysUntil(next, zone));
  while (dayAt(next, zone) === day);
  if (dayAt(next, zone) < day || until <= day + 1) return next;
  return until === Infinity ? Infinity : Math.max(next, firstInstantFrom(until * DAY, zone));
}

/** The day, since 1970-01-01, that the calendar on the wall shows. */
export function dayAt(instant: Instant, zone: string): number {
  return Math.floor(localTime(instant, zone) / DAY);
}
