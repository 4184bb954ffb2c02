/** What is told of the messages of the days to come. */
import { z } from 'zod';

const moment = z.iso.datetime();
const date = z.string().describe('A day by the clock of the brand, like "2026-12-24".');
const counts = {
  likely: z.number().int().describe('Are sent if nothing else happens until then.'),
  perhaps: z
    .number()
    .int()
    .describe('At most so many more: it depends on a condition, or on a date of the contact.'),
};

export const forecast = z.object({
  from: moment,
  to: moment,
  zone: z.string(),
  days: z.array(z.object({ date, ...counts })),
  messages: z.array(
    z.object({ date, workflow: z.string(), message: z.string(), channel: z.string(), ...counts }),
  ),
  counted: z.object({
    share: z
      .number()
      .describe(
        'Of how many of the contacts the runs were counted: 1 is all; else the figures are estimates.',
      ),
    more_messages: z.boolean().describe('More messages are owed than were counted.'),
  }),
  scheduled: z
    .array(
      z.object({ workflow: z.string(), title: z.object({ en: z.string(), es: z.string() }), at: moment }),
    )
    .describe(
      'Campaigns that the calendar starts in these days; how many people they reach is decided then.',
    ),
});

export type Forecast = z.infer<typeof forecast>;
