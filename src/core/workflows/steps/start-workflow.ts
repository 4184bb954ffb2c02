import { z } from 'zod';
import { snakeId } from '../../schema.ts';
import type { Step } from '../step.ts';
import { defineVerb, plainValue, stepId } from '../verb.ts';

/** `start_workflow: win_back` starts another workflow for the same contact; `with` is what its `event` then holds. */
export const startWorkflow = defineVerb({
  schema: z.strictObject({
    start_workflow: snakeId,
    with: z.record(z.string(), plainValue).optional(),
    id: stepId,
  }),
  compile: (options, { id, next }): Step => ({
    id,
    verb: 'start_workflow',
    arrive: () => ({
      go: next,
      effects: [{ do: 'start', workflow: options.start_workflow, data: options.with ?? {} }],
    }),
  }),
});
