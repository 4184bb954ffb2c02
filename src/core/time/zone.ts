/**
 * Between moments and what the clock on the wall shows in a zone. A *local time* is written as the
 * milliseconds that UTC would need to show the same date and time. All functions but `isZone` throw a RangeError
 * for a zone that does not exist.
 */
import type { Instant } from '../events/event.ts';
import { DAY, dateOf, dayOf } from './date.ts';
import { offsetAt, offsetStaysUntil } from './offset.ts';

const LONGEST_ZONE_NAME = 64;
const MOST_REMEMBERED_NAMES = 5_000;
const names = new Map<string, boolean>();

/** Whether `text` names a zone of the IANA database (`Europe/Madrid`, `UTC`). Offsets (`+01:00`) are not zones. */
export function isZone(text: string): boolean {
  const known = names.get(text);
  if (known !== undefined) return known;
  // Newer platforms take "+01:00" for a zone, so the shape is checked first.
  const answer = text.length <= LONGEST_ZONE_NAME && /^[a-z][\w+/-]*$/i.test(text) && platformKnows(text);
  if (names.size >= MOST_REMEMBERED_NAMES) names.clear();
  if (text.length <= LONGEST_ZONE_NAME) names.set(text, answer);
  return answer;
}

/** What the clock shows at `instant`. */
export function localTime(instant: Instant, zone: string): number {
  return instant + offsetAt(instant, zone);
}

/** The date `YYYY-MM-DD` that the calendar on the wall shows at `instant`. */
export function localDate(instant: Instant, zone: string): string {
  return dateOf(Math.floor(localTime(instant, zone) / DAY));
}

/**
 * The moment at which the clock shows `local`. Shown twice (the clocks go back): the first time. Never shown (they go
 * forward): as much later as the clocks skipped, so 02:30 becomes 03:30.
 */
export function instantAt(local: number, zone: string): Instant {
  const [early, late] = candidates(local, zone);
  return shows(early, local, zone) ? early : late;
}

/** Like `instantAt`, but a time that is never shown gives the very moment of the clocks' change: 02:30 becomes 03:00. */
export function firstInstantFrom(local: number, zone: string): Instant {
  const [early, late] = candidates(local, zone);
  if (shows(early, local, zone)) return early;
  return shows(late, local, zone) ? late : changeBetween(early, late, zone);
}

/**
 * The first moment of a date `YYYY-MM-DD`. Not always 00:00, and for a date that the zone left out, the first moment
 * of the next. Throws a RangeError for a date that does not exist.
 */
export function startOfDay(date: string, zone: string): Instant {
  const day = dayOf(date);
  if (day === undefined) throw new RangeError(`"${date}" is not a date`);
  return firstInstantFrom(day * DAY, zone);
}

function platformKnows(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The readings of `local` with the offsets of a day earlier and a day later, earliest first: no other can be right. */
function candidates(local: number, zone: string): readonly [Instant, Instant] {
  const one = local - offsetAt(local - DAY, zone);
  const other = local - offsetAt(local + DAY, zone);
  return one <= other ? [one, other] : [other, one];
}

function shows(instant: Instant, local: number, zone: string): boolean {
  return localTime(instant, zone) === local;
}

function changeBetween(early: Instant, late: Instant, zone: string): Instant {
  const offset = offsetAt(early, zone);
  let at = early;
  while (at < late && offsetAt(at, zone) === offset) at = offsetStaysUntil(at, zone);
  return at;
}
