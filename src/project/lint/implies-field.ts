/** What one condition on a field says about another on the same field. */
import type { FieldCondition } from '../../core/conditions/subjects/field.ts';
import { exactMilliseconds } from '../../core/time/duration.ts';
import { intersection, intervalOf, isEmpty, isWithin, type Interval } from './interval.ts';

/** The questions that can be asked of a value, of a field or of a property. */
export type Asked = Omit<FieldCondition, 'field'>;

/** Whether whatever passes `a` passes `b`. Never yes where it is not certain. */
export function askedImplies(a: Asked, b: Asked): boolean {
  return windowImplies(a, b) && questionsOf(b).every((name) => answers(a, name, b));
}

/** Whether nothing can pass both. */
export function askedExcludes(a: Asked, b: Asked): boolean {
  return (
    areApart(a, b) ||
    windowsExclude(a, b) ||
    windowsExclude(b, a) ||
    questionsOf(b).some((name) => refuses(a, name, b)) ||
    questionsOf(a).some((name) => refuses(b, name, a))
  );
}

/** What passes just where this does not; undefined where one condition cannot say it. */
export function askedNegated(asked: Asked, is_always_a_number: boolean): Asked | undefined {
  const [name, another] = questionsOf(asked);
  if (name === undefined || another !== undefined || hasWindow(asked)) return undefined;
  if (name === 'exists') return { exists: !asked.exists };
  const opposite = OPPOSITES[name];
  if (opposite) return { [opposite]: asked[name] };
  const other_side = is_always_a_number && typeof asked[name] === 'number' ? OTHER_SIDES[name] : undefined;
  return other_side && { [other_side]: asked[name] };
}

type Question = Exclude<keyof Asked, 'within' | 'not_within' | 'within_next'>;

/** A field that is not known passes what is asked with "not", so that these are the exact opposites. */
const OPPOSITES: Readonly<Partial<Record<Question, Question>>> = {
  is: 'is_not',
  is_not: 'is',
  in: 'not_in',
  not_in: 'in',
  contains: 'not_contains',
  not_contains: 'contains',
};

/** Of a field that is not known both sides are untrue: these are opposites only where there always is a number. */
const OTHER_SIDES: Readonly<Partial<Record<Question, Question>>> = {
  at_least: 'less_than',
  less_than: 'at_least',
  at_most: 'more_than',
  more_than: 'at_most',
};

function questionsOf(asked: Asked): Question[] {
  const names = Object.keys(asked) as (keyof FieldCondition)[];
  return names.filter(
    (name): name is Question => !BESIDES.has(name) && asked[name as Question] !== undefined,
  );
}

const BESIDES: ReadonlySet<string> = new Set(['subject', 'field', 'within', 'not_within', 'within_next']);

/** Whether what passes `a` answers one of the questions of `b` with yes. */
function answers(a: Asked, name: Question, b: Asked): boolean {
  if (b[name] !== undefined && JSON.stringify(a[name]) === JSON.stringify(b[name])) return true;
  switch (name) {
    case 'exists':
      return b.exists === true ? isKnown(a) : a.exists === false;
    case 'is':
      return mustBeOneOf(a, [b.is]);
    case 'in':
      return mustBeOneOf(a, b.in ?? []);
    case 'is_not':
      return cannotBe(a, b.is_not);
    case 'not_in':
      return (b.not_in ?? []).every((value) => cannotBe(a, value));
    case 'contains':
      return a.contains !== undefined && areSame(a.contains, b.contains);
    default:
      return isBetween(a, { [name]: b[name] });
  }
}

/** Whether nothing that passes `a` answers this question of `b` with yes. */
function refuses(a: Asked, name: Question, b: Asked): boolean {
  switch (name) {
    case 'exists':
      return b.exists === true ? a.exists === false : isKnown(a);
    case 'is':
      return cannotBe(a, b.is);
    case 'in':
      return (b.in ?? []).every((value) => cannotBe(a, value));
    case 'is_not':
      return mustBeOneOf(a, [b.is_not]);
    case 'not_in':
      return mustBeOneOf(a, b.not_in ?? []);
    default:
      return a.exists === false && intervalOf({ [name]: b[name] }) !== undefined;
  }
}

