import type { Root, ValueHelper } from '../helper.ts';
import { formatter, locale } from './locale.ts';

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  day: { day: 'numeric', month: 'long' },
  weekday: { weekday: 'long' },
  time: { timeStyle: 'short' },
  date_time: { dateStyle: 'long', timeStyle: 'short' },
};

/** In the contact's zone. A date without a time ("2027-03-01") is that day everywhere and is not moved by the zone. */
export const date: ValueHelper = {
  kind: 'value',
  name: 'date',
  takes: [1, 2],
  example: '{{date event.delivery_date}} or {{date now "weekday"}}',
  choices: { 1: Object.keys(STYLES) },
  print([value, style], root) {
    const moment = instantOf(value);
    if (moment === undefined) return '';
    const zone = isDay(value) ? 'UTC' : root['time_zone'];
    return dateFormat(typeof style === 'string' ? style : 'long', zone, root).format(moment);
  },
};

/** Milliseconds since the epoch, or ISO 8601 text; a time without a zone is taken as UTC. */
function instantOf(value: unknown): number | undefined {
  const moment = typeof value === 'string' ? Date.parse(withZone(value.trim())) : value;
  const possible = typeof moment === 'number' && Math.abs(moment) <= 8.64e15;
  return possible ? moment : undefined;
}

function withZone(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return '';
  return isDay(text) || /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && /^\s*\d{4}-\d{2}-\d{2}\s*$/.test(value);
}

function dateFormat(style: string, zone: unknown, root: Root): { format(value: number): string } {
  const place = locale(root);
  const options = (Object.hasOwn(STYLES, style) ? STYLES[style] : undefined) ?? { dateStyle: 'long' };
  return formatter(`date ${place} ${style} ${String(zone)}`, () => inZone(place, options, zone));
}

/** A contact may carry a zone that does not exist: the date is then shown in UTC rather than not at all. */
function inZone(place: string, options: Intl.DateTimeFormatOptions, zone: unknown): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(place, { ...options, timeZone: typeof zone === 'string' ? zone : 'UTC' });
  } catch {
    return new Intl.DateTimeFormat(place, { ...options, timeZone: 'UTC' });
  }
}
