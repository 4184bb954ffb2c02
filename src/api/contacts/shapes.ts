/** What the API answers about contacts: read by the console, and documented. */
import { z } from 'zod';
import { CHURN_RISKS } from '../../core/conditions/subjects/churn-risk.ts';
import type { TIMELINE_KINDS } from '../../core/contacts/timeline.ts';
import { CHANNELS, MESSAGE_STATES } from '../../core/messages/message.ts';
import { REPORT_CLASSES, REPORT_KINDS } from '../../core/messages/report.ts';
import { MACHINE_SIGNS, TOUCH_KINDS } from '../../core/messages/touch.ts';

const moment = z.iso.datetime();
const never = moment.nullable().describe('null: no moment is known at which time alone would change it.');
const words = z.object({ en: z.string(), es: z.string() });
const json: z.ZodType = z.unknown();

export const listedContact = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  stage: z.string(),
  stage_since: moment,
  persona: z.string().nullable(),
  segments: z.array(z.string()),
  language: z.string().nullable(),
  orders_count: z.int(),
  orders_value: z.number(),
  cart_value: z.number(),
  currency: z.string().nullable(),
  last_event_at: moment.nullable(),
  churn_risk: z.enum(CHURN_RISKS).nullable().describe('null: never bought anything.'),
});

export const contactPage = z.object({
  contacts: z.array(listedContact),
  next: z.string().nullable(),
  search_cut: z
    .boolean()
    .describe('More than a thousand begin as was searched for, and not all of them were looked at.'),
  count: z.int().nullable().describe('null where it was not asked for.'),
});

/** A condition, part by part. */
export interface AnswerTree {
  readonly kind: 'all' | 'any' | 'none' | 'one';
  readonly holds: boolean;
  readonly until: string | null;
  readonly because: { readonly en: string; readonly es: string };
  readonly parts: readonly AnswerTree[];
}

/** Not described part by part: a form that holds itself cannot stand in the document of the API. */
const tree = z
  .custom<AnswerTree>((value) => typeof value === 'object' && value !== null)
  .describe('A condition, part by part: { kind, holds, until, because, parts }.');

const stageMove = z.object({ at: moment, from: z.string(), to: z.string(), because: words });

const stage = z.object({
  stage: z.string(),
  title: words,
  since: moment,
  because: words.nullable().describe('null: began there.'),
  history: z.array(stageMove),
  rules: z.array(
    z.object({
      stage: z.string(),
      title: words,
      stands_here: z.boolean(),
      holds: z.boolean(),
      until: never,
      because: words,
      tree: tree.nullable(),
    }),
  ),
  stays_until: moment.nullable().describe('Up to then it does not go back, whatever the rules say.'),
  next: stageMove.nullable().describe('Where time alone would move it to.'),
});

const segment = z.object({
  segment: z.string(),
  title: words,
  inside: z.boolean(),
  since: moment.nullable(),
  moved_because: words.nullable(),
  holds: z.boolean(),
  until: never,
  because: words,
  tree: tree.nullable(),
});

const found = z.object({ is: z.string(), until: never, because: words.nullable() });

const message = z.object({
  id: z.uuid(),
  workflow: z.string(),
  run: z.int(),
  step: z.string(),
  message: z.string(),
  channel: z.string(),
  purpose: z.enum(['promotion', 'service']),
  state: z.enum(MESSAGE_STATES),
  owed_at: moment,
  sent_at: moment.nullable(),
  due_at: moment.nullable(),
  stage: z.string(),
  language: z.string(),
  tone: z.string(),
  because: words.describe('Why this tone.'),
  held_because: words.nullable(),
  subject: z.string().nullable(),
  response: z.string().nullable(),
  event: json,
});

const week = z.object({
  since: moment,
  limits: z.array(
    z.object({
      counts: z.enum(['promotions', 'any']),
      messages: z.int(),
      per: z.object({ amount: z.int(), unit: z.string() }),
      used: z.int(),
      free_at: moment.nullable().describe('When the next one may go; null: now.'),
    }),
  ),
  sent: z.array(message),
  held_back: z.array(message),
  failed: z.array(message),
  waiting: z.array(message),
});

const run = z.object({
  workflow: z.string(),
  number: z.int(),
  version: z.string(),
  entered_at: moment,
  because: words,
  held_out: z.boolean(),
  variants: z.record(z.string(), z.string()),
  key: z.string().nullable(),
  event: z.string().nullable(),
  stands: z
    .object({ step: z.string(), since: moment.nullable(), until: moment.nullable(), says: words })
    .nullable(),
  ended_at: moment.nullable(),
  outcome: z.enum(['completed', 'exited', 'converted', 'merged', 'failed']).nullable(),
  ended_because: words.nullable(),
});

