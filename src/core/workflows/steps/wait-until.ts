import { z } from 'zod';
import { share } from '../../hash.ts';
import { reason } from '../../reason.ts';
import { nextOpen, openings, type Calendar } from '../../time/calendar.ts';
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
      const { facts, run, clock, calendars } = walk;
      const calendar = calendars[hours];
      const open = calendar && nextOpen(calendar, facts.zone, clock);
      if (calendar === undefined || open === undefined) return { end: NEVER_OPEN, outcome: 'failed' };
      if (open <= clock) return { go: next };
      const room = Math.min(wide, openFor(calendar, facts.zone, open));
      return { stay_until: open + Math.floor(room * share(`${facts.contact.id}/${run.workflow}/${id}`)) };
    };
    return { id, verb: 'wait_until', arrive, due: arrive };
  },
});

/** Nobody may be spread to a moment at which it is closed again: they would wait like that every day. */
function openFor(calendar: Calendar, zone: string, open: number): number {
  return (openings(calendar, zone, open).until ?? Infinity) - open;
}

const NEVER_OPEN = reason(
  'the calendar has no open hours within 400 days',
  'el calendario no tiene horas abiertas en 400 días',
);
