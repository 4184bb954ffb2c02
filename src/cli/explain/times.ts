/** Moments and distances in the reader's language. */
import type { Instant } from '../../core/events/event.ts';
import { DAY, dayOf, HOUR, MINUTE } from '../../core/time/date.ts';
import { instantAt, localTime } from '../../core/time/zone.ts';

export type Language = 'en' | 'es';

/** `Fri 2026-11-20 10:00`, by the clock on the wall. */
export function clockWords(at: Instant, zone: string, language: Language): string {
  const local = new Date(localTime(at, zone));
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(local);
  const [date, time = ''] = local.toISOString().split('T');
  return `${weekday} ${date} ${time.slice(0, 5)}`;
}

/** `in 2 days`, `3 hours ago`; `now` within a minute. */
export function distanceWords(at: Instant, now: Instant, language: Language): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const distance = at - now;
  for (const [unit, size] of UNITS) {
    if (Math.abs(distance) >= size) return words.format(Math.trunc(distance / size), unit);
  }
  return words.format(0, 'second');
}

const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

const WRITTEN = /^(\d{4}-\d\d-\d\d)(?:[ T]([01]\d|2[0-3]):([0-5]\d))?$/;

/** `2026-11-20` (to its end) or `2026-11-20 10:00` by the clock of a zone; undefined for anything else. */
export function readMoment(text: string, zone: string): Instant | undefined {
  const [, date = '', hours, minutes] = WRITTEN.exec(text) ?? [];
  const day = dayOf(date);
  if (day === undefined) return undefined;
  if (hours === undefined) return instantAt((day + 1) * DAY, zone) - 1;
  return instantAt(day * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE, zone);
}
