import { z } from 'zod';
import { snakeId, textSchema } from '../../core/schema.ts';

/** `templates/<message>/message.yaml`: what a message is for, and its subject per tone. */
export const messageFileSchema = z.strictObject({
  version: z.literal(1),
  message: snakeId,
  purpose: z.enum(['promotion', 'service']),
  /** Needed where the message goes by e-mail. */
  subject: z.record(snakeId, textSchema).optional(),
  preheader: textSchema.optional(),
  /** What it is about: one of the topics of etapa.yaml. */
  topic: snakeId.optional(),
  /** Whoever has moved on to another stage by the time it would leave does not get it. */
  for_stages: z.array(snakeId).min(1).optional(),
  /** What becomes of a promotion for which limits leave no room. */
  over_limit: z.enum(['drop', 'wait']).default('drop'),
  /** Messages that are left out where this one goes out at the same moment. */
  covers: z.array(snakeId).default([]),
  /** The survey that this message asks to answer: `recommend` (0 to 10), `satisfaction` (1 to 5), or a name of one's own. */
  survey: snakeId.optional(),
});

export type MessageFile = z.infer<typeof messageFileSchema>;
