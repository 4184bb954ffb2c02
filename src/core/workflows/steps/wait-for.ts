import { z } from 'zod';
import { conditionSchema } from '../../conditions/condition.ts';
import { after, durationSchema } from '../../time/duration.ts';
import type { Step, Walk } from '../step.ts';
import { defineVerb, stepId, type StepListSchema } from '../verb.ts';

/** `wait_for: { event: order_completed }`, `up_to: 3 days`, `if_not: [steps]`; both ways then go on below. */
export const waitFor = (list: StepListSchema) =>
  defineVerb({
    schema: z.strictObject({
      wait_for: conditionSchema,
      up_to: durationSchema,
      if_not: list.optional(),
      id: stepId,
    }),
    compile(options, { id, next, question, steps }): Step {
      const sought = question(options.wait_for, 'entry');
      const otherwise = options.if_not ? steps(options.if_not, 'if_not', next) : next;
      const deadline = ({ run, facts }: Walk): number => after(run.arrived_at, options.up_to, facts.zone);
      const wake = (walk: Walk): number => Math.min(deadline(walk), sought.answer(sinceArrival(walk)).until);
      return {
        id,
        verb: 'wait_for',
        arrive: (walk) =>
          sought.answer(sinceArrival(walk)).holds ? { go: next } : { stay_until: wake(walk) },
        happen(walk, event) {
          if ((event?.occurred_at ?? walk.now) > deadline(walk)) return undefined;
          return sought.answer(sinceArrival(walk)).holds ? { go: next } : { stay_until: wake(walk) };
        },
        due(walk) {
          const end = deadline(walk);
          const facts = { ...sinceArrival(walk), now: Math.min(walk.now, end) };
          if (sought.answer(facts).holds) return { go: next };
          return walk.now >= end ? { go: otherwise } : { stay_until: wake(walk) };
        },
      };
    },
  });

/** What is waited for must happen while the run stands here. */
function sinceArrival({ facts, run }: Walk): Walk['facts'] {
  return { ...facts, entered_at: run.arrived_at };
}
