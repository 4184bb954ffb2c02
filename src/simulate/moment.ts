/** Moments as tests write them: `start`, `+1 hour`, `-1 day 2 hours`, or what the contact's clock shows: `2026-11-21 10:00`. */
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { DAY, dateOf, dayOf, HOUR, MINUTE, weekdayOf } from '../core/time/date.ts';
import { after, before, parseDuration, type Duration } from '../core/time/duration.ts';
import { instantAt, localTime } from '../core/time/zone.ts';

export type Moment =
  | { readonly kind: 'start' }
  | { readonly kind: 'offset'; readonly sign: 1 | -1; readonly parts: readonly Duration[] }
  /** Milliseconds that UTC would need to show the same date and time. */
  | { readonly kind: 'local'; readonly local: number };

export const momentSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notAMoment(issue.input)) })
  .meta({ examples: ['start', '+1 hour', '-1 day', '2026-11-21 10:00'] })
  .transform((text, context): Moment => {
    const moment = parseMoment(text);
    if (moment) return moment;
    context.issues.push({ code: 'custom', input: text, message: notAMoment(text) });
    return z.NEVER;
  });

/** A moment that stands on its own, and from which others are counted. */
export const startSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notAStart(issue.input)) })
  .meta({ examples: ['2026-11-20 16:30'] })
  .transform((text, context): number => {
    const local = parseLocal(text);
    if (local !== undefined) return local;
    context.issues.push({ code: 'custom', input: text, message: notAStart(text) });
    return z.NEVER;
  });

export function parseMoment(text: string): Moment | undefined {
  if (text === 'start') return { kind: 'start' };
  const local = parseLocal(text);
  if (local !== undefined) return { kind: 'local', local };
  const found = /^([+-]) *(.+)$/.exec(text);
  const words = found?.[2]?.match(/\d+ +[a-z]+|\S+/g) ?? [];
  const parts = words.map(parseDuration);
  if (parts.length === 0 || !parts.every((part) => part !== undefined)) return undefined;
  return { kind: 'offset', sign: found?.[1] === '-' ? -1 : 1, parts };
}

function parseLocal(text: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)[ T]([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  const day = dayOf(found?.[1] ?? '');
  return day === undefined ? undefined : day * DAY + Number(found?.[2]) * HOUR + Number(found?.[3]) * MINUTE;
}

/** Days and longer follow the calendar of the zone. */
export function momentAt(moment: Moment, start: Instant, zone: string): Instant {
  if (moment.kind === 'start') return start;
  if (moment.kind === 'local') return instantAt(moment.local, zone);
  const shift = moment.sign === 1 ? after : before;
  return moment.parts.reduce((at, part) => shift(at, part, zone), start);
}

/** `Sat 2026-11-21 10:00`, with seconds only where there are some. */
export function clockWords(at: Instant, zone: string): string {
  const local = localTime(at, zone);
  const day = Math.floor(local / DAY);
  const time = new Date(local).toISOString().slice(11, 19).replace(/:00$/, '');
  return `${WEEKDAYS[weekdayOf(day)]} ${dateOf(day)} ${time}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `+1 day 2 hours`, by the clock on the wall; `start` for none. */
export function distanceWords(at: Instant, start: Instant, zone: string): string {
  const distance = localTime(at, zone) - localTime(start, zone);
  if (distance === 0) return 'start';
  return `${distance < 0 ? '-' : '+'}${lengthWords(Math.abs(distance))}`;
}

/** `1 day 2 hours`, of at most the two largest units; less than a second is `0 seconds`. */
export function lengthWords(length: number): string {
  let rest = length;
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) words.push(`${amount} ${unit}${amount === 1 ? '' : 's'}`);
  }
  return words.slice(0, 2).join(' ') || '0 seconds';
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', 1000],
] as const;

function notAMoment(input: unknown): string {
  return `${JSON.stringify(input)} is not a moment; write "start", "+1 hour", "-1 day" or what the contact's clock shows, like "2026-11-21 10:00"`;
}

function notAStart(input: unknown): string {
  return `${JSON.stringify(input)} is not a date with a time; write it like "2026-11-20 16:30"`;
}
