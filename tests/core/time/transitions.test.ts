/** Every change of the clocks from 2023 to 2028 in two dozen zones, against waits, hours, dates and schedules. */
import { existsSync, readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/core/conditions/answer.ts';
import { newContact } from '../../../src/core/contacts/contact.ts';
import { calendarSchema, nextOpen, openings, type Calendar } from '../../../src/core/time/calendar.ts';
import { after, before, parseDuration, type Duration } from '../../../src/core/time/duration.ts';
import { compileTrigger, triggerSchema } from '../../../src/core/workflows/triggers/index.ts';

const TRANSITIONS = '../shared/data/timezone-holidays/tz_transitions_2023_2028.csv';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A change of the clocks. Local times are written as the milliseconds that UTC would need to show them. */
interface Change {
  readonly zone: string;
  readonly utc: string;
  readonly instant: number;
  readonly kind: 'gap' | 'overlap';
  /** What is skipped, or shown twice. */
  readonly from: number;
  readonly to: number;
}

function readChanges(): Change[] {
  if (!existsSync(TRANSITIONS)) {
    console.warn(`skipped: ${TRANSITIONS} is not here`);
    return [];
  }
  const rows = readFileSync(TRANSITIONS, 'utf8').trim().split('\n').slice(1);
  return rows.map((row) => row.split(',')).flatMap(toChange);
}

function toChange([zone = '', utc = '', old = '', fresh = '', , , kind = '']: string[]): Change[] {
  if (kind !== 'gap' && kind !== 'overlap') return [];
  const instant = Date.parse(utc);
  const shown = [Number(old), Number(fresh)].map((seconds) => instant + seconds * 1000);
  return [{ zone, utc, instant, kind, from: Math.min(...shown), to: Math.max(...shown) }];
}

const changes = readChanges();
const gaps = changes.filter(({ kind }) => kind === 'gap');
const overlaps = changes.filter(({ kind }) => kind === 'overlap');

/** By the rule that everything here keeps: a skipped time as much later as was skipped, the first of a doubled one. */
function momentOf(local: number, zone: string): number {
  return plain(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

function plain(local: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC').toPlainDateTime();
}

function zoned(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

/** `2026-03-29T02:15`, as the clock on the wall shows it. */
function shown(instant: number, zone: string): string {
  return zoned(instant, zone).toPlainDateTime().toString({ smallestUnit: 'minute' });
}

function timeOf(local: number): string {
  return new Date(local).toISOString().slice(11, 16);
}

function dateOf(local: number): string {
  return new Date(local).toISOString().slice(0, 10);
}

function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new Error(`not a duration: ${text}`);
  return parsed;
}

describe.skipIf(changes.length === 0)('the changes of the clocks, 2023 to 2028', () => {
  test('are 92 gaps and 92 overlaps', () => {
    expect([gaps.length, overlaps.length]).toEqual([92, 92]);
  });

  describe('waits', () => {
    const LENGTHS = ['1 day', '1 week', '1 month', '1 year'] as const;

    test.each(changes)(
      'of days keep the time on the clock over the $kind in $zone at $utc',
      ({ zone, instant, from, to }) => {
        for (const text of LENGTHS) {
          const length = duration(text);
          const parts = { [`${length.unit}s`]: length.amount };
          for (const local of [from, from + QUARTER, to - MINUTE, to]) {
            const start = momentOf(
              plain(local).subtract(parts).toZonedDateTime('UTC').epochMilliseconds,
              zone,
            );
            expect(after(start, length, zone)).toBe(zoned(start, zone).add(parts).epochMilliseconds);
            const end = momentOf(plain(local).add(parts).toZonedDateTime('UTC').epochMilliseconds, zone);
            expect(before(end, length, zone)).toBe(zoned(end, zone).subtract(parts).epochMilliseconds);
          }
          const start = instant - 5 * HOUR;
          expect(after(start, length, zone)).toBe(zoned(start, zone).add(parts).epochMilliseconds);
        }
      },
    );

    test.each(gaps)(
      'of days that end in the gap end as much later as was skipped: $zone at $utc',
      ({ zone, from, to }) => {
        const wanted = from + QUARTER;
        const end = after(momentOf(wanted - DAY, zone), duration('1 day'), zone);
        expect(shown(end, zone)).toBe(plain(wanted + (to - from)).toString({ smallestUnit: 'minute' }));
        expect(end - momentOf(wanted - DAY, zone)).toBe(DAY);
      },
    );

    test.each(overlaps)(
      'of days that end in the overlap end when that time is shown first: $zone at $utc',
      ({ zone, instant, from, to }) => {
        const end = after(momentOf(from + QUARTER - DAY, zone), duration('1 day'), zone);
        expect(end).toBe(instant - (to - from) + QUARTER);
      },
    );

    test.each(changes)(
      'of hours and minutes take no notice of the $kind in $zone at $utc',
      ({ zone, instant }) => {
        for (const start of [instant - 26 * HOUR, instant - HOUR, instant - MINUTE, instant]) {
          expect(after(start, duration('26 hours'), zone)).toBe(start + 26 * HOUR);
          expect(before(start, duration('90 minutes'), zone)).toBe(start - 90 * MINUTE);
          expect(zoned(start, zone).add({ hours: 26 }).epochMilliseconds).toBe(start + 26 * HOUR);
        }
      },
    );
  });

  describe('opening hours', () => {
    function daily(hours: string): Calendar {
      return calendarSchema.parse({ title: 'Daily', open: { weekdays: hours, weekends: hours } });
    }

    /** `02:15-02:30`; a range that ends at midnight ends at 24:00. */
    function range(from: number, to: number): string {
      return `${timeOf(from)}-${timeOf(to) === '00:00' ? '24:00' : timeOf(to)}`;
    }

    /** Whether the clock on the wall shows a time of the range, by Temporal alone. */
    function isShown(instant: number, zone: string, from: number, to: number): boolean {
      const { hour, minute } = zoned(instant, zone);
      const [time, start] = [hour * HOUR + minute * MINUTE, from % DAY];
      return time >= start && time < start + (to - from);
    }

    test.each(changes)(
      'are open exactly while the clock shows them, through the $kind in $zone at $utc',
      ({ zone, instant, from, to }) => {
        for (const [start, end] of [
          [from, to],
          [from, from + QUARTER],
          [to, to + QUARTER],
        ] as const) {
          const calendar = daily(range(start, end));
          let opened: number | undefined;
          for (let at = instant + 2 * HOUR; at >= instant - 2 * HOUR; at -= QUARTER) {
            const isOpen = isShown(at, zone, start, end);
            expect(openings(calendar, zone, at).open).toBe(isOpen);
            if (isOpen) opened = at;
            if (opened !== undefined) expect(nextOpen(calendar, zone, at)).toBe(opened);
          }
        }
      },
    );

    test.each(gaps)(
      'that lie within the gap do not happen, and come back the next day: $zone at $utc',
      ({ zone, from, to }) => {
        const calendar = daily(range(from, to));
        const closed = momentOf(to, zone);
        expect(openings(calendar, zone, closed)).toEqual({ open: false, until: momentOf(from + DAY, zone) });
        expect(nextOpen(calendar, zone, closed - 1)).toBe(momentOf(from + DAY, zone));
        expect(nextOpen(calendar, zone, momentOf(to - DAY, zone))).toBe(momentOf(from + DAY, zone));
      },
    );

    test.each(overlaps)(
      'that lie within the overlap happen twice: $zone at $utc',
      ({ zone, instant, from, to }) => {
        const first = instant - (to - from);
        const whole = daily(range(from, to));
        expect(nextOpen(whole, zone, first - 1)).toBe(first);
        expect(openings(whole, zone, first)).toEqual({ open: true, until: instant + (to - from) });
        const part = daily(range(from, from + QUARTER));
        expect(openings(part, zone, first)).toEqual({ open: true, until: first + QUARTER });
        expect(openings(part, zone, first + QUARTER)).toEqual({ open: false, until: instant });
        expect(openings(part, zone, instant)).toEqual({ open: true, until: instant + QUARTER });
      },
    );
  });

  describe('triggers by time', () => {
    function momentsOf(written: object): (facts: Facts, after: number) => number | undefined {
      const question = () => {
        throw new Error('nothing is asked here');
      };
      const trigger = compileTrigger(triggerSchema.parse(written), { question, time_zone: 'UTC' });
      if (trigger.by !== 'moment') throw new Error(`by ${trigger.by}`);
      return (facts, moment) => trigger.next(facts, moment);
    }

    function factsOf(zone: string, date = ''): Facts {
      const contact = newContact('c1', 'awareness', 0);
      const profile = { ...contact.profile, fields: { day: { value: date, at: 0 } } };
      return { contact: { ...contact, profile }, now: 0, zone };
    }

    /** As an engine would find them that wakes a hundred times and looks from where it has looked last. */
    function allIn(next: (after: number) => number | undefined, start: number, end: number): number[] {
      const found: number[] = [];
      for (let at = start; ;) {
        const moment = next(at);
        if (moment === undefined || moment > end) return found;
        found.push(moment);
        at = moment;
      }
    }

    /** Local times into the gap or overlap, at its edges and beyond them. */
    function timesAround({ from, to }: Change): number[] {
      return [from - MINUTE, from, from + QUARTER, to - MINUTE, to, to + MINUTE];
    }

    test.each(gaps)(
      'a date set into the gap starts once, as much later as was skipped: $zone at $utc',
      (change) => {
        const { zone, instant, from, to } = change;
        const local = from + QUARTER;
        const next = momentsOf({ date: 'day', at: timeOf(local) });
        const facts = factsOf(zone, dateOf(local));
        const found = allIn((moment) => next(facts, moment), instant - 3 * DAY, instant + 3 * DAY);
        expect(found).toEqual([momentOf(local, zone)]);
        expect(shown(found[0]!, zone)).toBe(plain(local + (to - from)).toString({ smallestUnit: 'minute' }));
      },
    );

    test.each(overlaps)(
      'a date set into the overlap starts once, when that time is shown first: $zone at $utc',
      ({ zone, instant, from, to }) => {
        const local = from + QUARTER;
        const next = momentsOf({ date: 'day', at: timeOf(local) });
        const facts = factsOf(zone, dateOf(local));
        const found = allIn((moment) => next(facts, moment), instant - 3 * DAY, instant + 3 * DAY);
        expect(found).toEqual([instant - (to - from) + QUARTER]);
        expect(next(facts, instant - 1)).toBeUndefined();
        expect(next(facts, instant)).toBeUndefined();
      },
    );

    test.each(changes)('a yearly date starts once a year around the $kind in $zone at $utc', (change) => {
      const { zone, instant } = change;
      for (const local of timesAround(change)) {
        const next = momentsOf({ date: 'day', every: 'year', offset: '1 week after', at: timeOf(local) });
        const date = dateOf(local - 7 * DAY);
        const year = Number(date.slice(0, 4));
        const sure = [0, 1].map((years) => {
          const { month, day } = Temporal.PlainDate.from(date);
          const kept = new Temporal.PlainDate(year + years, month, day).add({ weeks: 1 });
          return kept.toZonedDateTime({ plainTime: timeOf(local), timeZone: zone }).epochMilliseconds;
        });
        const facts = factsOf(zone, `1990${date.slice(4)}`);
        const found = allIn((moment) => next(facts, moment), instant - 30 * DAY, instant + 400 * DAY);
        expect(found).toEqual(sure);
      }
    });

    test.each(changes)(
      'a daily schedule starts once a day over the $kind in $zone at $utc, and the next day as always',
      (change) => {
        const { zone, instant } = change;
        for (const local of timesAround(change)) {
          const next = momentsOf({ every: `day ${timeOf(local)}` });
          const start = momentOf(local - 3 * DAY, zone);
          const found = allIn((moment) => next(factsOf(zone), moment), start - 1, instant + 4 * DAY);
          const days = found.map((_, index) => local + (index - 3) * DAY);
          expect(found).toEqual(days.map((day) => momentOf(day, zone)));
          expect(found.length).toBeGreaterThanOrEqual(7);
          const times = found.map((moment) => shown(moment, zone).slice(11));
          const isSkipped = change.kind === 'gap' && local >= change.from && local < change.to;
          expect(times.filter((time) => time !== timeOf(local)).length).toBe(isSkipped ? 1 : 0);
          expect(times[4]).toBe(timeOf(local));
        }
      },
    );

    test.each(changes)(
      'a look at any moment around the $kind in $zone at $utc finds what comes next',
      (change) => {
        const { zone, instant } = change;
        const times = timesAround(change);
        const next = momentsOf({ every: times.map((local) => `day ${timeOf(local)}`) });
        const sure = [-1, 0, 1, 2].flatMap((day) => times.map((local) => momentOf(local + day * DAY, zone)));
        for (let at = instant - 2 * HOUR; at <= instant + 2 * HOUR; at += QUARTER) {
          for (const moment of [at - 1, at]) {
            const later = Math.min(...sure.filter((one) => one > moment));
            expect(next(factsOf(zone), moment)).toBe(later);
          }
        }
      },
    );
  });
});
