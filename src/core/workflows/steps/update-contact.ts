import { z } from 'zod';
import type { Step } from '../step.ts';
import { defineVerb, plainValue, stepId } from '../verb.ts';

/** `update_contact: { lost_cart: true }` sets fields of the contact, as of now. */
export const updateContact = defineVerb({
  schema: z.strictObject({ update_contact: z.record(z.string(), plainValue), id: stepId }),
  compile: ({ update_contact }, { id, next }): Step => ({
    id,
    verb: 'update_contact',
    arrive: () => ({ go: next, effects: [{ do: 'update', fields: update_contact }] }),
  }),
});
