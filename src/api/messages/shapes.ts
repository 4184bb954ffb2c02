/** What is told of messages. */
import { z } from 'zod';
import { MESSAGE_STATES } from '../../core/messages/message.ts';
import { REPORT_CLASSES, REPORT_KINDS } from '../../core/messages/report.ts';
import { MACHINE_SIGNS, TOUCH_KINDS } from '../../core/messages/touch.ts';

const moment = z.iso.datetime();
const words = z.object({ en: z.string(), es: z.string() });

export const message = z.object({
  id: z.uuid().describe('Also the beginning of its Message-ID, on every attempt.'),
  contact_id: z.uuid(),
  workflow: z.string(),
  run: z.number().int(),
  step: z.string(),
  message: z.string().describe('Which message of the project.'),
  channel: z.string(),
  purpose: z.enum(['promotion', 'service']),
  state: z.enum(MESSAGE_STATES),
  owed_at: moment,
  due_at: moment.nullable().describe('When it is tried next, or was to be tried last.'),
  sent_at: moment.nullable(),
  stage: z.string(),
  language: z.string(),
  tone: z.string(),
  because: words.describe('Why this tone.'),
  held_because: words.nullable().describe('Why it waits, or was held back, refused or left uncertain.'),
  attempts: z.number().int(),
  address: z.string().nullable(),
  subject: z.string().nullable(),
  response: z.string().nullable().describe('What the receiving server said last.'),
});

export const messagePage = z.object({
  messages: z.array(message),
  next_cursor: z.string().nullable().describe('Null where there are no more.'),
  looked_back_to: moment
    .nullable()
    .describe(
      'Where so much had to be looked through that one page cannot: back to when it was, and `next_cursor` goes on from there. A page may then be short, or empty.',
    ),
});

const touch = z.object({
  kind: z.enum(TOUCH_KINDS),
  url: z
    .string()
    .nullable()
    .describe('Where the link leads; null for an open, and for the link that only machines find.'),
  at: moment,
  machine: z
    .enum(MACHINE_SIGNS)
    .describe('`no`: a person did it. What machines did is kept and not counted.'),
});

const report = z.object({
  kind: z.enum(REPORT_KINDS),
  class: z.enum(REPORT_CLASSES).nullable().describe('With whom the fault lies; only of bounces.'),
  status: z.string().nullable(),
  diagnostic: z.string().nullable().describe('What the receiving server said; its words, not ours.'),
  source: z.string(),
  at: moment,
});

const run = z.object({
  entered_at: moment,
  because: words.describe('Why it began.'),
  step: z.string(),
  ended_at: moment.nullable(),
  outcome: z.string().nullable(),
  ended_because: words.nullable(),
});

export const wholeMessage = message.extend({
  touches: z.array(touch).describe('Opens and clicks, oldest first.'),
  reports: z.array(report).describe('Bounces, complaints and what else came back.'),
  run_now: run
    .nullable()
    .describe('The run that sent it, as it stands now; null where it is not kept any more.'),
});

export const retriedMessages = z.object({
  on_their_way: z.array(z.uuid()),
  left_alone: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
});

export type Message = z.infer<typeof message>;
export type MessagePage = z.infer<typeof messagePage>;
export type WholeMessage = z.infer<typeof wholeMessage>;
export type RetriedMessages = z.infer<typeof retriedMessages>;
