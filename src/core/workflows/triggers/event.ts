/** `enter_when: { event: product_added }`: each such event starts a run. */
import type { Condition } from '../../conditions/condition.ts';
import { isPlainEvent, latestOf, type EventCondition } from '../../conditions/subjects/event.ts';
import type { Trigger } from '../workflow.ts';

export interface EventTrigger {
  readonly by: 'event';
  readonly event: EventCondition;
}

/** Undefined for a condition that asks more of events than that one happens, such as a count. */
export function asEventTrigger(condition: Condition): EventTrigger | undefined {
  if (condition.subject !== 'event' || !isPlainEvent(condition)) return undefined;
  return { by: 'event', event: condition };
}

export function compileEvent({ event }: EventTrigger): Trigger {
  return { by: 'event', matches: latestOf(event).matches };
}
