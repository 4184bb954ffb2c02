/**
 * Lengths of time as people write them: `30 minutes`, `1 hour`, `3 days`. Seconds, minutes and hours are exact;
 * days and longer follow the calendar of a zone, so "1 day" after 10:00 is 10:00, also when the clocks change.
 */
import { z } from 'zod';
import type { Instant } from '../events/event.ts';
import { DAY, HOUR, MINUTE } from './date.ts';
import { instantAt, localTime } from './zone.ts';

export type DurationUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export interface Duration {
  /** A whole number from 1. */
  readonly amount: number;
  readonly unit: DurationUnit;
}

/** Ten years in each unit: more is a slip of the pen. */
const MOST: Readonly<Record<DurationUnit, number>> = {
  second: 315_360_000,
  minute: 5_256_000,
  hour: 87_600,
  day: 3_650,
  week: 521,
  month: 120,
  year: 10,
};

const MILLISECONDS: Readonly<Record<DurationUnit, number>> = {
  second: 1000,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

const WORDS = {
  en: {
    second: ['second', 'seconds'],
    minute: ['minute', 'minutes'],
    hour: ['hour', 'hours'],
    day: ['day', 'days'],
    week: ['week', 'weeks'],
    month: ['month', 'months'],
    year: ['year', 'years'],
  },
  es: {
    second: ['segundo', 'segundos'],
    minute: ['minuto', 'minutos'],
    hour: ['hora', 'horas'],
    day: ['día', 'días'],
    week: ['semana', 'semanas'],
    month: ['mes', 'meses'],
    year: ['año', 'años'],
  },
} as const;

/** Reads `3 days`; undefined for anything that is not a whole, positive length in words of at most ten years. */
export function parseDuration(text: string): Duration | undefined {
  const found = /^(\d{1,9}) +(second|minute|hour|day|week|month|year)s?$/.exec(text);
  if (found === null) return undefined;
  const amount = Number(found[1]);
  const unit = found[2] as DurationUnit;
  return amount >= 1 && amount <= MOST[unit] ? { amount, unit } : undefined;
}

/** A length of time in a project's file: words in, `Duration` out. */
export const durationSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notALength(issue.input)) })
  .meta({ examples: ['30 minutes', '1 hour', '3 days'] })
  .transform((text, context): Duration => {
    const duration = parseDuration(text);
    if (duration !== undefined) return duration;
    context.issues.push({ code: 'custom', input: text, message: notALength(text) });
    return z.NEVER;
  });

/** The moment `duration` after `instant`, by the calendar of `zone` for days and longer. */
export function after(instant: Instant, duration: Duration, zone: string): Instant {
  return shift(instant, duration.amount, duration.unit, zone);
}

/** The moment `duration` before `instant`, by the calendar of `zone` for days and longer. */
export function before(instant: Instant, duration: Duration, zone: string): Instant {
  return shift(instant, -duration.amount, duration.unit, zone);
}

/** A fixed length that needs no zone: a day is 24 hours, a month 30 days, a year 365 days. For windows such as "within 14 days". */
export function exactMilliseconds(duration: Duration): number {
  return duration.amount * MILLISECONDS[duration.unit];
}

/** "3 days", "3 días". */
export function durationWords(duration: Duration, language: 'en' | 'es'): string {
  const [one, many] = WORDS[language][duration.unit];
  return `${duration.amount} ${duration.amount === 1 ? one : many}`;
}

function notALength(input: unknown): string {
  return `${JSON.stringify(input)} is not a length of time; write it like "30 minutes", "1 hour" or "3 days"`;
}

function shift(instant: Instant, amount: number, unit: DurationUnit, zone: string): Instant {
  switch (unit) {
    case 'second':
    case 'minute':
    case 'hour':
      return instant + amount * MILLISECONDS[unit];
    case 'day':
    case 'week':
      return instantAt(localTime(instant, zone) + amount * MILLISECONDS[unit], zone);
    case 'month':
      return instantAt(shiftMonths(localTime(instant, zone), amount), zone);
    case 'year':
      return instantAt(shiftMonths(localTime(instant, zone), amount * 12), zone);
  }
}

/** The same day of another month, or that month's last day when it is shorter. */
function shiftMonths(local: number, months: number): number {
  const midnight = Math.floor(local / DAY) * DAY;
  const date = new Date(midnight);
  const month = date.getUTCMonth() + months;
  const lastDay = Date.UTC(date.getUTCFullYear(), month + 1, 0);
  const sameDay = Date.UTC(date.getUTCFullYear(), month, date.getUTCDate());
  return Math.min(sameDay, lastDay) + (local - midnight);
}
