/** What is asked and answered about workflows: read by the console, and documented. */
import { z } from 'zod';

const words = z.object({ en: z.string(), es: z.string() });
const count = z.number().int();
const moment = z.iso.datetime();

const STATUSES = ['draft', 'live', 'paused', 'stopped'] as const;

const about = z.object({
  id: z.string(),
  title: words,
  describe: words.nullable(),
  owner: z.string().nullable(),
  purpose: z.enum(['promotion', 'service']),
  status: z.enum(STATUSES),
  version: z.string(),
  starts: words,
  goal: words.nullable(),
  holdout: z.number().describe('Percent of those who enter that get nothing.'),
  inside: count.describe('People in it now, without those who are held out.'),
  held_out: count.describe('People who are held out now.'),
  entered: count.describe('Within 30 days, without those who were held out.'),
  converted: count.describe('Of these, who reached the goal.'),
  conversion: z.number().nullable().describe('Of those who entered; null without a goal or an entry.'),
  left: count.describe('Of these, who left early, or could not go on.'),
  finished: count.describe('Of these, who walked to the end.'),
  sent: count.describe('Messages within 30 days.'),
  held_back: count,
  errors: count,
  warnings: count,
});

export const workflowList = z.object({ counted_at: moment, workflows: z.array(about) });
export type WorkflowList = z.infer<typeof workflowList>;
export type WorkflowAbout = z.infer<typeof about>;

const step = z.object({
  id: z.string(),
  verb: z.string(),
  words,
  message: z.string().nullable(),
  line: count.nullable(),
  standing: count.describe('People who stand there now.'),
  standing_days: z
    .number()
    .nullable()
    .describe('How long these have been there, on average; null without anybody.'),
  reached: count
    .nullable()
    .describe(
      'How often somebody came here within 30 days. Of days before an update from a version that did not count it: how many came at least, told from where they stand or ended and from messages.',
    ),
  reached_share: z.number().nullable().describe('Of those who entered within 30 days; 1 at most.'),
  stayed_days: z
    .number()
    .nullable()
    .describe('How long those who left it within 30 days had been there, on average; null: nobody left.'),
  ended: count.describe('Of those who entered within 30 days, whose run ended here.'),
  converted: count.describe('Of these, who reached the goal while they stood here.'),
  sent: count,
  held_back: count,
});
export type WorkflowStep = z.infer<typeof step>;

const edge = z.object({
  from: z.string(),
  to: z.string(),
  label: words.nullable(),
  when: words.nullable(),
  jump: z.boolean(),
});

const problem = z.object({
  line: count,
  column: count,
  sentence: z.string(),
  mend: z.string().nullable(),
  severity: z.enum(['error', 'warning']),
});

export const oneWorkflow = z.object({
  ...about.shape,
  counted_at: moment,
  project_hash: z.string(),
  folder_differs: z.boolean(),
  path: z.string(),
  text: z.string().describe('Of its file, as it is live.'),
  steps: z.array(step),
  edges: z.array(edge),
  elsewhere: count.describe('People who stand at a step of an older version that this one does not have.'),
  problems: z.array(problem),
});
export type OneWorkflow = z.infer<typeof oneWorkflow>;

export const waitingAsked = z.strictObject({
  step: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).optional(),
});
export const waitingPage = z.object({
  waiting: z.array(
    z.object({
      contact_id: z.uuid(),
      name: z.string().nullable(),
      email: z.string().nullable(),
      step: z.string(),
      words: words
        .nullable()
        .describe('What it waits for; null at a step that the live version does not have.'),
      version: z.string(),
      entered_at: moment,
      arrived_at: moment,
      until: moment.nullable().describe('When it goes on by time alone; null: never.'),
      held: z.boolean().describe('It is held before the next step, by a pause or a notice.'),
    }),
  ),
  next: z.string().nullable(),
});
export type WaitingPage = z.infer<typeof waitingPage>;

const version = z.object({
  version: z.string(),
  deployed_at: moment.describe('When it was live for the first time.'),
  live: z.boolean(),
  inside: count.describe('People who walk it now.'),
});
export const versionPage = z.object({ versions: z.array(version) });
export type WorkflowVersions = z.infer<typeof versionPage>;
export const oneVersion = z.object({ version: z.string(), deployed_at: moment, text: z.string() });
export type OneVersion = z.infer<typeof oneVersion>;

const interval = z.object({ low: z.number(), high: z.number() });

