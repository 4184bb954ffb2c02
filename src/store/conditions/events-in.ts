import type { Condition } from '../../core/conditions/condition.ts';
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import { own } from '../../core/json.ts';
import { aroundPersonas, aroundSegment, type Written } from './asking.ts';
import type { Which } from './happened.ts';
import { messageEvents } from './message.ts';

/** Every kind of event that a condition asks for, be it through segments and personas. */
export function eventsIn(condition: Condition, written: Written): readonly Which[] {
  const inside = (list: readonly Condition[]): readonly Which[] =>
    list.flatMap((inner) => eventsIn(inner, written));
  switch (condition.subject) {
    case 'event':
      return eventsOf(condition);
    case 'message':
      return messageEvents(condition);
    case 'segment':
      return condition.segment.flatMap((id) => {
        const when = own(written.segments, id);
        return when ? eventsIn(when, aroundSegment(written, id)) : [];
      });
    case 'persona':
      return written.personas.flatMap(({ when }) => (when ? eventsIn(when, aroundPersonas(written)) : []));
    case 'all':
      return inside(condition.all);
    case 'any':
      return inside(condition.any);
    case 'none':
      return inside(condition.none);
    case 'field':
    case 'stage':
    case 'date':
    case 'churn_risk':
    // Moods do not refer to moods.
    case 'mood':
      return [];
  }
}

function eventsOf({ event, where, sum_of, which, after, before }: EventCondition): readonly Which[] {
  const asked: Which = which ? { event } : { event, where, sum_of };
  return [asked, ...(after ? [{ event: after }] : []), ...(before ? [{ event: before }] : [])];
}
