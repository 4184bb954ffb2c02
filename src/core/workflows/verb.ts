import { z } from 'zod';
import type { Question } from '../conditions/answer.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Event } from '../events/event.ts';
import type { Step } from './step.ts';

/** A step as it was written, after its schema has accepted it. */
export interface StepSource {
  readonly verb: string;
  readonly id?: string | undefined;
}

export type StepListSchema = z.ZodType<readonly StepSource[]>;

/** What a verb may use to make a step of what was written. */
export interface Compiling {
  readonly id: string;
  /** The id of the workflow. */
  readonly workflow: string;
  /** The shop's own zone. */
  readonly time_zone: string;
  /** Index of the step that follows. */
  readonly next: number;
  /**
   * Index of the step with this id, negative where there is none. Steps are compiled from the last to the first, so
   * this may only be asked while a run walks.
   */
  indexOf(id: string): number;
  /** Whether an event is one that starts this workflow. */
  trigger(event: Event): boolean;
  question(condition: Condition, scope: 'ever' | 'entry'): Question;
  /** Compiles a nested list that leads on to `next`, and tells its first index. */
  steps(list: readonly StepSource[], under: string, next: number): number;
}

/** One word of the language of steps: how it is written, and what it does. */
export interface Verb<T = never> {
  readonly schema: z.ZodType<T>;
  compile(options: T, compiling: Compiling): Step;
}

export function defineVerb<T>(verb: Verb<T>): Verb<T> {
  return verb;
}

/** The id of a step, as it is written. */
export const stepName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, { error: 'an id is written in snake_case, like "second_reminder"' });

export const stepId = stepName.optional();

/** What a field of a contact, or a property handed to another workflow, can be set to. */
export const plainValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