function isBetween(a: Asked, b: Asked): boolean {
  const [mine, wanted] = [intervalOf(a), intervalOf(b)];
  return mine !== undefined && wanted !== undefined && isWithin(mine, wanted);
}

function areApart(a: Asked, b: Asked): boolean {
  const [mine, other] = [intervalOf(a), intervalOf(b)];
  return mine !== undefined && other !== undefined && isEmpty(intersection(mine, other));
}

function valuesOf({ is, in: list }: Asked): readonly unknown[] {
  return is === undefined ? (list ?? []) : [is];
}

function mustBeOneOf(a: Asked, wanted: readonly unknown[]): boolean {
  const values = valuesOf(a);
  return values.length > 0 && values.every((value) => wanted.some((one) => areSame(value, one)));
}

function cannotBe(a: Asked, value: unknown): boolean {
  const values = valuesOf(a);
  if (values.length > 0 && values.every((one) => areDifferent(one, value))) return true;
  if (a.is_not !== undefined && areSame(a.is_not, value)) return true;
  if (a.not_in?.some((one) => areSame(one, value))) return true;
  if (a.exists === false && value !== '') return true;
  const interval = intervalOf(a);
  return interval !== undefined && typeof value === 'number' && !isBetween({ is: value }, a);
}

/** Texts are compared without regard to case, unless they are dates. */
function areSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || isDated(a) || isDated(b)) return a === b;
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * `"5"` and `5` can be the same value, and a moment is on its day, so only values of one kind that are no dates are known
 * to differ.
 */
function areDifferent(a: unknown, b: unknown): boolean {
  return typeof a === typeof b && !isDated(a) && !isDated(b) && !areSame(a, b);
}

function isDated(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-/.test(value);
}

/** Whether only a field with a value passes. */
function isKnown(a: Asked): boolean {
  const values = valuesOf(a);
  return (
    a.exists === true ||
    hasWindow(a) ||
    intervalOf(a) !== undefined ||
    (values.length > 0 && !values.includes('')) ||
    ONLY_OF_SOMETHING.some((name) => a[name] !== undefined)
  );
}

const ONLY_OF_SOMETHING = ['contains', 'contains_any', 'contains_all', 'starts_with', 'ends_with'] as const;

function hasWindow({ within, not_within, within_next }: Asked): boolean {
  return within !== undefined || not_within !== undefined || within_next !== undefined;
}

/** How long ago it must be for the one, at most and at least, and for the other. */
function windowImplies(a: Asked, b: Asked): boolean {
  const past =
    !b.within || (a.within !== undefined && exactMilliseconds(a.within) <= exactMilliseconds(b.within));
  const older =
    !b.not_within ||
    a.within_next !== undefined ||
    (a.not_within !== undefined && exactMilliseconds(a.not_within) >= exactMilliseconds(b.not_within));
  const soon =
    !b.within_next ||
    (a.within_next !== undefined && exactMilliseconds(a.within_next) <= exactMilliseconds(b.within_next));
  return past && older && soon;
}

function windowsExclude({ within }: Asked, { not_within, within_next }: Asked): boolean {
  if (!within) return false;
  return (
    within_next !== undefined ||
    (not_within !== undefined && exactMilliseconds(within) <= exactMilliseconds(not_within))
  );
}

/** The numbers that pass, where nothing but a range of them is asked. */
export function askedNumbers(asked: Asked): Interval | undefined {
  const isPlain = questionsOf(asked).every((name) => RANGES.has(name) && isOfNumbers(asked[name]));
  return isPlain && !hasWindow(asked) ? intervalOf(asked) : undefined;
}

const RANGES: ReadonlySet<string> = new Set([
  'is',
  'at_least',
  'at_most',
  'more_than',
  'less_than',
  'between',
]);

function isOfNumbers(wanted: unknown): boolean {
  return (Array.isArray(wanted) ? wanted : [wanted]).every((value) => typeof value === 'number');
}
