/** What is told of promotions that go, or do not for the time being. */
import { z } from 'zod';

const words = z.object({ en: z.string(), es: z.string() });

export const sendingState = z.object({
  stops: z.array(
    z.object({
      channel: z.string().describe('`all` for every channel.'),
      cause: z.enum(['complaints', 'setup', 'hand']),
      because: words,
      since: z.iso.datetime(),
      held: z.number().int().describe('How many messages wait for it.'),
    }),
  ),
  complaints: z
    .object({
      sent: z.number().int(),
      complained: z.number().int(),
      rate: z.number().describe('A share from 0 to 1; few messages are counted as 1,000.'),
      level: z.enum(['fine', 'warn', 'pause']),
      warn_at: z.number(),
      pause_at: z.number(),
    })
    .describe(
      'Of the last seven days, or since promotions were let go on after a stop. Nobody counts what was sent where nobody complained: both are 0 then.',
    ),
});

export const sendingStopped = z.object({
  channel: z.string(),
  stopped_before: z.boolean().describe('It had been stopped by hand before.'),
});

export const sendingResumed = z.object({
  ended: z.number().int().describe('How many stops were ended.'),
  released: z.number().int().describe('How many messages wait no longer.'),
});

export type SendingState = z.infer<typeof sendingState>;
export type SendingStopped = z.infer<typeof sendingStopped>;
export type SendingResumed = z.infer<typeof sendingResumed>;
