import { z } from 'zod';
import type { MemorySpec } from '../../contacts/memory.ts';
import type { Event, Instant } from '../../events/event.ts';
import { hash53 } from '../../hash.ts';
import { at, own, type Json } from '../../json.ts';
import { reason, type Reason } from '../../reason.ts';
import { oneOrMany, type IssueHint } from '../../schema.ts';
import { durationSchema, durationWords, exactMilliseconds, type Duration } from '../../time/duration.ts';
import { localTime } from '../../time/zone.ts';
import { always, type Answer, type Facts, type Question } from '../answer.ts';
import { matcher, whereSchema, type Where } from '../where.ts';

export const howOften = z.number().int().min(0).max(1000);

export const eventConditionSchema = z
  .strictObject({
    event: oneOrMany(z.string()),
    where: whereSchema.optional(),
    /** Path of a property: the comparisons are then about the sum of it, and not about how often. */
    sum_of: z.string().min(1).optional(),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
    more_than: z.number().optional(),
    less_than: z.number().optional(),
    times: howOften.optional(),
    within: durationSchema.optional(),
    not_within: durationSchema.optional(),
    /** Only what happened after the entry of the run counts; outside a run it means ever. */
    since: z.enum(['entry']).optional(),
    /** Asks of the very first or the latest of these events: that one must be as `where` says. */
    which: z.enum(['first', 'last']).optional(),
    /** Only what happened later than the latest of these counts. */
    after: oneOrMany(z.string()).optional(),
    /** It happened earlier than the first of these, or these never happened. */
    before: oneOrMany(z.string()).optional(),
  })
  .superRefine(refuseMixtures, { when: ({ issues }) => issues.length === 0 });

export type EventCondition = z.infer<typeof eventConditionSchema>;
type Key = keyof EventCondition;

const COMPARISONS = ['at_least', 'at_most', 'more_than', 'less_than'] as const;

export const NOT_ONCE = '"not_within" means "not once in that time"; write a count with "within" instead';

/** What may stand beside a word, and what is said of anything else. */
const MIXTURES: readonly {
  readonly word: Key;
  readonly beside: readonly Key[];
  message(other: Key): string;
}[] = [
  {
    word: 'which',
    beside: ['within', 'not_within', 'since'],
    message: (other) =>
      `"which" asks of one single event, so "${other}" cannot stand beside it; make it a condition of its own`,
  },
  { word: 'not_within', beside: ['which', 'since', 'after'], message: () => NOT_ONCE },
  {
    word: 'before',
    beside: ['since', 'after'],
    message: (other) =>
      `"before" asks only whether it happened earlier, so "${other}" cannot stand beside it; make it a condition of its own`,
  },
  {
    word: 'sum_of',
    beside: [...COMPARISONS, 'within', 'since', 'after'],
    message: (other) =>
      `"${other}" cannot stand beside "sum_of"; compare the sum with at_least, at_most, more_than or less_than`,
  },
];

function refuseMixtures(written: EventCondition, context: z.RefinementCtx): void {
  const refuse = (key: Key, message: string): void => {
    const params: IssueHint = { kind: 'misplaced_key' };
    context.addIssue({ code: 'custom', path: [key], message, params });
  };
  for (const { word, beside, message } of MIXTURES) {
    if (written[word] === undefined || (word === 'not_within' && written.which)) continue;
    const other = otherKey(written, [word, ...beside]);
    if (other) return refuse(other, message(other));
  }
  if (written.which === 'first' && written.since)
    return refuse(
      'since',
      '"which: first" is the very first there ever was; write "which: last" or no "since"',
    );
  const compared = COMPARISONS.filter((key) => written[key] !== undefined);
  if (written.sum_of !== undefined) {
    if (compared.length === 0) refuse('sum_of', 'say what the sum must be, for example "at_least: 100"');
    return;
  }
  for (const key of compared)
    if (!howOften.safeParse(written[key]).success)
      context.addIssue({ code: 'custom', path: [key], message: HOW_OFTEN });
}

const HOW_OFTEN = 'say how often with a whole number from 0 to 1000; amounts are compared beside "sum_of"';

/** How often or how much: at least `min` and at most `max`; sums in ten-thousandths. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/** How it is told that something happened so often, did not, or never did. */
export interface Wording {
  did(count: number): Reason;
  readonly did_not: Reason;
  readonly never: Reason;
}

