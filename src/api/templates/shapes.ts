/** What is told of the messages of a project, and of one as it would leave. */
import { z } from 'zod';
import { CHANNELS } from '../../core/messages/message.ts';
import { PARTS } from '../../core/messages/voice/said.ts';

const words = z.object({ en: z.string(), es: z.string() });
const by_language = z.record(z.string(), z.string());
const limit = z.object({ messages: z.number().int(), per: words });

const template = z.object({
  id: z.string(),
  purpose: z.enum(['promotion', 'service']),
  survey: z.string().nullable(),
  topic: z.string().nullable(),
  for_stages: z
    .array(z.string())
    .nullable()
    .describe('Whoever has moved on to another stage does not get it.'),
  over_limit: z.enum(['drop', 'wait']),
  covers: z.array(z.string()).describe('Messages that are left out where this one goes at the same moment.'),
  subject: z.record(z.string(), by_language).describe('By tone, then by language, as they are written.'),
  preheader: by_language,
  channels: z.array(z.object({ channel: z.enum(CHANNELS), languages: z.array(z.string()) })),
  sent_by: z.array(z.object({ workflow: z.string(), steps: z.array(z.string()) })),
});

export const templateList = z.object({
  languages: z.array(z.string()),
  tones: z.array(z.string()),
  limits: z.object({ promotions: limit.nullable(), fewer: limit, any: limit.nullable() }),
  templates: z.array(template),
});

export const templatePreview = z.object({
  message: z.string(),
  channel: z.enum(CHANNELS),
  contact_id: z.uuid().nullable().describe('Null: somebody made up.'),
  to: z.string().nullable().describe('The address; null where there is none.'),
  subject: z.string(),
  preheader: z.string(),
  html: z.string().describe('Empty for channels of plain text. Show it in a sandbox.'),
  text: z.string(),
  tone: z.string(),
  language: z.string(),
  formality: z.string(),
  because: words.describe('Why this tone.'),
  held_back: words.nullable().describe('Why it would not be sent now; null where it would.'),
  warnings: z
    .array(
      z.object({
        about: z.enum(['voice', 'mail', 'length']),
        severity: z.enum(['error', 'warning']),
        part: z.enum([...PARTS, 'layout']),
        quote: z.string(),
        message: z.string().describe('In English.'),
      }),
    )
    .describe('What should be better.'),
});

export type TemplateList = z.infer<typeof templateList>;
export type TemplatePreview = z.infer<typeof templatePreview>;
