/**
 * Calendars of `hours.yaml`: on which days and hours something is open. A calendar is open at a moment when the clock
 * on the wall of the zone asked for shows one of its hours. So hours that the clocks skip do not happen, and hours
 * that they show twice happen twice.
 */
import { z } from 'zod';
import type { Instant } from '../events/event.ts';
import { DAY, dayOf, MINUTE, weekdayOf } from './date.ts';
import { oneOrMany } from '../schema.ts';
import { hoursSchema } from './hours.ts';
import type { OpenHours } from './hours.ts';
import { offsetAt, offsetStaysUntil } from './offset.ts';

const HORIZON = 400 * DAY;
const LONGEST_SPECIAL = 366;

/** The days from Monday on, each with the name of its kind. */
export const WEEK = [
  ['monday', 'weekdays'],
  ['tuesday', 'weekdays'],
  ['wednesday', 'weekdays'],
  ['thursday', 'weekdays'],
  ['friday', 'weekdays'],
  ['saturday', 'weekends'],
  ['sunday', 'weekends'],
] as const;

const textSchema = z.union(
  [z.string().min(1), z.strictObject({ en: z.string().min(1).optional(), es: z.string().min(1).optional() })],
  { error: 'write one text, or one for each language: { en: Customer service, es: Atención al cliente }' },
);

export const dateSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notADate(issue.input)) })
  .refine((text) => dayOf(text) !== undefined, { abort: true, error: (issue) => notADate(issue.input) })
  .meta({ examples: ['2026-12-24'] });

const specialDaySchema = z
  .strictObject({
    from: dateSchema,
    to: dateSchema.optional(),
    hours: hoursSchema,
    name: textSchema.optional(),
  })
  .superRefine(({ from, to = from }, context) => {
    const message = spanProblem(from, to);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['to'], message });
  });

const openSchema = z.strictObject({
  weekdays: hoursSchema.optional(),
  weekends: hoursSchema.optional(),
  monday: hoursSchema.optional(),
  tuesday: hoursSchema.optional(),
  wednesday: hoursSchema.optional(),
  thursday: hoursSchema.optional(),
  friday: hoursSchema.optional(),
  saturday: hoursSchema.optional(),
  sunday: hoursSchema.optional(),
});

/** A country as its two letters of ISO 3166-1; which there are is known outside the core, as are their holidays. */
export const holidayCountrySchema = z.string().meta({ examples: ['ES'] });

const holidaysSchema = z.strictObject({
  country: holidayCountrySchema,
  region: z.string().min(1).optional(),
  except: oneOrMany(dateSchema).optional(),
});

/**
 * One calendar. A named day wins over `weekdays` and `weekends`, a public holiday over these, a special day over all;
 * a day not named is closed.
 */
export const calendarSchema = z.strictObject({
  title: textSchema,
  open: openSchema,
  holidays: holidaysSchema.optional(),
  special_days: z.array(specialDaySchema).superRefine(refuseSharedDates).optional(),
});

/** A day on which people rest by law. */
export interface Holiday {
  /** `2026-12-25`. */
  readonly date: string;
  readonly name: { readonly en: string; readonly es: string };
}

/** `public_holidays`: the days meant by `holidays`, for some years; no file holds them. See `closeOnHolidays`. */
export type Calendar = z.output<typeof calendarSchema> & { readonly public_holidays?: readonly Holiday[] };

const idSchema = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

/** The whole of `hours.yaml`. */
export const hoursFileSchema = z.strictObject({
  version: z.literal(1, { error: 'write "version: 1"' }),
  calendars: z
    .record(idSchema, calendarSchema, {
      error: (issue) => (issue.code === 'invalid_key' ? notAnId(issue.path?.at(-1)) : undefined),
    })
    .superRefine(refuseNeverOpen),
});

export type HoursFile = z.output<typeof hoursFileSchema>;

export interface Openings {
  readonly open: boolean;
  /** When that changes: the closing time of what is open, the opening time of what is closed. Undefined: not within 400 days. */
  readonly until: Instant | undefined;
}

/** The calendar with these days known as its holidays, but for those that it excepts. */
export function closeOnHolidays(calendar: Calendar, holidays: readonly Holiday[]): Calendar {
  const except = calendar.holidays?.except ?? [];
  return { ...calendar, public_holidays: holidays.filter(({ date }) => !except.includes(date)) };
}

/** Whether a calendar is open at `instant` by the clocks of `zone`, and until when that stays so. */
export function openings(calendar: Calendar, zone: string, instant: Instant): Openings {
  const plan = planOf(calendar);
  const open = isOpen(plan, instant + offsetAt(instant, zone));
  return { open, until: changeAfter(plan, zone, instant, open) };
}

/** `instant` itself when open, else the next moment of opening; undefined when there is none within 400 days. */
export function nextOpen(calendar: Calendar, zone: string, instant: Instant): Instant | undefined {
  const plan = planOf(calendar);
  if (isOpen(plan, instant + offsetAt(instant, zone))) return instant;
  return changeAfter(plan, zone, instant, false);
}

