import { z } from 'zod';
import { noticesSchema } from '../../core/notices/source.ts';
import { calendarsSchema } from '../../core/time/calendar.ts';

/** `workflows/journey/hours.yaml`: when something is open, and what people should know of it. */
export const hoursFileSchema = z.strictObject({
  version: z.literal(1, { error: 'write "version: 1"' }),
  calendars: calendarsSchema,
  notices: noticesSchema.optional(),
});

export type HoursFile = z.output<typeof hoursFileSchema>;
