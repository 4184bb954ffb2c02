import { z } from 'zod';
import { after, before, durationSchema } from '../../time/duration.ts';
import type { Step, Walk } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

/** `wait: 1 hour`, and with `since: last_event` each new event of the trigger starts the time again. */
export const wait = defineVerb({
  schema: z.strictObject({
    wait: durationSchema,
    since: z.enum(['last_event']).optional(),
    id: stepId,
  }),
  compile(options, { id, next, trigger }): Step {
    const end = ({ facts }: Walk, from: number): number => after(from, options.wait, facts.zone);
    const step: Step = {
      id,
      verb: 'wait',
      arrive: (walk) => ({ stay_until: end(walk, walk.now) }),
      due: () => ({ go: next }),
      adopt(walk, began) {
        const stay_until = end(walk, began);
        return stay_until <= walk.now ? { go: next } : { stay_until };
      },
    };
    if (options.since !== 'last_event') return step;
    return {
      ...step,
      happen(walk, event) {
        if (!event || !trigger(event)) return undefined;
        return { stay_until: Math.max(walk.run.due_at ?? -Infinity, end(walk, event.occurred_at)) };
      },
      began({ run, facts }) {
        const last = before(run.due_at ?? run.arrived_at, options.wait, facts.zone);
        return Math.max(run.arrived_at, last);
      },
    };
  },
});
