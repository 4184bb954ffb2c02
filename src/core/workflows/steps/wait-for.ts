import { z } from 'zod';
import { conditionSchema } from '../../conditions/condition.ts';
import { durationSchema } from '../../time/duration.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepId, type StepListSchema } from '../verb.ts';
import { awaiting } from './awaiting.ts';

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
      return { id, verb: 'wait_for', ...awaiting({ sought, up_to: options.up_to, next, otherwise }) };
    },
  });
