/** What one condition on events, or on what became of messages, says about another. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Where } from '../../core/conditions/where.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import { askedImplies, type Asked } from './implies-field.ts';

type Counted = Extract<Condition, { subject: 'event' | 'message' }>;

/** How often one of these must have happened in a stretch of time: at least `min` and at most `max` times. */
interface Count {
  /** What is counted, other than the names: events, or messages that were opened. */
  readonly kind: string;
  readonly names: readonly string[];
  readonly where: Where;
  readonly min: number;
  readonly max: number;
  /** Milliseconds before now. */
  readonly wide: number;
}

/** Whether `b` holds whenever `a` does, both asked at the same moment. Never yes where it is not certain. */
export function countImplies(a: Counted, b: Counted): boolean {
  const [mine, wanted] = [countOf(a), countOf(b)];
  if (!mine || mine.kind !== wanted?.kind) return false;
  const enough = wanted.min <= 0 || (countsIn(mine, wanted) && mine.min >= wanted.min);
  const few = wanted.max === Infinity || (countsIn(wanted, mine) && mine.max <= wanted.max);
  return enough && few;
}

/** Whether both can never hold at the same moment. */
export function countExcludes(a: Counted, b: Counted): boolean {
  const [one, other] = [countOf(a), countOf(b)];
  if (!one || one.kind !== other?.kind) return false;
  return (countsIn(one, other) && one.min > other.max) || (countsIn(other, one) && other.min > one.max);
}

/** What holds just where this does not; undefined where one condition cannot say it. */
export function countNegated(condition: Counted): Counted | undefined {
  const count = countOf(condition);
  if (!count) return undefined;
  const { at_least, at_most, more_than, less_than, times, within, not_within, ...what } = condition;
  const window = within ?? not_within;
  const rest = { ...what, ...(window ? { within: window } : {}) } as Counted;
  if (count.max === Infinity && count.min > 0) return { ...rest, at_most: count.min - 1 };
  if (count.min <= 0 && count.max !== Infinity) return { ...rest, at_least: count.max + 1 };
  return undefined;
}

/** Whether it can hold without anything having happened; undefined where that is not known. */
export function holdsOfNothing(condition: Counted): boolean | undefined {
  const count = countOf(condition);
  return count && count.min <= 0;
}

/** Whatever counts for `a` counts for `b` too. */
function countsIn(a: Count, b: Count): boolean {
  return (
    a.wide <= b.wide && a.names.every((name) => b.names.includes(name)) && whereImplies(a.where, b.where)
  );
}

function whereImplies(a: Where, b: Where): boolean {
  return Object.entries(b).every(([path, asked]) => {
    const mine = a[path];
    return mine !== undefined && askedImplies(askedOf(mine), askedOf(asked));
  });
}

function askedOf(wanted: Where[string]): Asked {
  return typeof wanted === 'object' ? wanted : { is: wanted };
}

/** Undefined where a key says more than how often and how lately, such as a sum or an order of events. */
function countOf(condition: Counted): Count | undefined {
  if (!Object.keys(condition).every((key) => PLAIN.has(key))) return undefined;
  const { names, kind, where } =
    condition.subject === 'event'
      ? { names: condition.event, kind: 'event', where: condition.where ?? {} }
      : { names: condition.message, kind: `message ${condition.was}`, where: {} };
  const since = 'since' in condition ? ` since ${String(condition.since)}` : '';
  return { kind: kind + since, names, where, ...rangeOf(condition), wide: widthOf(condition) };
}

const PLAIN: ReadonlySet<string> = new Set([
  ...['subject', 'event', 'where', 'message', 'was', 'since'],
  ...['at_least', 'at_most', 'more_than', 'less_than', 'times', 'within', 'not_within'],
]);

function widthOf({
  within,
  not_within,
}: {
  within?: Duration | undefined;
  not_within?: Duration | undefined;
}) {
  const window = within ?? not_within;
  return window ? exactMilliseconds(window) : Infinity;
}

/** Nothing said means at least once. */
function rangeOf({ at_least, at_most, more_than, less_than, times, not_within }: Counted): {
  min: number;
  max: number;
} {
  if (not_within) return { min: 0, max: 0 };
  const min = Math.max(at_least ?? -Infinity, (more_than ?? -Infinity) + 1, times ?? -Infinity);
  const max = Math.min(at_most ?? Infinity, (less_than ?? Infinity) - 1, times ?? Infinity);
  return { min: min === -Infinity && max === Infinity ? 1 : min, max };
}
