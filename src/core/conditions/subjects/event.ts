import { z } from 'zod';
import type { MemorySpec } from '../../contacts/memory.ts';
import type { Instant } from '../../events/event.ts';
import { hash53 } from '../../hash.ts';
import { reason, type Reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import { durationSchema, durationWords, exactMilliseconds, type Duration } from '../../time/duration.ts';
import { always, type Answer, type Facts, type Question } from '../answer.ts';
import { matcher, whereSchema } from '../where.ts';

const howOften = z.number().int().min(0).max(1000);

export const eventConditionSchema = z
  .strictObject({
    event: oneOrMany(z.string()),
    where: whereSchema.optional(),
    at_least: howOften.optional(),
    at_most: howOften.optional(),
    more_than: howOften.optional(),
    less_than: howOften.optional(),
    times: howOften.optional(),
    within: durationSchema.optional(),
    not_within: durationSchema.optional(),
  })
  .refine((written) => written.not_within === undefined || isPlain(written, ['not_within']), {
    error: '"not_within" means "not once in that time"; write a count with "within" instead',
  });

export type EventCondition = z.infer<typeof eventConditionSchema>;

/** How often an event must have happened: at least `min` and at most `max` times. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Asks whether events happened, how often and how lately. With `scope: 'entry'` only what happened after the run
 * was entered counts, so not the event that started it; and the event being decided does, however late it arrived.
 * `not_within` looks back over the entry: "quiet for a week" is no truer for somebody who has just come in.
 */
export function eventQuestion(condition: EventCondition, asked: 'ever' | 'entry'): Question {
  const scope = condition.not_within ? 'ever' : asked;
  const range = rangeOf(condition);
  const window = condition.within ?? condition.not_within;
  const width = window ? exactMilliseconds(window) : Infinity;
  const memory = memoryOf(
    condition,
    scope === 'entry' || window ? Math.max(range.min, range.max + 1 || 0, 1) : 0,
    range,
  );
  const answer = (facts: Facts): Answer => {
    const remembered = facts.contact.profile.memory[memory.key];
    if (!remembered) return always(range.min === 0);
    const entered_at = scope === 'entry' ? (facts.entered_at ?? -Infinity) : -Infinity;
    if (width === Infinity && entered_at === -Infinity) return always(isWithin(remembered.count, range));
    const times = remembered.times.filter((time) => time > entered_at);
    return inWindow([...lateTime(facts, entered_at, memory), ...times], range, width, facts.now);
  };
  return {
    answer,
    because: (facts) => explain(condition, window, memory.key, width, facts),
    memory: [memory],
  };
}

/** The memory of when such events happened last; it also tells whether an event is one of them. */
export function latestOf(condition: EventCondition): MemorySpec {
  return memoryOf(condition, 1, { min: 1, max: Infinity });
}

/** A condition that asks only "did it happen", so that it can serve as a trigger by event. */
export function isPlainEvent(condition: EventCondition): boolean {
  return isPlain(condition, []);
}

/** Whether it says which events, and nothing else but these. */
function isPlain(condition: object, others: readonly string[]): boolean {
  const plain = ['subject', 'event', 'where', ...others];
  return Object.entries(condition).every(([key, value]) => value === undefined || plain.includes(key));
}

function rangeOf(condition: EventCondition): Range {
  if (condition.not_within) return { min: 0, max: 0 };
  if (condition.times !== undefined) return { min: condition.times, max: condition.times };
  const max = Math.min(condition.at_most ?? Infinity, (condition.less_than ?? Infinity) - 1);
  const min = condition.at_least ?? (condition.more_than === undefined ? undefined : condition.more_than + 1);
  return { min: min ?? (max === Infinity ? 1 : 0), max };
}

function isWithin(count: number, { min, max }: Range): boolean {
  return count >= min && count <= max;
}

/** The event being decided, where it happened before the entry that it should have prevented. */
function lateTime({ happening }: Facts, entered_at: Instant, memory: MemorySpec): readonly Instant[] {
  const isLate = happening && happening.occurred_at <= entered_at && memory.matches(happening);
  return isLate && entered_at !== -Infinity ? [happening.occurred_at] : [];
}

/**
 * As time goes on and nothing happens, times only leave the window, the oldest first; so the answer changes when
 * enough have left, and the moment of that is known now. Times are ascending.
 */
function inWindow(times: readonly Instant[], range: Range, width: number, now: Instant): Answer {
  const open = times.filter((time) => time <= now && time + width > now);
  const holds = isWithin(open.length, range);
  const leaver = open.find((time, index) => {
    const left = open.length - index - 1;
    return time !== open[index + 1] && isWithin(left, range) !== holds;
  });
  return { holds, until: leaver === undefined ? Infinity : leaver + width };
}

function memoryOf(condition: EventCondition, keep: number, range: Range): MemorySpec {
  const events = [...condition.event].sort();
  const key = condition.where
    ? `${events.join('|')}#${hash53(JSON.stringify(condition.where)).toString(36)}`
    : events.join('|');
  const names = new Set(events);
  const matchesWhere = condition.where ? matcher(condition.where) : () => true;
  return {
    key,
    events,
    keep: Number.isFinite(keep) ? keep : Math.max(range.min, 1),
    matches: (event) => names.has(event.name) && matchesWhere(event.properties),
  };
}

function explain(
  condition: EventCondition,
  window: Duration | undefined,
  key: string,
  width: number,
  facts: Facts,
): Reason {
  const name = condition.event.join(' / ');
  const memory = facts.contact.profile.memory[key];
  const late = facts.happening && condition.event.includes(facts.happening.name) ? 1 : 0;
  const count = window
    ? (memory?.times.filter((time) => time + width > facts.now).length ?? 0)
    : Math.max(memory?.count ?? 0, late);
  if (!window) return reason(`${name} happened ${inEnglish(count)}`, `${name} ocurrió ${inSpanish(count)}`);
  return reason(
    `${name} happened ${inEnglish(count)} within ${durationWords(window, 'en')}`,
    `${name} ocurrió ${inSpanish(count)} en ${durationWords(window, 'es')}`,
  );
}

function inEnglish(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;
}

function inSpanish(count: number): string {
  return count === 0 ? 'cero veces' : count === 1 ? 'una vez' : `${count} veces`;
}
