/** What is told of how mail arrives. */
import { z } from 'zod';

const words = z.object({ en: z.string(), es: z.string() });
const moment = z.iso.datetime();
const n = z.number().int();

const counts = {
  sent: n,
  deferred: n.describe('Were put off at least once; they may have been sent since.'),
  refused: n,
  uncertain: n.describe('Nobody knows whether they arrived.'),
  bounced: n.describe('Were taken, and came back.'),
  complained: n.describe('Were marked as unwanted by their readers.'),
  opened: n.describe('By people; what machines fetched is not in it.'),
  clicked: n.describe('By people.'),
};

export const deliverability = z.object({
  from: moment,
  to: moment,
  whole: z.object(counts),
  domains: z
    .array(z.object({ domain: z.string(), ...counts }))
    .describe('The 50 receiving domains that most was written to.'),
  days: z.array(z.object({ day: z.string(), ...counts })),
  counted_since: moment
    .nullable()
    .describe('Where there are too many messages for one answer: only those owed since then are counted.'),
  limits: z.object({
    warn_at: z.number().describe('From this share of complaints on, people are warned.'),
    pause_at: z.number().describe('From this share on, promotions stop by themselves.'),
  }),
  stops: z
    .array(
      z.object({
        channel: z.string(),
        cause: z.enum(['complaints', 'setup', 'hand']),
        because: words,
        since: moment,
        ended_at: moment.nullable(),
      }),
    )
    .describe('When promotions were stopped, the newest first.'),
});

export const deliverySetUp = z.object({
  domain: z.string().nullable().describe('From which messages come; null where mail stays in the house.'),
  missing: z
    .array(z.string())
    .nullable()
    .describe('What receivers want and do not find in DNS, such as `SPF`; null where DNS did not answer.'),
});

export type Deliverability = z.infer<typeof deliverability>;
export type DeliverySetUp = z.infer<typeof deliverySetUp>;
