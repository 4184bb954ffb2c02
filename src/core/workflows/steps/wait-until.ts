import { z } from 'zod';
import { WEEKDAYS } from '../../time/date.ts';
import { share } from '../../hash.ts';
import { reason } from '../../reason.ts';
import { bySubject, oneOrMany } from '../../schema.ts';
import { nextOpen, openings, type Calendar } from '../../time/calendar.ts';
import { durationSchema, exactMilliseconds } from '../../time/duration.ts';
import type { Step, Then, Walk } from '../step.ts';
import { clockSchema, timeOfDaySchema } from '../triggers/clock.ts';
import { compileDate, dateSchema } from '../triggers/date.ts';
import { compileSchedule } from '../triggers/schedule.ts';
import type { Trigger } from '../workflow.ts';
import { defineVerb, stepId, type Compiling } from '../verb.ts';

const hoursSchema = z.strictObject({ hours: z.string(), spread: durationSchema.optional() });

const timeSchema = z.strictObject({
  time: timeOfDaySchema,
  /** `on` would be a truth value to some readers of YAML. */
  day: oneOrMany(z.enum(WEEKDAYS)).optional(),
  zone: clockSchema,
});

/**
 * `wait_until: { hours: sending }` goes on when that calendar is open where the contact is,
 * `{ date: birthday, every: year, offset: 3 days before, at: 09:00 }` at that moment, and at once where there is no
 * such date or it has passed, `{ time: 10:00, day: monday }` when the clock shows it the next time.
 */
export const waitUntil = defineVerb({
  schema: z.strictObject({
    wait_until: bySubject('moment', { hours: hoursSchema, date: dateSchema, time: timeSchema }),
    id: stepId,
  }),
  compile({ wait_until: moment }, compiling): Step {
    const named = { id: compiling.id, verb: 'wait_until' };
    switch (moment.subject) {
      case 'hours':
        return { ...named, ...untilOpen(moment, compiling) };
      case 'date':
        return { ...named, ...untilDate(moment, compiling) };
      case 'time':
        return { ...named, ...untilTime(moment, compiling) };
    }
  },
});

type Waiting = Omit<Step, 'id' | 'verb'>;
type Moments = Extract<Trigger, { by: 'moment' }>;

/** `spread` scatters the people who would all go on at the opening minute; each always gets the same share of it. */
function untilOpen({ hours, spread }: z.output<typeof hoursSchema>, { id, next }: Compiling): Waiting {
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
  return { arrive, due: arrive, adopt: arrive };
}

/** Nobody may be spread to a moment at which it is closed again: they would wait like that every day. */
function openFor(calendar: Calendar, zone: string, open: number): number {
  return (openings(calendar, zone, open).until ?? Infinity) - open;
}

const NEVER_OPEN = reason(
  'the calendar has no open hours within 400 days',
  'el calendario no tiene horas abiertas en 400 días',
);

/** The date may change while the run stands here: the wait then ends by the new one. */
function untilDate(date: z.output<typeof dateSchema>, { next, time_zone }: Compiling): Waiting {
  const dates = compileDate(date, time_zone) as Moments;
  const from = ({ facts, now }: Walk, start: number): Then => {
    const moment = dates.next(facts, start - 1);
    return moment === undefined || moment <= now ? { go: next } : { stay_until: moment };
  };
  return {
    arrive: (walk) => from(walk, walk.now),
    due: () => ({ go: next }),
    happen: (walk) => ((walk.run.due_at ?? Infinity) <= walk.now ? undefined : from(walk, walk.now)),
    adopt: from,
  };
}

/** Who is late, because the engine was, waits for the next time by the clock. */
function untilTime(
  { time, day, zone }: z.output<typeof timeSchema>,
  { next, time_zone }: Compiling,
): Waiting {
  const weekdays = (day ?? WEEKDAYS).map((name) => WEEKDAYS.indexOf(name));
  const every = [{ days: { weekdays }, at: time }];
  const times = compileSchedule({ by: 'schedule', every, zone }, time_zone) as Moments;
  const from = ({ facts, clock }: Walk, start: number): Then => {
    const moment = times.next(facts, start - 1);
    return moment === undefined || moment <= clock ? { go: next } : { stay_until: moment };
  };
  return {
    arrive: (walk) => from(walk, walk.clock),
    due: () => ({ go: next }),
    adopt: from,
  };
}
