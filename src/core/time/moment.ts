/**
 * What a value says of time. A plain date (`2026-12-01`) is a whole day wherever the contact is; a date and time without an
 * offset is shown by the contact's own clock; one with an offset, and a number (milliseconds), is a moment of the world.
 */
import type { Instant } from '../events/event.ts';
import type { Json } from '../json.ts';
import { DAY, dayOf, HOUR, MINUTE } from './date.ts';
import { dayAt } from './days.ts';
import { instantAt, startOfDay } from './zone.ts';

export type Moment =
  /** Days since 1970-01-01. */
  | { readonly is: 'day'; readonly day: number; readonly date: string }
  /** A local time, as in `zone.ts`. */
  | { readonly is: 'local'; readonly local: number }
  | { readonly is: 'instant'; readonly instant: Instant };

/** The years 1 to 9999: a number outside is no moment of anybody's life. */
export const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
export const LATEST = Date.UTC(9999, 11, 31);

const WRITTEN =
  /^((?!0000)\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

/** Reads `2026-12-01`, `2026-12-01T09:30`, `2026-12-01T09:30:00+01:00` or milliseconds; undefined for all else. */
export function readMoment(value: Json | undefined): Moment | undefined {
  if (typeof value === 'number')
    return value >= EARLIEST && value <= LATEST ? { is: 'instant', instant: value } : undefined;
  const found = typeof value === 'string' ? WRITTEN.exec(value) : null;
  if (!found) return undefined;
  const [, date = '', hours, , , , offset] = found;
  const day = dayOf(date);
  if (day === undefined) return undefined;
  if (hours === undefined) return { is: 'day', day, date };
  const time = timeOfDay(found);
  if (time === undefined) return undefined;
  const local = day * DAY + time;
  return offset === undefined ? { is: 'local', local } : { is: 'instant', instant: local - offsetOf(found) };
}

/** The first moment of it in the zone: a day begins at its midnight. */
export function instantOf(moment: Moment, zone: string): Instant {
  switch (moment.is) {
    case 'day':
      return startOfDay(moment.date, zone);
    case 'local':
      return instantAt(moment.local, zone);
    case 'instant':
      return moment.instant;
  }
}

/** The day, since 1970-01-01, that the calendar on the wall shows then. */
export function dayIn(moment: Moment, zone: string): number {
  switch (moment.is) {
    case 'day':
      return moment.day;
    case 'local':
      return Math.floor(moment.local / DAY);
    case 'instant':
      return dayAt(moment.instant, zone);
  }
}

/** Below, at or above zero. Where one is a whole day, days are compared: every hour of a day is that day. */
export function compareMoments(a: Moment, b: Moment, zone: string): number {
  if (a.is === 'day' || b.is === 'day') return dayIn(a, zone) - dayIn(b, zone);
  if (a.is === 'local' && b.is === 'local') return a.local - b.local;
  return instantOf(a, zone) - instantOf(b, zone);
}

function timeOfDay([, , hours, minutes, seconds = '0', fraction = '']: RegExpExecArray): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000 + milliseconds;
}

function offsetOf([, , , , , , , sign = '+', hours = '0', minutes = '0']: RegExpExecArray): number {
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return sign === '-' ? -size : size;
}
