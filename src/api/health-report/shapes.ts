/** How the work stands, for people. */
import { z } from 'zod';

const counted = z.number().int().describe('Counted up to 1000.');

export const healthReport = z.object({
  at: z.iso.datetime().describe("By the engine's clock."),
  healthy: z.boolean().describe('Nothing is stuck, put aside or stopped, and some process works.'),
  version: z.string().nullable().describe('Of the project that is live; null where none is.'),
  late: z
    .object({ messages: z.number(), contacts: z.number(), events: z.number() })
    .describe('For how many seconds the latest waits; 0 where nothing is late.'),
  stuck: z
    .object({ messages: counted, partitions: z.number().int() })
    .describe('Late for more than ten minutes.'),
  uncertain_messages: counted.describe('Of the last seven days; counted up to 1000.'),
  put_aside_contacts: counted,
  held_contacts: counted.describe('Since a restore; counted up to 1000.'),
  sending_now: z.number().int().describe('Messages that processes have in their hands.'),
  processes: z.number().int().describe('Running processes that are connected to the database.'),
  stops: z
    .array(
      z.object({
        channel: z.string().describe('`all` for every channel.'),
        cause: z.enum(['complaints', 'setup', 'hand']),
        because: z.object({ en: z.string(), es: z.string() }),
        since: z.iso.datetime(),
        held: z.number().int().describe('Messages that wait for it.'),
      }),
    )
    .describe('What holds promotions back.'),
  complaints: z
    .object({
      sent: z.number().int(),
      complained: z.number().int(),
      rate: z.number(),
      level: z.enum(['fine', 'warn', 'pause']),
    })
    .describe('Of the last seven days; `rate` is a share.'),
});
export type HealthReport = z.infer<typeof healthReport>;
