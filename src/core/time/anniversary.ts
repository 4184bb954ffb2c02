/**
 * Dates that come round every year: birthdays, the day of the first order. 29 February is kept on 28 February in years
 * without one, as everywhere in Etapa where a month is too short.
 */
import { DAY, dayOf } from './date.ts';

export interface Yearly {
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** The year of the date itself: before it there is nothing to come round. `-Infinity` where no year is known. */
  readonly since: number;
}

/** Any year that has a 29 February. */
const LEAP_YEAR = '2000';

/** Reads a date without its year, `--05-17` or `05-17`; undefined for anything else. */
export function readMonthDay(text: string): Yearly | undefined {
  const found = /^(?:--)?(\d\d-\d\d)$/.exec(text);
  const day = found ? dayOf(`${LEAP_YEAR}-${found[1]}`) : undefined;
  return day === undefined ? undefined : { ...yearlyOf(day), since: -Infinity };
}

/** The date that comes round, from a day since 1970-01-01. */
export function yearlyOf(day: number): Yearly {
  const date = new Date(day * DAY);
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate(), since: date.getUTCFullYear() };
}

/** On which day, since 1970-01-01, it is kept in a year; undefined before its first. */
export function anniversaryIn(year: number, { month, day, since }: Yearly): number | undefined {
  if (year < since) return undefined;
  const lastOfMonth = Date.UTC(year, month, 0);
  return Math.min(Date.UTC(year, month - 1, day), lastOfMonth) / DAY;
}
