import type { z } from 'zod';
import { snakeId } from '../../core/schema.ts';
import { holidayCountrySchema } from '../../core/time/calendar.ts';
import { durationSchema } from '../../core/time/duration.ts';
import { hoursSchema } from '../../core/time/hours.ts';
import { timeOfDaySchema } from '../../core/workflows/triggers/clock.ts';
import { stepName } from '../../core/workflows/verb.ts';
import type { JsonSchema } from './json-schema.ts';

const UNITS = 'second|minute|hour|day|week|month|year';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const RANGE = `${TIME}-(?:${TIME}|24:00)`;
const ID = 'write it in small letters, digits and "_", like "second_reminder"';

/** How texts are written that only code reads: as patterns, and the sentence for whoever misses one. */
export const FORMATS: ReadonlyMap<z.core.$ZodType, JsonSchema> = new Map<z.core.$ZodType, JsonSchema>([
  [
    durationSchema,
    {
      pattern: `^0*[1-9]\\d* +(?:${UNITS})s?$`,
      patternErrorMessage: 'This is not a length of time; write it like "30 minutes", "1 hour" or "3 days".',
    },
  ],
  [
    hoursSchema,
    {
      pattern: `^(?:closed|\\s*${RANGE}\\s*(?:,\\s*${RANGE}\\s*)*)$`,
      patternErrorMessage:
        'These are not the hours of a day; write them like "09:00-14:00, 16:00-19:00", or "closed".',
    },
  ],
  [
    timeOfDaySchema,
    { pattern: `^${TIME}$`, patternErrorMessage: 'This is not a time of day; write it like "09:00".' },
  ],
  [
    holidayCountrySchema,
    {
      pattern: '^[A-Z]{2}$',
      patternErrorMessage: 'This is not a country; write its two letters, like "ES".',
    },
  ],
  [snakeId, { patternErrorMessage: `This is not an id; ${ID}.` }],
  [stepName, { patternErrorMessage: `This is not an id; ${ID}.` }],
]);
