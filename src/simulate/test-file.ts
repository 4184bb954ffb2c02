/** `workflows/tests/*.test.yaml`: what is given, and what is expected to come of it. */
import { z } from 'zod';
import { operatorShape } from '../core/conditions/operators.ts';
import { byVerb, oneOrMany, snakeId } from '../core/schema.ts';
import { momentSchema, startSchema } from './moment.ts';

const json = z.json();
const values = z.record(z.string(), json);

/** Who it is: `consent`, `stage` and `segments`, and any field. */
export const contactSchema = z
  .object({
    consent: z.array(z.string()).optional(),
    /** Where the contact begins; from its first event on, the project's rules decide. */
    stage: z.string().optional(),
    segments: z.array(z.string()).optional(),
  })
  .catchall(json);

const setup = {
  start: startSchema.optional(),
  contact: contactSchema.optional(),
  /** The variant of each `ab_test`, by the id of the step, or by workflow/step. */
  variant: z.record(z.string(), z.string()).optional(),
  holdout: z.enum(['never', 'always']).optional(),
  /** How long it is watched whether more is sent. */
  until: momentSchema.optional(),
};

const at = momentSchema.optional();
/** What became of the latest message of this name. */
const fate = { at: momentSchema, with: values.optional() };

/** One thing that happens, and when. */
export const givenSchema = byVerb('thing to be given', {
  event: z.strictObject({ event: snakeId, at: momentSchema, with: values.optional() }),
  update: z.strictObject({ update: values, at: momentSchema }),
  started: z.strictObject({ started: z.string(), at: momentSchema, with: values.optional() }),
  opened: z.strictObject({ opened: z.string(), ...fate }),
  clicked: z.strictObject({ clicked: z.string(), ...fate }),
  bounced: z.strictObject({ bounced: z.string(), ...fate }),
  complained: z.strictObject({ complained: z.string(), ...fate }),
  survey: z.strictObject({
    survey: z.string(),
    at: momentSchema,
    score: z.number().optional(),
    comment: z.string().optional(),
    with: values.optional(),
  }),
  webhook: z
    .strictObject({ webhook: z.string(), at, answers: json.optional(), fails: z.string().optional() })
    .refine(({ answers, fails }) => (answers === undefined) !== (fails === undefined), {
      error: 'say how the webhook of this step answers: "answers: { … }" or "fails: the server is away"',
    }),
});

/** What the words of a message must be like. */
const words = {
  contains: oneOrMany(z.string()).optional(),
  tone: z.string().optional(),
  language: z.string().optional(),
  formality: z.enum(['tu', 'usted', 'casual', 'formal']).optional(),
};

const expectSchema = byVerb('expectation', {
  email: z.strictObject({ email: z.string(), at, subject: z.string().optional(), ...words }),
  sms: z.strictObject({ sms: z.string(), at, ...words }),
  chat: z.strictObject({ chat: z.string(), at, ...words }),
  webhook: z.strictObject({ webhook: z.string(), at, ...words }),
  held_back: z.strictObject({ held_back: z.string(), at, because: z.string().optional() }),
  exit: z.strictObject({ exit: z.string(), at }),
  converted: z.strictObject({ converted: z.literal(true), at }),
  stage: z.strictObject({ stage: z.string(), at }),
  segment: z.strictObject({ segment: z.string(), at, is: z.enum(['in', 'out']) }),
  mood: z.strictObject({ mood: z.string(), at }),
  field: z
    .strictObject({ field: z.string(), at, ...operatorShape })
    .refine((field) => Object.keys(field).some((key) => Object.hasOwn(operatorShape, key)), {
      error: 'say what the field must be, for example "is: …", "at_least: …" or "exists: true"',
      when: ({ issues }) => issues.length === 0,
    }),
  calls: z.strictObject({
    calls: z.enum(['team', 'webhook']),
    at,
    contains: oneOrMany(z.string()).optional(),
  }),
  hours: z.strictObject({ hours: z.string(), at: momentSchema, is: z.enum(['open', 'closed']) }),
  no_more_messages: z.strictObject({ no_more_messages: z.literal(true) }),
});

const oneTestSchema = z.strictObject({
  name: z.string().min(1),
  ...setup,
  /** Also messages that are held back must all be expected. */
  exactly: z.boolean().optional(),
  given: z.array(givenSchema).default([]),
  expect: z.array(expectSchema).min(1),
});

export const testFileSchema = z
  .strictObject({
    version: z.literal(1),
    /** Only these run, also where they are drafts; absent: the whole project, as it stands. */
    workflow: oneOrMany(z.string()).optional(),
    defaults: z.strictObject(setup).default({}),
    tests: z.array(oneTestSchema).min(1),
  })
  .superRefine(({ defaults, tests }, context) => {
    const names = new Set<string>();
    tests.forEach(({ name, start }, index) => {
      if (names.has(name)) {
        const message = 'another test of this file has the same name; tell what is different here';
        context.addIssue({ code: 'custom', path: ['tests', index, 'name'], message });
      }
      names.add(name);
      if (start !== undefined || defaults.start !== undefined) return;
      const message =
        'no "start" is written here nor under "defaults"; write it like "start: 2026-11-20 16:30"';
      context.addIssue({ code: 'custom', path: ['tests', index], message });
    });
  });

export type TestFile = z.infer<typeof testFileSchema>;
export type OneTest = TestFile['tests'][number];
export type Given = OneTest['given'][number];
export type Expectation = OneTest['expect'][number];