export const experiments = z.object({
  tests: z.array(
    z.object({
      step: z.string(),
      winner_by: z.enum(['goal', 'opened', 'clicked']).nullable(),
      began_at: moment.nullable(),
      variants: z.array(
        z.object({
          variant: z.string(),
          share: z.number().describe('Percent that it gets.'),
          people: count,
          successes: count,
          rate: z.number().nullable(),
          interval: interval.describe('In which the rate lies, 19 times of 20.'),
          still_open: count.describe('Those whose time is not up yet.'),
        }),
      ),
      lift: z
        .object({ best: z.string(), second: z.string(), absolute: z.number(), interval, p: z.number() })
        .nullable()
        .describe('Null where somebody is missing on a side.'),
      winner: z.string().nullable(),
      decided_at: moment.nullable(),
      because: words,
      next_look_at: moment.nullable(),
    }),
  ),
  holdout: z
    .object({
      percent: z.number(),
      treated: z.object({ people: count, successes: count, rate: z.number().nullable(), interval }),
      held_out: z.object({ people: count, successes: count, rate: z.number().nullable(), interval }),
      still_open: count,
      lift: z.object({ absolute: z.number(), interval, p: z.number() }).nullable(),
      relative: z.number().nullable(),
      revenue: z
        .object({
          treated: z.number(),
          held_out: z.number(),
          difference: z.number(),
          interval: interval.nullable(),
        })
        .nullable(),
    })
    .nullable(),
  currency: z.string(),
});
export type WorkflowExperiments = z.infer<typeof experiments>;

const files = z.record(z.string(), z.string().nullable());

/** How it is documented; read by `trySchema`, as a test of a workflow is. */
export const tryAsked = z.object({
  files: files.optional().describe('As in `POST /v1/project/check`.'),
  contact: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Somebody made up: fields, and `consent`, `stage`, `segments`.'),
  contact_id: z.string().optional().describe('Somebody who is there, as they stand now.'),
  given: z
    .array(z.record(z.string(), z.unknown()))
    .optional()
    .describe(
      'What happens: `{ event, at, with }`, `{ started, at }`, `{ opened, at }` … as in `workflows/tests`.',
    ),
  start: z.string().optional().describe('By the clock of the contact, like "2026-11-20 16:30"; absent: now.'),
  until: z.string().optional().describe('Like "+30 days".'),
  variant: z.record(z.string(), z.string()).optional().describe('Of an `ab_test`, by the id of the step.'),
  others: z.boolean().optional().describe('Whether all workflows run, and not this one alone.'),
});

const tone = z.object({ tone: z.string(), because: words });

export const tried = z.object({
  zone: z.string(),
  start: moment,
  end: moment,
  entered: z.boolean(),
  outcome: z
    .object({ outcome: z.string(), because: words, at: moment })
    .nullable()
    .describe('Of the last run that ended; null where it goes on.'),
  path: z.array(
    z.object({
      workflow: z.string(),
      run: count,
      step: z.string(),
      arrived_at: moment,
      left_at: moment.nullable(),
      to: z.string().nullable(),
      way: words.nullable().describe('Which of several ways was taken.'),
      because: words.nullable().describe('What held for that way.'),
    }),
  ),
  happened: z.array(
    z.object({
      at: moment,
      kind: z.enum(['given', 'entered', 'stage', 'segment', 'call', 'ended']),
      workflow: z.string().nullable(),
      words,
    }),
  ),
  messages: z.array(
    z.object({
      at: moment,
      workflow: z.string(),
      step: z.string(),
      message: z.string(),
      channel: z.string(),
      language: z.string(),
      ...tone.shape,
      held_back: words.nullable(),
      to: z.string().nullable(),
      subject: z.string(),
      preheader: z.string(),
      html: z.string(),
      text: z.string(),
    }),
  ),
});
export type Tried = z.infer<typeof tried>;

export const simulateAsked = z.strictObject({
  files: files.default({}),
  days: z.number().int().min(1).max(90).default(30),
  share: z.number().min(0.001).max(1).default(1),
});

const counts = z.object({
  entered: count,
  held_out: count,
  converted: count,
  left: count,
  finished: count,
  inside: count,
  sent: count,
  held_back: z.array(z.object({ because: z.string(), messages: count })),
});

/** The result of that job. */
export const simulated = z.object({
  from: moment,
  until: moment,
  people: count,
  asked: count,
  cut_short: z.boolean(),
  before: counts.nullable().describe('By the live version; null where nothing is changed.'),
  after: counts,
  messages: z.array(
    z.object({ message: z.string(), sent: count, held_back: count, sent_before: count.nullable() }),
  ),
  days: z.array(z.object({ day: z.string(), sent: count })),
  others: z
    .array(z.object({ workflow: z.string(), sent: count, sent_before: count }))
    .describe('Other workflows that would send otherwise.'),
  people_affected: count.nullable(),
});
export type Simulated = z.infer<typeof simulated>;
