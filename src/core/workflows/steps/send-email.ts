import { z } from 'zod';
import type { Step } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

const schema = z.strictObject({ send_email: z.string(), id: stepId });

export type SendEmail = z.infer<typeof schema> & { readonly verb: 'send_email' };

/** `send_email: cart_reminder_1`. Whether it may go, and in which tone, is decided with the message. */
export const sendEmail = defineVerb({
  schema,
  compile: ({ send_email }, { id, next }): Step => ({
    id,
    verb: 'send_email',
    arrive: () => ({ go: next, effects: [{ do: 'send', message: send_email, channel: 'email' }] }),
  }),
});
