import { z } from 'zod';
import { reason, type Reason } from '../../reason.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepId, stepName } from '../verb.ts';

/** `goto: first_reminder` goes on at the step of that id, also back; a loop needs a wait in it. */
export const goTo = defineVerb({
  schema: z.strictObject({ goto: stepName, id: stepId }),
  compile: ({ goto: target }, { id, indexOf }): Step => ({
    id,
    verb: 'goto',
    arrive() {
      const go = indexOf(target);
      return go < 0 ? { end: noStep(target), outcome: 'failed' } : { go };
    },
  }),
});

function noStep(id: string): Reason {
  return reason(`there is no step "${id}" to go to`, `no hay ningún paso "${id}" al que ir`);
}
