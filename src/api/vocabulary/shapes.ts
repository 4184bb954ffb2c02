import { z } from 'zod';

const titled = z.object({ id: z.string(), title: z.object({ en: z.string(), es: z.string() }) });

export const vocabulary = z.object({
  stages: z.array(titled).describe('In the order of the journey.'),
  segments: z.array(titled),
  personas: z.array(titled),
  topics: z.array(titled),
  moods: z.array(z.string()),
  messages: z.array(z.string()),
  workflows: z.array(z.object({ id: z.string(), status: z.enum(['live', 'draft', 'paused', 'stopped']) })),
  languages: z.array(z.string()),
  events: z.array(z.string()).describe('Empty where data.yaml is not written: then any event will do.'),
  fields: z.array(z.string()),
});

export type Vocabulary = z.infer<typeof vocabulary>;
