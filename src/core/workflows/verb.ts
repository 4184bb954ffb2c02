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
  /** Index of the step that follows. */
  readonly next: number;
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

export const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, { error: 'an id is written in snake_case, like "second_reminder"' })
  .optional();
