/**
 * `date: birthday`, `every: year`, `offset: 3 days before`, `at: 09:00`: a date of the contact starts a run. Each date
 * starts it once, and a date that has changed starts it anew. What comes round every year begins in the year that it
 * names; a date without a year (`05-17`) does so in every year. The offset counts from the day on which it is kept.
 */
import { z } from 'zod';
import { fieldReader, looksAtField } from '../../conditions/subjects/field.ts';
import type { Instant } from '../../events/event.ts';
import type { Json } from '../../json.ts';
import { anniversaryIn, readMonthDay, yearlyOf, type Yearly } from '../../time/anniversary.ts';
import { DAY } from '../../time/date.ts';
import { after as later, before as earlier, parseDuration, type Duration } from '../../time/duration.ts';
import { dayIn, readMoment } from '../../time/moment.ts';
import { localTime } from '../../time/zone.ts';
import type { Trigger } from '../workflow.ts';
import { clockSchema, momentOf, timeOfDaySchema, zoneBy, type Clock } from './clock.ts';

type Way = 'before' | 'after';

/** From the date to the day that is meant: whole days or longer. */
export interface Offset {
  readonly length: Duration;
  readonly way: Way;
}

export interface DateTrigger {
  readonly by: 'date';
  /** The field of the contact that holds the date. */
  readonly date: string;
  readonly every: 'year' | undefined;
  readonly offset: Offset | undefined;
  /** Milliseconds since local midnight. */
  readonly at: number;
  readonly zone: Clock;
}

const UNITS: readonly string[] = ['day', 'week', 'month', 'year'];

const fieldSchema = z
  .string()
  .min(1)
  .refine((field) => field !== 'today', {
    error: '"today" is not a date of the contact; to start every day write "every: day 09:00" instead',
  });

const offsetSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notAnOffset(issue.input)) })
  .meta({ examples: ['3 days before', '1 week after'] })
  .transform((text, context): Offset => {
    const offset = readOffset(text);
    if (typeof offset !== 'string') return offset;
    context.issues.push({ code: 'custom', input: text, message: offset });
    return z.NEVER;
  });

export const dateSchema = z
  .strictObject({
    date: fieldSchema,
    every: z.literal('year').optional(),
    offset: offsetSchema.optional(),
    at: timeOfDaySchema.prefault('09:00'),
    zone: clockSchema,
  })
  .transform(({ date, every, offset, at, zone }): DateTrigger => ({
    by: 'date',
    date,
    every,
    offset,
    at,
    zone,
  }));

export function compileDate(trigger: DateTrigger, time_zone: string): Trigger {
  const zoneOf = zoneBy(trigger.zone, time_zone);
  const valueOf = fieldReader(trigger.date);
  const next = trigger.every === 'year' ? nextYearly : nextOnce;
  return {
    by: 'moment',
    looks_at: looksAtField(trigger.date),
    next: (facts, after) => next(valueOf(facts.contact.profile), trigger, zoneOf(facts), after),
  };
}

/** The offset, or a sentence that tells what is wrong with it. */
function readOffset(text: string): Offset | string {
  const [, words = '', way] = /^(.*?)(?: +(before|after))?$/.exec(text) ?? [];
  const length = parseDuration(words);
  if (length === undefined) return notAnOffset(text);
  if (!UNITS.includes(length.unit)) return tooFine(text);
  if (way === undefined) return `"${text}" does not say which way; write "${text} before" or "${text} after"`;
  return { length, way: way as Way };
}

function nextOnce(
  value: Json | undefined,
  { offset, at }: DateTrigger,
  zone: string,
  after: Instant,
): Instant | undefined {
  const date = readMoment(value);
  if (date === undefined) return undefined;
  const moment = momentOf(moved(dayIn(date, zone) * DAY, offset) / DAY, at, zone);
  return moment > after ? moment : undefined;
}

function nextYearly(
  value: Json | undefined,
  { offset, at }: DateTrigger,
  zone: string,
  after: Instant,
): Instant | undefined {
  const date = readYearly(value, zone);
  if (date === undefined) return undefined;
  const first = Math.max(firstYear(localTime(after, zone), offset), date.since);
  for (let year = first; year < first + MOST_YEARS; year++) {
    const day = anniversaryIn(year, date);
    if (day === undefined) continue;
    const moment = momentOf(moved(day * DAY, offset) / DAY, at, zone);
    if (moment > after) return moment;
  }
  return undefined;
}

/** The moment of the first year may be over, and so may that of the next. */
const MOST_YEARS = 3;

/** A date without a year is kept in every one. */
function readYearly(value: Json | undefined, zone: string): Yearly | undefined {
  const withoutYear = typeof value === 'string' ? readMonthDay(value) : undefined;
  if (withoutYear) return withoutYear;
  const date = readMoment(value);
  return date && yearlyOf(dayIn(date, zone));
}

/** The first year whose date can lead to `local` or later. A day less, as a day that the clocks skip is kept on the next. */
function firstYear(local: number, offset: Offset | undefined): number {
  const back = offset && {
    ...offset,
    way: offset.way === 'before' ? ('after' as const) : ('before' as const),
  };
  return new Date(moved(local, back) - DAY).getUTCFullYear();
}

/** Local times have no zone, and count as those of UTC do. */
function moved(local: number, offset: Offset | undefined): number {
  if (offset === undefined) return local;
  return (offset.way === 'before' ? earlier : later)(local, offset.length, 'UTC');
}

function notAnOffset(input: unknown): string {
  return `${JSON.stringify(input)} is not an offset; write it like "3 days before" or "1 week after"`;
}

function tooFine(text: string): string {
  return `"${text}" is shorter than a day; write the offset in days or longer, and the time of day with "at: 09:00"`;
}
