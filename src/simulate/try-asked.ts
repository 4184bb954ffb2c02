import { z } from 'zod';
import { momentSchema, startSchema } from './moment.ts';
import { contactSchema, givenSchema } from './test-file.ts';

/** Who tries what, as a test of a workflow says it: see `workflows/tests`. */
export const trySchema = z
  .strictObject({
    contact: contactSchema.optional(),
    contact_id: z.string().optional(),
    given: z.array(givenSchema).max(100).default([]),
    start: startSchema.optional(),
    until: momentSchema.optional(),
    /** The variant of an `ab_test`, by the id of the step. */
    variant: z.record(z.string(), z.string()).default({}),
    /** Whether all workflows run, as they stand, and not this one alone. */
    others: z.boolean().default(false),
  })
  .refine((asked) => (asked.contact === undefined) !== (asked.contact_id === undefined), {
    error: 'say who it is: "contact" with what is known of somebody made up, or "contact_id"',
  });

export type TryAsked = z.output<typeof trySchema>;
