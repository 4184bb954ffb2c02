/** Ranges of numbers, as `at_least`, `less_than`, `between` and their like draw them. */

/** From `low` to `high`; an end that is open does not belong to it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly low_open: boolean;
  readonly high_open: boolean;
}

interface Comparisons {
  readonly is?: unknown;
  readonly in?: readonly unknown[] | undefined;
  readonly at_least?: unknown;
  readonly at_most?: unknown;
  readonly more_than?: unknown;
  readonly less_than?: unknown;
  readonly between?: readonly [unknown, unknown] | undefined;
}

/** Where a number must lie to pass every comparison; undefined where none of them asks for a number. */
export function intervalOf(asked: Comparisons): Interval | undefined {
  const { at_least, more_than, at_most, less_than, between } = asked;
  const [from, to] = between ?? [];
  const values = numbersOf(asked);
  const parts = [
    isNumber(at_least) && span(at_least, Infinity),
    isNumber(from) && span(from, Infinity),
    isNumber(more_than) && { ...span(more_than, Infinity), low_open: true },
    isNumber(at_most) && span(-Infinity, at_most),
    isNumber(to) && span(-Infinity, to),
    isNumber(less_than) && { ...span(-Infinity, less_than), high_open: true },
    values && span(Math.min(...values), Math.max(...values)),
  ].filter((part) => part !== false && part !== undefined);
  return parts.length === 0 ? undefined : parts.reduce(intersection);
}

/** The numbers that a list of allowed values is made of, if it is of numbers alone. */
function numbersOf({ is, in: list }: Comparisons): readonly number[] | undefined {
  const values = is === undefined ? (list ?? []) : [is];
  return values.length > 0 && values.every(isNumber) ? values : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function span(low: number, high: number): Interval {
  return { low, high, low_open: false, high_open: false };
}

export function intersection(a: Interval, b: Interval): Interval {
  return {
    low: Math.max(a.low, b.low),
    high: Math.min(a.high, b.high),
    low_open: a.low === b.low ? a.low_open || b.low_open : (a.low > b.low ? a : b).low_open,
    high_open: a.high === b.high ? a.high_open || b.high_open : (a.high < b.high ? a : b).high_open,
  };
}

export function isEmpty({ low, high, low_open, high_open }: Interval): boolean {
  return low > high || (low === high && (low_open || high_open));
}

/** Whether every number of `a` is one of `b`. */
export function isWithin(a: Interval, b: Interval): boolean {
  if (isEmpty(a)) return true;
  const low = a.low > b.low || (a.low === b.low && (!b.low_open || a.low_open));
  const high = a.high < b.high || (a.high === b.high && (!b.high_open || a.high_open));
  return low && high;
}

/** Whether the intervals together hold every number from `low` on. */
export function coverFrom(low: number, intervals: readonly Interval[]): boolean {
  let [end, is_held] = [low, low === -Infinity];
  for (;;) {
    const next = intervals.find(
      (one) =>
        !isEmpty(one) &&
        (one.low < end || (one.low === end && (is_held || !one.low_open))) &&
        (one.high > end || (one.high === end && !is_held && !one.high_open)),
    );
    if (!next) return end === Infinity;
    [end, is_held] = [next.high, !next.high_open];
    if (end === Infinity) return true;
  }
}
