/**
 * The days on which an answer about a date is yes, as spans: of one date, of the anniversaries near today, or of today
 * itself. So the day on which the answer changes is known without trying the days between.
 */
import { anniversaryIn, type Yearly } from '../../time/anniversary.ts';
import { DAY, dayOf, WEEKDAYS, weekdayOf } from '../../time/date.ts';
import type { DayAnswer } from '../../time/days.ts';
import { after as later, before as earlier, type Duration } from '../../time/duration.ts';

/** Days from today. */
export const NEAR_DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/** What can be asked. Days are dates, words of `NEAR_DAYS` or, in `is`, days of the week. */
export interface Asked {
  readonly is?: readonly string[] | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly between?: readonly [string, string] | undefined;
  readonly within?: Duration | undefined;
  readonly not_within?: Duration | undefined;
  readonly within_next?: Duration | undefined;
}

/** A day: since 1970-01-01, or counted from today and moving with it. */
export interface Point {
  readonly at: number;
  readonly moves: boolean;
}

export const TODAY: Point = { at: 0, moves: true };

/** Only for days that the schema has let through, and none of the week. */
export function pointOf(day: string): Point {
  const relative = NEAR_DAYS[day];
  return relative === undefined ? fixed(dayOf(day) ?? NaN) : { at: relative, moves: true };
}

export function fixed(day: number): Point {
  return { at: day, moves: false };
}

/** What is asked about: one day, or a day of every year. */
export type About = Point | Yearly;

/** Days on which the answer is yes; `to` is not one of them. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const EVERY_DAY: Span = { from: -Infinity, to: Infinity };
const NO_DAY: Span = { from: 0, to: 0 };

/** All the spans near today of one question about one day. */
type Test = (point: Point, today: number) => readonly Span[];

export interface DayTest {
  readonly spans: Test;
  readonly wanted: boolean;
}

export function testsOf({ is, before, after, between, within, not_within, within_next }: Asked): DayTest[] {
  const tests: DayTest[] = [];
  const add = (spans: Test, wanted = true): number => tests.push({ spans, wanted });
  if (is) add(isOneOf(is));
  if (before) add(upTo(pointOf(before), -1));
  if (after) add(since(pointOf(after), 1));
  if (between) {
    add(since(pointOf(between[0]), 0));
    add(upTo(pointOf(between[1]), 0));
  }
  if (within) add(({ at }) => [{ from: at, to: ahead(at, within) + 1 }]);
  if (not_within) add(({ at }) => [{ from: at, to: ahead(at, not_within) + 1 }], false);
  if (within_next) add(({ at }) => [{ from: earliest(at, within_next), to: at + 1 }]);
  return tests;
}

/** So many days after the bound, or later. */
function since(bound: Point, days: number): Test {
  const first = { ...bound, at: bound.at + days };
  return (point) => [notBefore(point, first)];
}

function upTo(bound: Point, days: number): Test {
  const last = { ...bound, at: bound.at + days };
  return (point) => [notBefore(last, point)];
}

function isOneOf(days: readonly string[]): Test {
  const week = WEEKDAYS.map((name) => days.includes(name));
  const points = days.filter((day) => !(WEEKDAYS as readonly string[]).includes(day)).map(pointOf);
  return (point, today) => [
    ...onWeekdays(point, week, today),
    ...points.map((wanted) => sameDay(point, wanted)),
  ];
}

function onWeekdays(point: Point, week: readonly boolean[], today: number): readonly Span[] {
  if (week.every((isMeant) => isMeant)) return [EVERY_DAY];
  if (!point.moves) return week[weekdayOf(point.at)] ? [EVERY_DAY] : [];
  const days = Array.from({ length: 15 }, (_, index) => today + index);
  return days.filter((day) => week[weekdayOf(day)]).map((day) => ({ from: day, to: day + 1 }));
}

function sameDay(a: Point, b: Point): Span {
  const [one, other] = [notBefore(a, b), notBefore(b, a)];
  return { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
}

/** The days on which `a` is `b` or later. */
function notBefore(a: Point, b: Point): Span {
  const lead = a.at - b.at;
  if (a.moves === b.moves) return lead >= 0 ? EVERY_DAY : NO_DAY;
  return a.moves ? { from: -lead, to: Infinity } : { from: -Infinity, to: lead + 1 };
}

/** The day so much later, by the calendar. */
function ahead(day: number, length: Duration): number {
  return later(day * DAY, length, 'UTC') / DAY;
}

/** The first day from which `day` is so far ahead or less. Months that are too short make it another than so long before. */
function earliest(day: number, length: Duration): number {
  let first = earlier(day * DAY, length, 'UTC') / DAY;
  while (ahead(first, length) < day) first++;
  return first;
}

/** All tests must be fulfilled. As long as several are not, nothing changes before the last of them may be. */
export function answerOn(tests: readonly DayTest[], about: About, today: number): DayAnswer {
  const points = 'since' in about ? anniversaries(about, today) : [about];
  let broken = -Infinity;
  let until = Infinity;
  for (const { spans, wanted } of tests) {
    const answer = inSpans(
      points.flatMap((point) => spans(point, today)),
      today,
    );
    if (answer.holds === wanted) until = Math.min(until, answer.until);
    else broken = Math.max(broken, answer.until);
  }
  return broken === -Infinity ? { holds: true, until } : { holds: false, until: broken };
}

/** Those that can be near enough to matter to questions of less than a year, and one beyond. */
export function anniversaries(yearly: Yearly, today: number): readonly Point[] {
  const year = Math.max(new Date(today * DAY).getUTCFullYear(), yearly.since);
  const days = [year - 1, year, year + 1, year + 2].map((each) => anniversaryIn(each, yearly));
  return days.filter((day) => day !== undefined).map(fixed);
}

function inSpans(spans: readonly Span[], today: number): DayAnswer {
  let until = today;
  for (let span = spanOver(spans, until); span; span = spanOver(spans, until)) until = span.to;
  if (until > today) return { holds: true, until };
  const next = spans.filter(({ from, to }) => from > today && to > from).map(({ from }) => from);
  return { holds: false, until: Math.min(Infinity, ...next) };
}

function spanOver(spans: readonly Span[], day: number): Span | undefined {
  return spans.find(({ from, to }) => from <= day && day < to);
}
