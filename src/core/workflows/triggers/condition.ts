/** A condition under `enter_when`: a run starts when it was not true and becomes true. */
import type { Question } from '../../conditions/answer.ts';
import { conditionSchema, type Condition } from '../../conditions/condition.ts';
import type { Trigger } from '../workflow.ts';
import { asEventTrigger, type EventTrigger } from './event.ts';

export interface ConditionTrigger {
  readonly by: 'condition';
  readonly when: Condition;
}

/** The keys that begin a condition. */
export const CONDITION_SUBJECTS: readonly string[] = Object.keys({
  event: true,
  field: true,
  stage: true,
  mood: true,
  segment: true,
  persona: true,
  message: true,
  date: true,
  churn_risk: true,
  all: true,
  any: true,
  none: true,
} satisfies Record<Condition['subject'], true>);

/** One condition or a list of which all must hold; a plain event is a trigger of its own kind. */
export const conditionTriggerSchema = conditionSchema.transform(
  (when): EventTrigger | ConditionTrigger => asEventTrigger(when) ?? { by: 'condition', when },
);

export function compileWhen(
  { when }: ConditionTrigger,
  question: (condition: Condition) => Question,
): Trigger {
  return { by: 'condition', when: question(when) };
}
