import { z } from 'zod';
import { inQuotes, snakeId, textSchema } from '../../core/schema.ts';
import { dateSchema } from '../../core/time/calendar.ts';
import { durationSchema } from '../../core/time/duration.ts';
import { isZone } from '../../core/time/zone.ts';
import { keepSchema } from './keep.ts';
import { COUNTRIES, countryNames, orMeantCode } from '../countries.ts';

/** A zone by its name in the tz database. */
const zoneSchema = z.string().refine(isZone, {
  error: (issue) => `"${String(issue.input)}" is not a time zone; write it like Europe/Madrid`,
});

const jurisdictionSchema = z
  .string()
  .regex(/^[A-Z]{2}$/, { abort: true, error: (issue) => notACountry(String(issue.input)) })
  .refine((code) => JURISDICTION_CODES.includes(code), { error: (issue) => notACountry(String(issue.input)) })
  .meta({ examples: ['ES', 'EU'] });

const JURISDICTION_CODES = [...COUNTRIES, 'EU'];

function notACountry(word: string): string {
  const meant = orMeantCode(word, JURISDICTION_CODES, countryNames(JURISDICTION_CODES));
  const mend = meant === '' ? '; write its two letters, like "ES", or "EU"' : meant;
  return `${inQuotes(word)} is not a country${mend}`;
}

const limit = z.strictObject({ messages: z.number().int().min(1), per: durationSchema });

/** `etapa.yaml`: who we are. */
export const settingsFileSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  about: textSchema.optional(),
  languages: z.array(z.enum(['en', 'es'])).min(1),
  time_zone: zoneSchema,
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'write the currency as its three letters, like EUR' }),
  from: z.strictObject({ name: z.string().min(1), email: z.email() }),
  reply_to: z.email().optional(),
  /** Whom `tell_team` writes to. */
  team: z.strictObject({ email: z.email() }).optional(),
  /** In whose hours promotions go. Without it, at any time. */
  jurisdictions: z.array(jurisdictionSchema).optional(),
  postal_address: z.string().min(1),
  /** Whether promotions carry links and a picture that tell who opened and clicked. */
  track_opens_and_clicks: z.boolean().default(false),
  /** What promotions can be about: each can be refused alone on the preference page. */
  topics: z
    .record(snakeId, z.strictObject({ title: textSchema, describe: textSchema.optional() }))
    .default({}),
  /** Whether a yes to promotions counts only once it was confirmed by a link in a message to the address. */
  double_opt_in: z.boolean().default(false),
  limits: z
    .strictObject({ promotions: limit.optional(), fewer: limit.optional(), any: limit.optional() })
    .default({}),
  /** For a domain that mailbox providers do not know yet: from which day, and how many e-mails leave on it. */
  warm_up: z.strictObject({ from: dateSchema, first_day: z.number().int().min(1) }).optional(),
  ignore_triggers_older_than: durationSchema.default({ amount: 24, unit: 'hour' }),
  /** For how long what happened is kept. */
  keep: keepSchema.default({}),
});

export type SettingsFile = z.infer<typeof settingsFileSchema>;
