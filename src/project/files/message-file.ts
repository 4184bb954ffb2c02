import { z } from 'zod';
import { snakeId, textSchema } from '../../core/schema.ts';

/** `templates/<message>/message.yaml`: what a message is for, and its subject per tone. */
export const messageFileSchema = z.strictObject({
  version: z.literal(1),
  message: snakeId,
  purpose: z.enum(['promotion', 'service']),
  subject: z.record(snakeId, textSchema),
  preheader: textSchema.optional(),
});

export type MessageFile = z.infer<typeof messageFileSchema>;