/** Whether no day of the week and no special day has any hours. */
export function neverOpens(calendar: Calendar): boolean {
  const plan = planOf(calendar);
  return [...plan.week, ...plan.special.values()].every((hours) => hours.length === 0);
}

/** A calendar made ready for questions. */
interface Plan {
  /** Monday first. */
  readonly week: readonly (readonly OpenHours[])[];
  /** By days since 1970-01-01. */
  readonly special: ReadonlyMap<number, readonly OpenHours[]>;
  /** The same at every moment for ever: all open or all closed. */
  readonly unchanging: boolean;
}

const CLOSED: readonly OpenHours[] = [];
const plans = new WeakMap<Calendar, Plan>();

function planOf(calendar: Calendar): Plan {
  const known = plans.get(calendar);
  if (known !== undefined) return known;
  const plan = makePlan(calendar);
  plans.set(calendar, plan);
  return plan;
}

function makePlan({ open, special_days = [], public_holidays = [] }: Calendar): Plan {
  const week = WEEK.map(([name, kind]) => open[name] ?? open[kind] ?? CLOSED);
  const special = new Map<number, readonly OpenHours[]>(
    public_holidays.map(({ date }) => [knownDay(date), CLOSED]),
  );
  for (const { from, to = from, hours } of special_days) {
    for (let day = knownDay(from); day <= knownDay(to); day++) special.set(day, hours);
  }
  const all = [...week, ...special.values()];
  return { week, special, unchanging: all.every(isWholeDay) || all.every((hours) => hours.length === 0) };
}

function isWholeDay(hours: readonly OpenHours[]): boolean {
  const openMinutes = hours.reduce((sum, { from, to }) => sum + (to - from), 0);
  return openMinutes * MINUTE === DAY;
}

function isOpen(plan: Plan, local: number): boolean {
  const day = Math.floor(local / DAY);
  const time = local - day * DAY;
  for (const { from, to } of hoursOf(plan, day)) {
    if (time >= from * MINUTE && time < to * MINUTE) return true;
  }
  return false;
}

function hoursOf(plan: Plan, day: number): readonly OpenHours[] {
  return plan.special.get(day) ?? plan.week[weekdayOf(day)] ?? CLOSED;
}

/** Walks from edge to edge (an hour of the plan, a midnight, a change of the clocks) until the answer is another. */
function changeAfter(plan: Plan, zone: string, instant: Instant, open: boolean): Instant | undefined {
  if (plan.unchanging) return undefined;
  let at = instant;
  while (at < instant + HORIZON) {
    const offset = offsetAt(at, zone);
    at = Math.min(nextEdge(plan, at + offset) - offset, offsetStaysUntil(at, zone));
    if (isOpen(plan, at + offsetAt(at, zone)) !== open) return at;
  }
  return undefined;
}

function nextEdge(plan: Plan, local: number): number {
  const day = Math.floor(local / DAY);
  const midnight = day * DAY;
  for (const { from, to } of hoursOf(plan, day)) {
    if (midnight + from * MINUTE > local) return midnight + from * MINUTE;
    if (midnight + to * MINUTE > local) return midnight + to * MINUTE;
  }
  return midnight + DAY;
}

function spanProblem(from: string, to: string): string | undefined {
  if (to < from) return `these special days end on ${to}, before they begin on ${from}`;
  if (knownDay(to) - knownDay(from) < LONGEST_SPECIAL) return undefined;
  return `special days from ${from} to ${to} are longer than a year; change the hours in "open" instead`;
}

function refuseSharedDates(
  days: readonly { readonly from: string; readonly to?: string | undefined }[],
  context: z.RefinementCtx,
): void {
  days.forEach(({ from, to = from }, index) => {
    const other = days.slice(0, index).find((day) => day.from <= to && from <= (day.to ?? day.from));
    if (other === undefined) return;
    const date = other.from > from ? other.from : from;
    const message = `${date} is already in the special days from ${other.from}; give each date one entry`;
    context.addIssue({ code: 'custom', path: [index, 'from'], message });
  });
}

function refuseNeverOpen(calendars: Readonly<Record<string, Calendar>>, context: z.RefinementCtx): void {
  for (const [id, calendar] of Object.entries(calendars)) {
    const message = `the calendar "${id}" never opens; give at least one day hours, like "weekdays: 09:00-18:00"`;
    if (neverOpens(calendar)) context.addIssue({ code: 'custom', path: [id, 'open'], message });
  }
}

/** Only for dates that the schema has let through. */
function knownDay(date: string): number {
  return dayOf(date) ?? Number.NaN;
}

function notADate(input: unknown): string {
  return `${JSON.stringify(input)} is not a date; write it like "2026-12-24"`;
}

function notAnId(input: unknown): string {
  return `${JSON.stringify(input)} is not an id; write it in small letters, digits and "_", like "customer_service"`;
}