/** A condition made ready: which events count, and where they are remembered. */
interface Asking {
  readonly condition: EventCondition;
  readonly scope: 'ever' | 'entry';
  readonly memory: MemorySpec;
  /** Of the events after which the others count. */
  readonly after: MemorySpec | undefined;
}

/**
 * Asks whether events happened, how often, how much and how lately. With `scope: 'entry'` only what happened after the
 * run was entered counts, so not the event that started it; and the event being decided does, however late it arrived.
 * `not_within` looks back over the entry, unless `since` is written: "quiet for a week" is no truer for somebody who
 * has just come in.
 *
 * Where an entry or an `after` decides what counts, sums and `before` look at the latest 1000 such events, as sums do
 * within a window; counts are always exact.
 */
export function eventQuestion(
  condition: EventCondition,
  asked: 'ever' | 'entry',
  wording: Wording = wordingOf(condition),
): Question {
  const scope = condition.since ?? (condition.not_within ? 'ever' : asked);
  if (condition.which) return whichQuestion(condition, scope);
  const after = condition.after && namedMemory(condition.after, 1);
  if (condition.before) {
    const memory = memoryOf(condition, after || scope === 'entry' ? MOST : 0);
    return beforeQuestion({ condition, scope, memory, after }, condition.before);
  }
  const range = rangeOf(condition);
  const memory = condition.sum_of
    ? summedMemory(condition, condition.sum_of, scope)
    : memoryOf(condition, after || scope === 'entry' || windowOf(condition) ? enoughFor(range) : 0);
  return tallyQuestion({ condition, scope, memory, after }, range, wording);
}

/** The memory of when such events happened last; it also tells whether an event is one of them. */
export function latestOf(condition: EventCondition): MemorySpec {
  return memoryOf(condition, 1);
}

/** A condition that asks only "did it happen", so that it can serve as a trigger by event. */
export function isPlainEvent(condition: EventCondition): boolean {
  return otherKey(condition, ['event']) === undefined;
}

/** The first thing that is written beside the events, their `where` and these keys. */
function otherKey(condition: object, keys: readonly Key[]): Key | undefined {
  const known: readonly string[] = ['subject', 'event', 'where', ...keys];
  const other = Object.entries(condition).find(([key, value]) => value !== undefined && !known.includes(key));
  return other?.[0] as Key | undefined;
}

function rangeOf(condition: EventCondition): Range {
  if (condition.not_within) return { min: 0, max: 0 };
  const unit = condition.sum_of ? TEN_THOUSANDTHS : 1;
  const bound = (value: number | undefined, none: number): number =>
    value === undefined ? none : Math.round(value * unit);
  const { at_least, at_most, more_than, less_than, times } = condition;
  const min = Math.max(bound(at_least, -Infinity), bound(more_than, -Infinity) + 1, times ?? -Infinity);
  const max = Math.min(bound(at_most, Infinity), bound(less_than, Infinity) - 1, times ?? Infinity);
  const isBare = !condition.sum_of && min === -Infinity && max === Infinity;
  return { min: isBare ? 1 : min, max };
}

function isWithin(amount: number, { min, max }: Range): boolean {
  return amount >= min && amount <= max;
}

function windowOf({ within, not_within }: EventCondition): Duration | undefined {
  return within ?? not_within;
}

function widthOf(window: Duration | undefined): number {
  return window ? exactMilliseconds(window) : Infinity;
}

// What is remembered

/** As many latest times are kept where no smaller number is known to be enough. */
const MOST = 1000;

/** So many of the latest times tell whether the count lies in the range. */
function enoughFor({ min, max }: Range): number {
  return Math.max(max === Infinity ? min : Math.max(min, max + 1), 1);
}

function namedMemory(names: readonly string[], keep: number): MemorySpec {
  return memoryOf({ event: names }, keep);
}

function memoryOf(
  { event, where }: { readonly event: readonly string[]; readonly where?: Where | undefined },
  keep: number,
): MemorySpec {
  const names = new Set(event);
  const events = [...names].sort();
  const key = where ? `${events.join('|')}#${hash53(JSON.stringify(where)).toString(36)}` : events.join('|');
  const matchesWhere = where ? matcher(where) : () => true;
  return {
    key,
    events,
    keep,
    matches: (happened) => names.has(happened.name) && matchesWhere(happened.properties),
  };
}

