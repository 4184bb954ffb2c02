/**
 * What conditions say about each other: whether one holds whenever another does, or never together with it. All are
 * asked of the same contact at the same moment, about everything that ever happened. Yes is always certain; no means
 * that it could not be proven.
 */
import type { Condition } from '../../core/conditions/condition.ts';
import { DERIVED_FIELDS } from '../../core/conditions/subjects/field.ts';
import { canonicalText, type Json } from '../../core/json.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import { countExcludes, countImplies, countNegated } from './implies-event.ts';
import { askedExcludes, askedImplies, askedNegated } from './implies-field.ts';

/** Whether `b` holds whenever `a` does. */
export const implies = remembered((a, b): boolean => {
  if (areEqual(a, b)) return true;
  if (b.subject === 'all') return b.all.every((part) => implies(a, part));
  if (a.subject === 'any') return a.any.every((part) => implies(part, b));
  if (b.subject === 'any' && b.any.some((part) => implies(a, part))) return true;
  if (b.subject === 'none') return b.none.every((part) => excludes(a, part));
  if (a.subject === 'all') return a.all.some((part) => implies(part, b));
  if (a.subject === 'none') return a.none.some((part) => negationImplies(part, b));
  return singleImplies(a, b);
});

/** Whether `a` and `b` never hold together. */
export const excludes = remembered((a, b): boolean => {
  if (a.subject === 'any') return a.any.every((part) => excludes(part, b));
  if (b.subject === 'any') return b.any.every((part) => excludes(a, part));
  if (a.subject === 'all' && a.all.some((part) => excludes(part, b))) return true;
  if (b.subject === 'all' && b.all.some((part) => excludes(a, part))) return true;
  if (a.subject === 'none') return a.none.some((part) => implies(b, part));
  if (b.subject === 'none') return b.none.some((part) => implies(a, part));
  return singleExcludes(a, b);
});

/** Fields that are a number for everybody at every moment. */
export const ALWAYS_NUMBERS: ReadonlySet<string> = new Set(
  DERIVED_FIELDS.filter((field) => /\.(items|count|value)$/.test(field)),
);

/** Same words, in whatever order keys and names stand. */
export function areEqual(a: Condition, b: Condition): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(condition: Condition): string {
  return canonicalText(JSON.parse(JSON.stringify(condition)) as Json);
}

function negationImplies(part: Condition, b: Condition): boolean {
  const not = negation(part);
  return not !== undefined && implies(not, b);
}

const negations = new WeakMap<Condition, { readonly not: Condition | undefined }>();

/** What holds just where the condition does not; undefined where no condition says it. */
export function negation(condition: Condition): Condition | undefined {
  const known = negations.get(condition) ?? { not: negate(condition) };
  negations.set(condition, known);
  return known.not;
}

function negate(condition: Condition): Condition | undefined {
  switch (condition.subject) {
    case 'all': {
      const parts = condition.all.flatMap((part) => negation(part) ?? []);
      return parts.length < condition.all.length ? undefined : { subject: 'any', any: parts };
    }
    case 'any':
      return { subject: 'none', none: condition.any };
    case 'none':
      return { subject: 'any', any: condition.none };
    case 'field': {
      const { subject, field, ...asked } = condition;
      const not = askedNegated(asked, ALWAYS_NUMBERS.has(field));
      return not && { subject, field, ...not };
    }
    case 'event':
    case 'message':
      return countNegated(condition);
    default:
      return undefined;
  }
}

function singleImplies(a: Condition, b: Condition): boolean {
  if (a.subject === 'field' && b.subject === 'field') return a.field === b.field && askedImplies(a, b);
  if (a.subject === 'event' && b.subject === 'event') return countImplies(a, b);
  if (a.subject === 'message' && b.subject === 'message') return countImplies(a, b);
  if (a.subject === 'stage' && b.subject === 'stage') return stageImplies(a, b);
  const [mine, wanted] = [choicesOf(a), choicesOf(b)];
  return mine !== undefined && mine.of === wanted?.of && mine.ids.every((id) => wanted.ids.includes(id));
}

function singleExcludes(a: Condition, b: Condition): boolean {
  if (a.subject === 'field' && b.subject === 'field') return a.field === b.field && askedExcludes(a, b);
  if (a.subject === 'event' && b.subject === 'event') return countExcludes(a, b);
  if (a.subject === 'message' && b.subject === 'message') return countExcludes(a, b);
  const [one, other] = [choicesOf(a), choicesOf(b)];
  if (!one || one.of !== other?.of || one.of === 'segment') return false;
  return !one.ids.some((id) => other.ids.includes(id));
}

/** What a contact is one of: of segments, any number at a time; of the others one. */
export function choicesOf(condition: Condition): { of: string; ids: readonly string[] } | undefined {
  const [of, another] = Object.keys(condition).filter((key) => key !== 'subject' && key !== 'for');
  const ids: unknown = of === condition.subject && CHOICES.has(of) && condition[of as keyof Condition];
  if (!Array.isArray(ids) || another !== undefined) return undefined;
  if ('for' in condition && condition.subject !== 'stage') return undefined;
  return { of: condition.subject, ids: ids as readonly string[] };
}

const CHOICES: ReadonlySet<string> = new Set(['stage', 'mood', 'persona', 'segment', 'churn_risk']);

type Stage = Extract<Condition, { subject: 'stage' }>;

/** Who stands in a stage counts as having stood there, however short the window. */
function stageImplies(a: Stage, b: Stage): boolean {
  if (!a.stage.every((id) => b.stage.includes(id))) return false;
  if (b.was) return !a.was || lengthOf(a.within, Infinity) <= lengthOf(b.within, Infinity);
  return !a.was && lengthOf(a.for, 0) >= lengthOf(b.for, 0);
}

function lengthOf(duration: Duration | undefined, otherwise: number): number {
  return duration ? exactMilliseconds(duration) : otherwise;
}

type Relation = (a: Condition, b: Condition) => boolean;

/** Each pair is looked at once, as deep conditions are asked about the same parts again and again. */
function remembered(relation: Relation): Relation {
  const answers = new WeakMap<Condition, WeakMap<Condition, boolean>>();
  return (a, b) => {
    const known = answers.get(a) ?? new WeakMap<Condition, boolean>();
    answers.set(a, known);
    const answer = known.get(b) ?? relation(a, b);
    known.set(b, answer);
    return answer;
  };
}
