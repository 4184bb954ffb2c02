/**
 * What stands under `enter_when` of a workflow. The keys that were written decide which kind of trigger was meant, so
 * that a mistake is told inside that form; a map with `date` is a date, one with `every` alone a schedule.
 */
import type { z } from 'zod';
import type { Question } from '../../conditions/answer.ts';
import type { Condition } from '../../conditions/condition.ts';
import { isJsonObject } from '../../json.ts';
import { choice, inQuotes, type IssueHint } from '../../schema.ts';
import type { Trigger } from '../workflow.ts';
import {
  compileWhen,
  CONDITION_SUBJECTS,
  conditionTriggerSchema,
  type ConditionTrigger,
} from './condition.ts';
import { compileDate, dateSchema, type DateTrigger } from './date.ts';
import { compileEvent, type EventTrigger } from './event.ts';
import { handSchema, MANUAL, type HandTrigger } from './hand.ts';
import { moveSchemas, type MoveTrigger } from './move.ts';
import { compileSchedule, scheduleSchema, type ScheduleTrigger } from './schedule.ts';

/** A trigger as it was written, after its schema has accepted it. */
export type TriggerSource =
  EventTrigger | ConditionTrigger | MoveTrigger | DateTrigger | ScheduleTrigger | HandTrigger;

/** What a trigger is compiled among. */
export interface CompilingTrigger {
  question(condition: Condition): Question;
  /** The zone of the brand's own clock. */
  readonly time_zone: string;
}

const byKey: Readonly<Record<string, z.ZodType<TriggerSource>>> = {
  ...moveSchemas,
  date: dateSchema,
  every: scheduleSchema,
};
const KEYS = [...new Set([...CONDITION_SUBJECTS, ...Object.keys(byKey)])];

export const triggerSchema = choice(
  [conditionTriggerSchema, ...Object.values(byKey), handSchema],
  (written) => {
    if (typeof written === 'string') return written === MANUAL ? chosen(handSchema) : notManual(written);
    const option = isJsonObject(written) ? optionOf(written) : conditionTriggerSchema;
    return 'message' in option ? { issue: option } : chosen(option);
  },
) as unknown as z.ZodType<TriggerSource>;

/** Makes a trigger ready to be looked for. */
export function compileTrigger(source: TriggerSource, { question, time_zone }: CompilingTrigger): Trigger {
  switch (source.by) {
    case 'event':
      return compileEvent(source);
    case 'condition':
      return compileWhen(source, question);
    case 'date':
      return compileDate(source, time_zone);
    case 'schedule':
      return compileSchedule(source, time_zone);
    case 'move':
    case 'hand':
      return source;
  }
}

interface NewIssue {
  code: 'custom';
  message: string;
  path: string[];
  params?: IssueHint;
}

function chosen(option: z.ZodType): { option: z.ZodType; finish: (output: unknown) => unknown } {
  return { option, finish: (output) => output };
}

/** The form that was meant, or what is wrong with the keys. */
function optionOf(written: object): z.ZodType | NewIssue {
  const keys = Object.keys(written);
  const key = 'date' in written ? 'date' : keys.find((one) => KEYS.includes(one));
  if (key === undefined) return unknownKey(keys);
  const option = byKey[key] ?? conditionTriggerSchema;
  const stranger = keys.find((one) => isStranger(one, key));
  return stranger === undefined ? option : misplaced(stranger, key);
}

/** Keys of other forms, which everybody would otherwise be told are misspelt. Conditions know their own. */
function isStranger(key: string, beside: string): boolean {
  if (key === beside) return false;
  if (!Object.hasOwn(byKey, beside)) return Object.hasOwn(byKey, key);
  if (beside === 'date') return key !== 'every' && (KEYS.includes(key) || DATE_OPERATORS.has(key));
  return KEYS.includes(key) || (beside === 'every' && key === 'at');
}

/** Words of the condition `date`. */
const DATE_OPERATORS: ReadonlySet<string> = new Set([
  'is',
  'before',
  'after',
  'between',
  'within',
  'not_within',
  'within_next',
]);

function misplaced(key: string, beside: string): NewIssue {
  return { code: 'custom', message: mendOf(key, beside), path: [key], params: { kind: 'misplaced_key' } };
}

function mendOf(key: string, beside: string): string {
  if (DATE_OPERATORS.has(key))
    return `"${key}" makes this a condition; put it into a list ("- date: …"), or leave "${key}" out to start on the date itself`;
  if (key === 'at')
    return '"at" belongs to a date; in a schedule write the time after the day, like "monday 10:00"';
  return `"${key}" cannot stand beside "${beside}"; one of them starts the workflow, and what must hold besides goes under "only_if"`;
}

function unknownKey([key]: readonly string[]): NewIssue {
  if (key === undefined) return { code: 'custom', message: `an empty map ${HOW_TO_START}`, path: [] };
  const message = `${inQuotes(key)} is not a known trigger, such as "event", "date", "every" or "enters_stage"`;
  return { code: 'custom', message, path: [key], params: { kind: 'unknown_key', key, known: KEYS } };
}

function notManual(word: string): { issue: NewIssue } {
  return { issue: { code: 'custom', message: `${inQuotes(word)} ${HOW_TO_START}`, path: [] } };
}

const HOW_TO_START = 'does not start a workflow; write what does, like "event: order_completed", or "manual"';
