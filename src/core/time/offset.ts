/**
 * How far a zone's clocks are from UTC at a moment. The platform's own zone data answers, through `Intl`; that costs
 * microseconds, so each answer is kept for a stretch of four days. Since 1970 no zone has changed its clocks
 * twice in less than six days, so a stretch holds one change at most, which is searched to the millisecond.
 */
import type { Instant } from '../events/event.ts';
import { DAY } from './date.ts';

const STRETCH = 4 * DAY;
const MOST_STRETCHES = 1_000;
const MOST_ZONES = 1_000;

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  /** When the clocks change; equal to `to` if they do not. */
  readonly change: Instant;
  readonly before: number;
  readonly after: number;
}

interface Clock {
  readonly format: Intl.DateTimeFormat;
  readonly stretches: Map<number, Stretch>;
  latest: Stretch | undefined;
}

const clocks = new Map<string, Clock>();

/** Milliseconds to add to UTC for the local clock of `zone`. Throws a RangeError for a zone that does not exist. */
export function offsetAt(instant: Instant, zone: string): number {
  const stretch = stretchAround(instant, clockOf(zone));
  return instant < stretch.change ? stretch.before : stretch.after;
}

/** A moment after `instant` up to which the offset is sure to stay: the next change of the clocks or earlier. */
export function offsetStaysUntil(instant: Instant, zone: string): Instant {
  const stretch = stretchAround(instant, clockOf(zone));
  return instant < stretch.change ? stretch.change : stretch.to;
}

function clockOf(zone: string): Clock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const clock: Clock = { format, stretches: new Map(), latest: undefined };
  if (clocks.size >= MOST_ZONES) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}

function stretchAround(instant: Instant, clock: Clock): Stretch {
  const latest = clock.latest;
  if (latest !== undefined && instant >= latest.from && instant < latest.to) return latest;
  const number = Math.floor(instant / STRETCH);
  return (clock.latest = clock.stretches.get(number) ?? rememberStretch(number, clock));
}

function rememberStretch(number: number, clock: Clock): Stretch {
  const stretch = readStretch(number * STRETCH, clock.format);
  if (clock.stretches.size >= MOST_STRETCHES) clock.stretches.clear();
  clock.stretches.set(number, stretch);
  return stretch;
}

function readStretch(from: Instant, format: Intl.DateTimeFormat): Stretch {
  const to = from + STRETCH;
  const before = readOffset(from, format);
  const after = readOffset(to, format);
  return { from, to, change: before === after ? to : findChange(from, to, before, format), before, after };
}

function findChange(from: Instant, to: Instant, before: number, format: Intl.DateTimeFormat): Instant {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(middle, format) === before) low = middle;
    else high = middle;
  }
  return high;
}

function readOffset(instant: Instant, format: Intl.DateTimeFormat): number {
  const text = format.format(instant);
  const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (found === null) throw new RangeError(`no offset from UTC in "${text}"`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = found;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}
