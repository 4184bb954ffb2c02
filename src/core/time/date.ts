/**
 * Calendar dates: as text (`2026-12-24`) and as whole days since 1970-01-01, which is what the other files of this
 * folder count with. A date has no zone; `zone.ts` joins the two.
 */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** In the order of the week, as they are written in projects. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const MOST_REMEMBERED_DATES = 10_000;
const texts = new Map<number, string>();

/** Days since 1970-01-01 of `YYYY-MM-DD`; undefined for anything else and for dates that do not exist. */
export function dayOf(date: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const at = new Date(`${date}T00:00:00Z`);
  // 30 February comes out as a day of March instead of being refused.
  return at.getUTCDate() === Number(date.slice(8)) ? at.getTime() / DAY : undefined;
}

/** The text `YYYY-MM-DD` of a day since 1970-01-01. */
export function dateOf(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY).toISOString().replace(/T.*/, '');
  if (texts.size >= MOST_REMEMBERED_DATES) texts.clear();
  texts.set(day, text);
  return text;
}

/** 0 for Monday … 6 for Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday; days before it are negative.
  return (((day + 3) % 7) + 7) % 7;
}
