/** The journey map as it is told: to the console, and to whoever asks the API. */
import { z } from 'zod';

const words = z.object({ en: z.string(), es: z.string() });
const day = z.string().describe('A day in the zone of the project, like "2026-10-31".');

/** How much a figure can be relied on. */
export const SURENESS = ['no_data', 'little', 'enough'] as const;
const sure = z
  .enum(SURENESS)
  .describe('`no_data`: nothing was measured; `little`: fewer than 30, which chance alone moves a lot.');

const period = z.object({ from: day, to: day.describe('The last day of it.'), days: z.number().int() });

export const plannedStage = z.object({
  customer_goal: words.nullable(),
  our_goal: z
    .object({ words, share: z.number().describe('Of the people in it: 0.35 is 35 percent.') })
    .nullable(),
  doing: z.array(words),
  thinking: z.array(words),
  feeling: z
    .object({
      expected: z.number().describe('From -2 (very bad) to 2 (very good).'),
      words: words.nullable(),
    })
    .nullable(),
  touchpoints: z.array(
    z.object({
      name: words,
      channel: z.string(),
      measured_by: z.string().nullable().describe('The event that tells of it.'),
      workflow: z.string().nullable(),
    }),
  ),
  pains: z.array(words),
  ideas: z.array(words),
  moment_of_truth: z.boolean(),
});

const people = z.object({
  at_end: z.number().int().describe('In it when the period ended, or now.'),
  at_begin: z.number().int(),
  entered: z.number().int(),
  went_on: z.number().int().describe('To a later stage.'),
  went_back: z.number().int().describe('To an earlier stage.'),
  to_next: z
    .number()
    .nullable()
    .describe(
      'Of those who left it or stand in it at the end, the share that went on. Null where there is nobody.',
    ),
  days_until_next: z.number().nullable().describe('The mean time in it of those who went on.'),
  goal: z
    .number()
    .nullable()
    .describe('The share that our goal is reached for, where it is a move; else null.'),
  sure,
});

const feeling = z.object({
  actual: z
    .number()
    .nullable()
    .describe('The mean of survey answers, ratings and complaints, from -2 (very bad) to 2 (very good).'),
  n: z.number().int().describe('How many said something.'),
  nps: z
    .number()
    .nullable()
    .describe('Net promoter score, -100 to 100: percent of 9 and 10 less percent of 0 to 6.'),
  nps_answers: z.number().int(),
  csat: z.number().nullable().describe('The mean of answers from 1 to 5.'),
  csat_answers: z.number().int(),
  moods: z.array(z.object({ mood: z.string(), contact_days: z.number().int() })),
  sure,
});

const friction = z.object({
  stalled: z.number().int().describe('Have stood in it for longer than `stalled_after_days`.'),
  stalled_after_days: z.number().int(),
  went_back: z.number().int(),
  complained: z.number().int(),
  unsubscribed: z.number().int(),
  asked: z.number().int().describe('Wrote to us in the chat.'),
  bounced: z.number().int(),
  sure,
});

const sending = z.object({
  workflow: z.string(),
  tone: z.string(),
  channel: z.string(),
  sent: z.number().int(),
  held_back: z.number().int(),
  refused: z.number().int(),
});

export const stageFigures = z.object({
  people,
  doing: z.array(z.object({ event: z.string(), n: z.number().int() })),
  feeling,
  sending: z.array(sending),
  friction,
  orders: z.number().int(),
  revenue: z.number().describe("In the project's currency: orders in others are not in it."),
});

export const mapStage = z.object({
  stage: z.string(),
  title: words,
  planned: plannedStage,
  ...stageFigures.shape,
  before: stageFigures.nullable().describe('The same of the period that it is compared with.'),
});

export const opportunity = z.object({
  kind: z.enum(['leak', 'unmeasured_touchpoint', 'silent_stage', 'feeling_gap', 'goal_missed']),
  stage: z.string(),
  persona: z.string().nullable(),
  touchpoint: words.nullable(),
  words: words.describe('What was seen, with the figures, and what could be done.'),
  people: z.number().int().describe('How many it is about.'),
  money: z.number().nullable().describe('What it may cost in the period, where that can be worked out.'),
  sure,
});

export const journeyMap = z.object({
  title: words,
  zone: z.string(),
  currency: z.string(),
  period,
  compared: period.nullable(),
  choices: z.object({
    personas: z.array(z.object({ id: z.string(), name: words })),
    segments: z.array(z.object({ id: z.string(), name: words })),
    languages: z.array(z.string()),
  }),
  stages: z.array(mapStage),
  moves: z.array(
    z.object({ from: z.string(), to: z.string(), n: z.number().int(), mean_days: z.number().nullable() }),
  ),
  opportunities: z.array(opportunity).describe('The one that matters most first.'),
  counted_since: day.nullable().describe('The first day of which there are figures.'),
});

export const mapDays = z.object({
  days: z.array(z.object({ day, n: z.number(), mean: z.number().nullable() })),
});

export type PlannedStage = z.infer<typeof plannedStage>;
/** The figures of one stage in one period. */
export type MapFigures = z.infer<typeof stageFigures>;
export type MapPeriod = z.infer<typeof period>;
export type JourneyMap = z.infer<typeof journeyMap>;
export type MapStage = z.infer<typeof mapStage>;
export type Opportunity = z.infer<typeof opportunity>;
export type MapDays = z.infer<typeof mapDays>;
export type Sureness = (typeof SURENESS)[number];
