import { z } from 'zod';
import { share } from '../../hash.ts';
import { reason } from '../../reason.ts';
import { nextOpen } from '../../time/calendar.ts';
import { durationSchema, exactMilliseconds } from '../../time/duration.ts';
import type { Step, Then, Walk } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

/**
 * `wait_until: { hours: sending }` goes on when that calendar is open where the contact is. `spread` scatters the
 * people who would all go on at the opening minute; each contact always gets the same share of it.
 */
export const waitUntil = defineVerb({
  schema: z.strictObject({
    wait_until: z.strictObject({ hours: z.string(), spread: durationSchema.optional() }),
    id: stepId,
  }),
  compile({ wait_until: { hours, spread } }, { id, next }): Step {
    const wide = spread ? exactMilliseconds(spread) : 0;
    const arrive = (walk: Walk): Then => {
      const open = opening(walk, hours);
      if (open === undefined) return { end: NEVER_OPEN };
      if (open <= walk.clock) return { go: next };
      return {
        stay_until: open + Math.floor(wide * share(`${walk.facts.contact.id}/${walk.run.workflow}/${id}`)),
      };
    };
    return { id, verb: 'wait_until', arrive, due: arrive };
  },
});

function opening({ calendars, facts, clock }: Walk, hours: string): number | undefined {
  const calendar = calendars[hours];
  return calendar && nextOpen(calendar, facts.zone, clock);
}

const NEVER_OPEN = reason(
  'the calendar has no open hours within 400 days',
  'el calendario no tiene horas abiertas en 400 días',
);
