/** What dates and schedules share: a time of day, and whose clock shows it. */
import { z } from 'zod';
import type { Facts } from '../../conditions/answer.ts';
import type { Instant } from '../../events/event.ts';
import { DAY, HOUR, MINUTE } from '../../time/date.ts';
import { instantAt } from '../../time/zone.ts';

/** Milliseconds since local midnight of `09:00`; undefined for anything that no clock shows. */
export function readTimeOfDay(text: string): number | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * HOUR + Number(found[2]) * MINUTE;
}

/** `at: 09:00`. */
export const timeOfDaySchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notATime(issue.input)) })
  .meta({ examples: ['09:00', '17:30'] })
  .transform((text, context): number => {
    const time = readTimeOfDay(text);
    if (time !== undefined) return time;
    context.issues.push({ code: 'custom', input: text, message: notATime(text) });
    return z.NEVER;
  });

export function notATime(input: unknown): string {
  return `${JSON.stringify(input)} is not a time of day; write it like "09:00", from "00:00" to "23:59"`;
}

/** By whose clock: the contact's own, or the one of the brand for everybody. */
export const clockSchema = z.enum(['contact', 'brand']).default('contact');
export type Clock = z.infer<typeof clockSchema>;

/** The zone of the clock that was chosen, where `brand` is the zone of the project. */
export function zoneBy(clock: Clock, brand: string): (facts: Facts) => string {
  return clock === 'brand' ? () => brand : ({ zone }) => zone;
}

/** The one moment of a local day (since 1970-01-01) at a time of day: skipped times come later, doubled ones once. */
export function momentOf(day: number, time: number, zone: string): Instant {
  return instantAt(day * DAY + time, zone);
}
