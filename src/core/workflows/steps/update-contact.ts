import { z } from 'zod';
import type { Step } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

/** `update_contact: { lost_cart: true }` sets fields of the contact, as of now. */
export const updateContact = defineVerb({
  schema: z.strictObject({ update_contact: z.record(z.string(), value), id: stepId }),
  compile: ({ update_contact }, { id, next }): Step => ({
    id,
    verb: 'update_contact',
    arrive: () => ({ go: next, effects: [{ do: 'update', fields: update_contact }] }),
  }),
});
