import { z } from 'zod';
import type { Condition } from '../../conditions/condition.ts';
import { durationSchema } from '../../time/duration.ts';
import type { Effect, Step } from '../step.ts';
import { defineVerb, stepId, type StepListSchema } from '../verb.ts';
import { awaiting } from './awaiting.ts';

/**
 * `ask: how_was_it` sends a message that holds a survey. With `up_to: 5 days` the run waits for the answer that long,
 * and takes `if_not: [steps]` where none came; both ways then go on below.
 */
export const ask = (list: StepListSchema) =>
  defineVerb({
    schema: z
      .strictObject({
        ask: z.string(),
        up_to: durationSchema.optional(),
        if_not: list.optional(),
        id: stepId,
      })
      .refine(({ up_to, if_not }) => if_not === undefined || up_to !== undefined, {
        path: ['if_not'],
        error:
          '"if_not" needs to know how long the answer is waited for; write it beside, like "up_to: 5 days"',
      }),
    compile(options, { id, next, question, steps }): Step {
      const send: Effect = { do: 'send', message: options.ask, channel: 'email' };
      if (!options.up_to) {
        const goOn = () => ({ go: next });
        return { id, verb: 'ask', arrive: () => ({ go: next, effects: [send] }), due: goOn, adopt: goOn };
      }
      const sought = question(answerTo(options.ask), 'entry');
      const otherwise = options.if_not ? steps(options.if_not, 'if_not', next) : next;
      const waiting = awaiting({ sought, up_to: options.up_to, next, otherwise });
      return {
        id,
        verb: 'ask',
        ...waiting,
        arrive: (walk) => ({ ...waiting.arrive(walk), effects: [send] }),
      };
    },
  });

/** An answer names the message that asked, or only the survey where that has the message's name. */
function answerTo(message: string): Condition {
  const by = (property: string): Condition => ({
    subject: 'event',
    event: ['survey_answered'],
    where: { [property]: message },
  });
  return { subject: 'any', any: [by('message'), by('survey')] };
}
