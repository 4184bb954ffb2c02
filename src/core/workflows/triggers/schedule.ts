/** `every: monday 10:00`, `every: [1st 09:00, last day 18:00]`: the calendar alone starts runs. */
import { z } from 'zod';
import type { Instant } from '../../events/event.ts';
import { oneOrMany, type IssueHint } from '../../schema.ts';
import { DAY, WEEKDAYS, weekdayOf } from '../../time/date.ts';
import { dayAt } from '../../time/days.ts';
import type { Trigger } from '../workflow.ts';
import { clockSchema, momentOf, notATime, readTimeOfDay, zoneBy, type Clock } from './clock.ts';

/** Days of the week, 0 for Monday; or a day of every month, 31 for the last. */
export type Days = { readonly weekdays: readonly number[] } | { readonly day_of_month: number };

export interface ScheduleTime {
  readonly days: Days;
  /** Milliseconds since local midnight. */
  readonly at: number;
}

export interface ScheduleTrigger {
  readonly by: 'schedule';
  readonly every: readonly ScheduleTime[];
  readonly zone: Clock;
}

const LAST_DAY = 31;

const WORDS: ReadonlyMap<string, Days> = new Map<string, Days>([
  ['day', { weekdays: [0, 1, 2, 3, 4, 5, 6] }],
  ['weekday', { weekdays: [0, 1, 2, 3, 4] }],
  ['weekend', { weekdays: [5, 6] }],
  ...WEEKDAYS.map((name, weekday): [string, Days] => [name, { weekdays: [weekday] }]),
  ['last day', { day_of_month: LAST_DAY }],
  ...Array.from({ length: LAST_DAY }, (_, index): [string, Days] => [
    ordinal(index + 1),
    { day_of_month: index + 1 },
  ]),
]);

const timeSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notASchedule(issue.input)) })
  .meta({ examples: ['day 09:00', 'monday 10:00', '1st 09:00', 'last day 18:00'] })
  .transform((text, context): ScheduleTime => {
    const read = readSchedule(text);
    if (!('message' in read)) return read;
    context.issues.push({ code: 'custom', input: text, ...read });
    return z.NEVER;
  });

export const scheduleSchema = z
  .strictObject({ every: oneOrMany(timeSchema), zone: clockSchema })
  .transform(({ every, zone }): ScheduleTrigger => ({ by: 'schedule', every, zone }));

export function compileSchedule(trigger: ScheduleTrigger, time_zone: string): Trigger {
  const zoneOf = zoneBy(trigger.zone, time_zone);
  return {
    by: 'moment',
    looks_at: 0,
    next(facts, after) {
      const zone = zoneOf(facts);
      return Math.min(...trigger.every.map((time) => nextOf(time, zone, after)));
    },
  };
}

/** The words and the time, or what is wrong with them. */
function readSchedule(text: string): ScheduleTime | { message: string; params?: IssueHint } {
  const found = /^(.*?)(?: +(\d\S*))?$/.exec(text);
  const [word = '', time] = WORDS.has(text) ? [text] : [found?.[1], found?.[2]];
  const days = WORDS.get(word);
  if (text === 'year')
    return { message: '"every: year" needs the date that comes back; add it, like "date: birthday"' };
  if (days === undefined) return notADay(text, word);
  if (time === undefined) return { message: `"${text}" has no time of day; write it like "${text} 10:00"` };
  const at = readTimeOfDay(time);
  return at === undefined ? { message: notATime(time) } : { days, at };
}

function notADay(text: string, word: string): { message: string; params?: IssueHint } {
  // Between numbers, the nearest in letters is seldom the one that was meant.
  if (/^\d|^$/.test(word)) return { message: notASchedule(text) };
  const hint: IssueHint = { kind: 'unknown_value', value: word, known: [...WORDS.keys()] };
  return { message: notASchedule(text), params: hint };
}

/** Days go on until their moment is after `after`: at once, or when the clocks of the first have passed it. */
function nextOf({ days, at }: ScheduleTime, zone: string, after: Instant): Instant {
  // The day before as well: a time that the clocks skip, or a whole day, is kept on the next.
  let day = dayFrom(days, dayAt(after, zone) - 1);
  let moment = momentOf(day, at, zone);
  while (moment <= after) {
    day = dayFrom(days, day + 1);
    moment = momentOf(day, at, zone);
  }
  return moment;
}

/** The first such day that is not before `start`. */
function dayFrom(days: Days, start: number): number {
  if ('weekdays' in days) {
    let day = start;
    while (!days.weekdays.includes(weekdayOf(day))) day++;
    return day;
  }
  const date = new Date(start * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const day = dayOfMonth(year, month, days.day_of_month);
  return day >= start ? day : dayOfMonth(year, month + 1, days.day_of_month);
}

/** In the months counted from January of the year, which may be those of other years; the last day of short ones. */
function dayOfMonth(year: number, month: number, day: number): number {
  return Math.min(Date.UTC(year, month, day), Date.UTC(year, month + 1, 0)) / DAY;
}

function ordinal(number: number): string {
  const ending = number >= 11 && number <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

function notASchedule(input: unknown): string {
  return `${JSON.stringify(input)} is not a schedule; write it like "monday 10:00", "day 09:00", "1st 09:00" or "last day 18:00"`;
}
