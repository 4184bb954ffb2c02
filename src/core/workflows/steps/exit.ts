import { z } from 'zod';
import { reason } from '../../reason.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

/** `exit: three reminders sent` ends the run, and keeps the words as its reason. */
export const exit = defineVerb({
  schema: z.strictObject({ exit: z.string().min(1), id: stepId }),
  compile: ({ exit: words }, { id }): Step => ({
    id,
    verb: 'exit',
    arrive: () => ({ end: reason(words, words) }),
  }),
});