/** The running sum alone where all that ever happened counts; else what is added up keeps its time, too. */
function summedMemory(condition: EventCondition, path: string, scope: 'ever' | 'entry'): MemorySpec {
  const plain = memoryOf(condition, 0);
  const value = (event: Event): number | undefined => tenThousandths(at(event.properties, path));
  const width = widthOf(condition.within);
  const isOpen = width === Infinity && (scope === 'entry' || condition.after !== undefined);
  return {
    ...plain,
    key: `${plain.key}+${path}`,
    keep: isOpen || width < Infinity ? MOST : 0,
    width: isOpen ? undefined : width < Infinity ? width : 0,
    matches: (event) => plain.matches(event) && value(event) !== undefined,
    value,
  };
}

const TEN_THOUSANDTHS = 10_000;

/** Of a number, or of text that is one. Sums stay exact up to nine hundred thousand million. */
function tenThousandths(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number') return undefined;
  // A negative zero would not come back from the database.
  const rounded = Math.round(number * TEN_THOUSANDTHS) + 0;
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

// What counts

/** The events that count, ascending: a stretch of what is remembered. */
interface Counted {
  readonly times: readonly Instant[];
  /** As how much each counts; absent: as one. */
  readonly values: readonly number[] | undefined;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Whether not all that ever happened counts. */
function isBounded(facts: Facts, { scope, after }: Asking): boolean {
  return after !== undefined || enteredAt(facts, scope) !== -Infinity;
}

function enteredAt({ entered_at }: Facts, scope: 'ever' | 'entry'): Instant {
  return scope === 'entry' ? (entered_at ?? -Infinity) : -Infinity;
}

/** Without any of the events that it must come after, nothing counts. */
function countsAfter({ contact }: Facts, { after }: Asking): Instant {
  if (!after) return -Infinity;
  return own(contact.profile.memory, after.key)?.times.at(-1) ?? Infinity;
}

/** The events that count and lie less than `width` back. */
function counted(facts: Facts, asking: Asking, width = Infinity): Counted {
  const { contact, now } = facts;
  const { times = [], values } = own(contact.profile.memory, asking.memory.key) ?? {};
  const start = now - width;
  const floor = Math.max(enteredAt(facts, asking.scope), countsAfter(facts, asking), start);
  let to = times.length;
  while (to > 0 && (times[to - 1] as Instant) > now) to--;
  let from = to;
  while (from > 0 && (times[from - 1] as Instant) > floor) from--;
  const remembered = { times, values, from, to };
  const late = lateEvent(facts, asking);
  return late && late.occurred_at > start ? withLate(late, remembered, asking) : remembered;
}

/** The event being decided, where it happened before the entry that it should have prevented. */
function lateEvent(facts: Facts, asking: Asking): Event | undefined {
  const { happening } = facts;
  if (!happening || happening.occurred_at > enteredAt(facts, asking.scope)) return undefined;
  const counts = happening.occurred_at > countsAfter(facts, asking) && asking.memory.matches(happening);
  return counts ? happening : undefined;
}

function withLate(late: Event, { times, values, from, to }: Counted, { memory }: Asking): Counted {
  const all = [late.occurred_at, ...times.slice(from, to)];
  if (!memory.value) return { times: all, values: undefined, from: 0, to: all.length };
  const amounts = [memory.value(late) ?? 0, ...(values ?? []).slice(from, to)];
  return { times: all, values: amounts, from: 0, to: all.length };
}

// How often and how much

function tallyQuestion(asking: Asking, range: Range, wording: Wording): Question {
  const { condition, memory, after } = asking;
  const width = widthOf(windowOf(condition));
  const amount = (facts: Facts): number =>
    width === Infinity && !isBounded(facts, asking)
      ? amountEver(facts, asking)
      : total(counted(facts, asking, width));
  return {
    answer(facts) {
      if (width === Infinity) return always(isWithin(amount(facts), range));
      return inWindow(counted(facts, asking, width), range, width);
    },
    because: (facts) =>
      condition.sum_of
        ? explainSum(asking, condition.sum_of, amount(facts), facts)
        : explainCount(asking, wording, amount(facts), facts),
    memory: after ? [memory, after] : [memory],
    looks_at: 0,
  };
}

function amountEver({ contact }: Facts, { condition, memory }: Asking): number {
  const remembered = own(contact.profile.memory, memory.key);
  return (condition.sum_of ? remembered?.sum : remembered?.count) ?? 0;
}

function total({ values, from, to }: Counted): number {
  if (!values) return to - from;
  let sum = 0;
  for (let index = from; index < to; index++) sum += values[index] ?? 0;
  return sum;
}

/**
 * As time goes on and nothing happens, events only leave the window, the oldest first; so the answer changes when
 * enough have left, and the moment of that is known now. Those of one moment leave together.
 */
function inWindow(open: Counted, range: Range, width: number): Answer {
  const { times, values, from, to } = open;
  let left = total(open);
  const holds = isWithin(left, range);
  for (let index = from; index < to; index++) {
    left -= values ? (values[index] ?? 0) : 1;
    const time = times[index] as Instant;
    const isLastOfMoment = index + 1 === to || times[index + 1] !== time;
    if (isLastOfMoment && isWithin(left, range) !== holds) return { holds, until: time + width };
  }
  return always(holds);
}

// Before others

function beforeQuestion(asking: Asking, names: readonly string[]): Question {
  const { memory, after } = asking;
  const others = namedMemory(names, 0);
  const firstOther = ({ contact }: Facts): Instant =>
    own(contact.profile.memory, others.key)?.first ?? Infinity;
  const holds = (facts: Facts): boolean =>
    isBounded(facts, asking)
      ? isAnyBefore(counted(facts, asking), firstOther(facts))
      : (own(facts.contact.profile.memory, memory.key)?.first ?? Infinity) < firstOther(facts);
  return {
    answer: (facts) => always(holds(facts)),
    because: (facts) => explainBefore(asking, names, holds(facts), facts),
    memory: [memory, others, ...(after ? [after] : [])],
    looks_at: 0,
  };
}

function isAnyBefore({ times, from, to }: Counted, end: Instant): boolean {
  return from < to && (times[from] as Instant) < end;
}

// The first, the latest

/**
 * Two memories tell it: of all these events, and of those that are as asked. Where both know the same time, that event
 * is one of the second; of several at that very moment either will do.
 */
function whichQuestion(condition: EventCondition, scope: 'ever' | 'entry'): Question {
  const { event, which, within, not_within } = condition;
  const keep = which === 'last' ? 1 : 0;
  const all = namedMemory(event, keep);
  const asked = memoryOf(condition, keep);
  const timeOf = ({ contact }: Facts, { key }: MemorySpec): Instant | undefined => {
    const remembered = own(contact.profile.memory, key);
    return which === 'last' ? remembered?.times.at(-1) : remembered?.first;
  };
  const counts = (facts: Facts, time: Instant): boolean => {
    if (timeOf(facts, asked) !== time) return false;
    const { happening } = facts;
    return time > enteredAt(facts, scope) || (happening?.occurred_at === time && asked.matches(happening));
  };
  const answer = (facts: Facts): Answer => {
    const time = timeOf(facts, all);
    if (time === undefined || !counts(facts, time)) return always(false);
    return between(time + (not_within ? widthOf(not_within) : 0), time + widthOf(within), facts.now);
  };
  return {
    answer,
    because: (facts) => explainWhich(condition, timeOf(facts, all), answer(facts).holds, facts),
    memory: condition.where ? [asked, all] : [asked],
    looks_at: 0,
  };
}

/** Whether now lies from `start` on and before `end`. */
function between(start: Instant, end: Instant, now: Instant): Answer {
  if (now >= end || start >= end) return always(false);
  return now < start ? { holds: false, until: start } : { holds: true, until: end };
}

// In words

function wordingOf(condition: EventCondition): Wording {
  const name = namesIn(condition.event);
  return {
    did: (count) => reason(`${name} happened ${inEnglish(count)}`, `${name} ocurrió ${inSpanish(count)}`),
    did_not: reason(`${name} did not happen`, `${name} no ocurrió`),
    never: reason(`${name} never happened`, `${name} nunca ocurrió`),
  };
}

function explainCount(asking: Asking, wording: Wording, count: number, facts: Facts): Reason {
  if (isInVain(asking, facts)) return inVain(asking.condition);
  const limits = limitsOf(asking, facts);
  if (count > 0) return withLimits(wording.did(count), limits);
  const isEver = limits.en === '' && !isBounded(facts, asking);
  return isEver ? wording.never : withLimits(wording.did_not, limits);
}

function explainSum(asking: Asking, path: string, sum: number, facts: Facts): Reason {
  if (isInVain(asking, facts)) return inVain(asking.condition);
  const { condition } = asking;
  const name = namesIn(condition.event);
  const amount = sum / TEN_THOUSANDTHS;
  const added = withLimits(
    reason(`${name} added up to ${amount} (${path})`, `${name} sumó ${amount} (${path})`),
    limitsOf(asking, facts),
  );
  const asked = COMPARISONS.filter((key) => condition[key] !== undefined);
  const inWords = (words: Readonly<Record<string, string>>): string =>
    asked.map((key) => `${words[key]} ${condition[key]}`).join(', ');
  return reason(
    `${added.en} (asked: ${inWords(IN_ENGLISH)})`,
    `${added.es} (se pide: ${inWords(IN_SPANISH)})`,
  );
}

const IN_ENGLISH = {
  at_least: 'at least',
  at_most: 'at most',
  more_than: 'more than',
  less_than: 'less than',
};
const IN_SPANISH = {
  at_least: 'al menos',
  at_most: 'como mucho',
  more_than: 'más de',
  less_than: 'menos de',
};

function explainBefore(asking: Asking, names: readonly string[], holds: boolean, facts: Facts): Reason {
  if (isInVain(asking, facts)) return inVain(asking.condition);
  const name = namesIn(asking.condition.event);
  const others = namesIn(names);
  const limits = limitsOf(asking, facts);
  const happened = holds
    ? withLimits(reason(`${name} happened`, `${name} ocurrió`), limits)
    : withLimits(reason(`${name} did not happen`, `${name} no ocurrió`), limits);
  return reason(`${happened.en} before ${others}`, `${happened.es} antes de ${others}`);
}

function explainWhich(
  condition: EventCondition,
  time: Instant | undefined,
  holds: boolean,
  facts: Facts,
): Reason {
  const { event, which, within, not_within, since } = condition;
  const name = namesIn(event);
  if (time === undefined) return reason(`${name} never happened`, `${name} nunca ocurrió`);
  const day = new Date(localTime(time, facts.zone)).toISOString().slice(0, 10);
  const asked = (language: 'en' | 'es', entry: string, inside: string, outside: string): string => {
    const parts = [
      ...(since && facts.entered_at !== undefined ? [entry] : []),
      ...(within ? [`${inside} ${durationWords(within, language)}`] : []),
      ...(not_within ? [`${outside} ${durationWords(not_within, language)}`] : []),
    ];
    return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  };
  const en = asked('en', 'since the entry', 'within', 'not within');
  const es = asked('es', 'desde la entrada', 'en', 'no en');
  return reason(
    `the ${which === 'first' ? 'first' : 'latest'} ${name}, of ${day}, is ${holds ? '' : 'not '}as asked${en}`,
    `el ${which === 'first' ? 'primer' : 'último'} ${name}, del ${day}, ${holds ? '' : 'no '}es como se pide${es}`,
  );
}

function isInVain(asking: Asking, facts: Facts): boolean {
  return countsAfter(facts, asking) === Infinity;
}

function inVain({ event, after = [] }: EventCondition): Reason {
  const [name, others] = [namesIn(event), namesIn(after)];
  return reason(
    `${name} counts only after ${others}, which never happened`,
    `${name} solo cuenta después de ${others}, que nunca ocurrió`,
  );
}

/** From when on, and within what time. */
function limitsOf(asking: Asking, facts: Facts): Reason {
  const { after, since } = asking.condition;
  const window = windowOf(asking.condition);
  const isSince = since && facts.entered_at !== undefined && lateEvent(facts, asking) === undefined;
  const en = [
    ...(after ? [`after ${namesIn(after)}`] : []),
    ...(isSince ? ['since the entry'] : []),
    ...(window ? [`within ${durationWords(window, 'en')}`] : []),
  ];
  const es = [
    ...(after ? [`después de ${namesIn(after)}`] : []),
    ...(isSince ? ['desde la entrada'] : []),
    ...(window ? [`en ${durationWords(window, 'es')}`] : []),
  ];
  return reason(en.join(' '), es.join(' '));
}

function withLimits(said: Reason, limits: Reason): Reason {
  return limits.en === '' ? said : reason(`${said.en} ${limits.en}`, `${said.es} ${limits.es}`);
}

function namesIn(names: readonly string[]): string {
  return names.join(' / ');
}

export function inEnglish(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

export function inSpanish(count: number): string {
  return count === 1 ? 'una vez' : `${count} veces`;
}