const proof = z.object({
  channel: z.string(),
  topic: z.string(),
  said: z.enum(['given', 'confirmed', 'withdrawn']),
  at: moment,
  source: z.string(),
  text_version: z.string().nullable(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
});

export const person = z.object({
  id: z.uuid(),
  now: moment,
  decided_at: moment.nullable().describe('null: it was just made, and is decided in a moment.'),
  name: z.string().nullable(),
  email: z.string().nullable(),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  merged: z.array(z.uuid()).describe('Contacts that turned out to be this one.'),
  fields: z.array(z.object({ name: z.string(), value: json, at: moment })),
  language: z.string(),
  time_zone: z.string(),
  events: z.int(),
  first_seen: moment.nullable(),
  last_seen: moment.nullable(),
  stage,
  segments: z.array(segment),
  persona: found.nullable(),
  mood: found,
  tones: z.array(
    z.object({
      channel: z.string(),
      tone: z.string(),
      formality: z.record(z.string(), z.string()),
      because: words,
      hold_back: z.array(z.string()),
      until: never,
    }),
  ),
  churn_risk: found.nullable().describe('null: never bought anything.'),
  cart: z.object({
    items: z.array(
      z.looseObject({
        product_id: z.string(),
        quantity: z.number(),
        name: z.string().optional(),
        price: z.number().optional(),
      }),
    ),
    count: z.number(),
    value: z.number(),
    currency: z.string().optional(),
    url: z.string().optional(),
    updated_at: moment.optional(),
  }),
  orders: z.object({
    count: z.int(),
    value: z.number(),
    first: moment.optional(),
    last: moment.optional(),
    last_id: z.string().optional(),
    list: z.array(
      z.object({
        id: z.string(),
        at: moment,
        revenue: z.number(),
        currency: z.string().optional(),
        product_ids: z.array(z.string()),
      }),
    ),
  }),
  consents: z.array(
    z.object({
      channel: z.string(),
      topic: z.string().describe('Empty: all that comes by this channel.'),
      granted: z.boolean(),
      at: moment,
      confirmed_at: moment.nullable(),
      refused_at: moment.nullable(),
      source: z.string(),
    }),
  ),
  proofs: z.array(proof).describe('The newest fifty of what was said about consent.'),
  suppressions: z.array(
    z.object({
      channel: z.string(),
      address: z.string(),
      scope: z.enum(['all', 'promotion']),
      reason: z.string(),
      at: moment,
    }),
  ),
  runs: z.array(run).describe('The newest last.'),
  week,
  put_aside: z
    .object({ because: z.string(), attempts: z.int(), since: moment, retry_at: moment.nullable() })
    .nullable()
    .describe('It could not be decided, and waits apart.'),
  held_after_restore: z.boolean(),
});

export const whyNot = z.object({
  asked: z.string(),
  of: z.enum(['message', 'workflow']),
  findings: z
    .array(
      z.object({
        kind: z.string(),
        workflow: z.string().nullable(),
        says: words,
        at: moment.nullable(),
        until: never,
        tree: tree.nullable(),
      }),
    )
    .describe('What weighs most comes first.'),
});

/** As `etapa explain --json` tells it. */
export const explanation = z.looseObject({
  contact: z.uuid(),
  at: moment,
  now: moment,
  is_past: z.boolean(),
});

function entry<Kind extends (typeof TIMELINE_KINDS)[number], About extends z.ZodType>(
  kind: Kind,
  about: About,
) {
  return z.object({
    kind: z.literal(kind),
    key: z.string(),
    at: moment,
    says: words.describe('What happened, without its time.'),
    because: words.nullable(),
    about,
  });
}

const runName = { workflow: z.string(), run: z.int() };

export const timelineEntry = z.discriminatedUnion('kind', [
  entry(
    'event',
    z.object({
      name: z.string(),
      type: z.string(),
      properties: z.record(z.string(), json),
      source: z.string(),
    }),
  ),
  entry('stage', z.object({ from: z.string(), to: z.string(), because: words })),
  entry('segment', z.object({ segment: z.string(), way: z.enum(['enters', 'leaves']), because: words })),
  entry(
    'run_began',
    z.object({ ...runName, held_out: z.boolean(), event: z.string().nullable(), because: words }),
  ),
  entry('run_ended', z.object({ ...runName, outcome: z.string().nullable(), because: words.nullable() })),
  entry(
    'message',
    z.object({
      message_id: z.uuid(),
      message: z.string(),
      subject: z.string().nullable(),
      ...runName,
      step: z.string(),
      channel: z.string(),
      purpose: z.enum(['promotion', 'service']),
      state: z.enum(MESSAGE_STATES),
      tone: z.string(),
      tone_because: words,
      held_because: words.nullable(),
      run_because: words.nullable(),
      response: z.string().nullable(),
    }),
  ),
  entry(
    'response',
    z.object({
      what: z.enum([...TOUCH_KINDS, ...REPORT_KINDS]),
      message_id: z.uuid(),
      message: z.string(),
      url: z.string().nullable(),
      machine: z.enum(MACHINE_SIGNS).nullable().describe('Of opens and clicks: whether a machine did it.'),
      sign: z.string().nullable(),
      fault: z.enum(REPORT_CLASSES).nullable(),
      diagnostic: z.string().nullable(),
    }),
  ),
  entry(
    'call',
    z.object({
      ...runName,
      step: z.string(),
      what: z.enum(['team', 'webhook']),
      state: z.string(),
      response: z.string().nullable(),
    }),
  ),
  entry('consent', proof.omit({ at: true })),
]);

export const timelinePage = z.object({ entries: z.array(timelineEntry), next: z.string().nullable() });

export const accepted = z.object({ accepted: z.literal(true) });
export const created = z.object({
  id: z.uuid(),
  created: z.boolean().describe('false: it was made before.'),
});

export const consentGiven = z.strictObject({
  channel: z.enum(CHANNELS),
  topic: z.string().min(1).optional().describe('A topic of etapa.yaml; absent: all of the channel.'),
  granted: z.boolean(),
  proof: z
    .strictObject({
      text_version: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .optional()
        .describe('Which wording the person saw, or how it was said: "by phone, order 1042".'),
      ip: z.string().max(100).optional(),
      user_agent: z.string().max(300).optional(),
    })
    .default({}),
});

export type ListedContact = z.infer<typeof listedContact>;
export type ContactPage = z.infer<typeof contactPage>;
export type Person = z.infer<typeof person>;
export type WhyNot = z.infer<typeof whyNot>;
export type TimelineEntry = z.infer<typeof timelineEntry>;
export type TimelinePage = z.infer<typeof timelinePage>;
