/** The attack inputs, kept as data: `*.yaml` beside this file, one for each door. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';

/** Written as it is; or a piece repeated, numbered at each `#`; or pieces in a row. NUL and halves of surrogate pairs by YAML's escapes. */
const inputSchema: z.ZodType<string> = z.lazy(() =>
  z.union([
    z.string(),
    z
      .strictObject({ repeat: inputSchema, times: z.int() })
      .transform(({ repeat, times }) => repeat.repeat(times)),
    z
      .strictObject({ numbered: z.string(), times: z.int() })
      .transform(({ numbered, times }) =>
        Array.from({ length: times }, (_, n) => numbered.replace('#', String(n))).join(''),
      ),
    z.strictObject({ join: z.array(inputSchema) }).transform(({ join: pieces }) => pieces.join('')),
  ]),
);

const named = { name: z.string() };
const statuses = z.array(z.int());
const words = z.record(z.string(), z.string());

const SCHEMAS = {
  unsubscribe: z.strictObject({
    ...named,
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST']),
    token: z.string().default('valid'),
    times: z.int().default(1),
    query: z.string().default(''),
    headers: words.default({}),
    form: inputSchema.optional(),
    type: z.string().optional(),
    body: z.string().optional(),
    answers: statuses,
    changes: z.boolean().default(false),
  }),
  'contact-email': z.strictObject({
    ...named,
    input: inputSchema,
    reaches: z.string().optional(),
    /** Of the right form, so that only the channel, which turns it into ASCII, can tell. */
    only_channel: z.boolean().default(false),
  }),
  headers: z.strictObject({ ...named, input: inputSchema }),
  html: z.strictObject({ ...named, input: inputSchema }),
  template: z.strictObject({
    ...named,
    input: inputSchema,
    at: z.tuple([z.int(), z.int()]).optional(),
    traits: z.record(z.string(), z.strictObject({ list: z.string(), times: z.int() })).optional(),
  }),
  'event-properties': z.strictObject({
    ...named,
    input: inputSchema,
    event: z.string().default('Attack Tried'),
    answers: z.int().default(200),
    stored: z.record(z.string(), z.unknown()).optional(),
    stores_something: z.boolean().default(false),
  }),
  'json-body': z.strictObject({
    ...named,
    input: inputSchema.optional(),
    encoding: z.enum(['gzip', 'latin1', 'utf16le']).optional(),
    headers: words.default({}),
    raw: z.string().optional(),
    slowly: z.boolean().default(false),
    idle: z.int().optional(),
    answers: statuses,
    code: z.string().optional(),
    rejected: z.string().optional(),
  }),
  'webhook-url': z.strictObject({
    ...named,
    input: z.string().optional(),
    names: z.record(z.string(), z.array(z.array(z.string()))).default({}),
    far: z.enum(['redirect', 'circle', 'flood', 'drip', 'long_header', 'self_signed']).optional(),
    patience: z.int().default(5000),
    outcome: z.enum(['refused', 'later', 'answered']).default('refused'),
    says: z.string().default(''),
    looked_up: z.int().optional(),
    asked: z.int().optional(),
  }),
  tracking: z.strictObject({
    ...named,
    input: inputSchema.default(''),
    as: z.array(z.enum(['token', 'beside', 'stored', 'path', 'kind', 'request'])),
    method: z.string().default('GET'),
    headers: z.record(z.string(), inputSchema).default({}),
    times: z.int().default(1),
    answers: statuses.default([]),
    may_be_cut_off: z.boolean().default(false),
    notes: z.union([z.int(), z.literal('many')]).default(0),
  }),
  sessions: z.strictObject({
    ...named,
    /** As it is sent; `{token}` is the session of an owner. */
    cookie: inputSchema,
    method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']).default('GET'),
    path: z.string().default('/v1/users'),
    headers: words.default({}),
    type: z.string().optional(),
    body: z.string().optional(),
    answers: statuses,
  }),
  inbound: z.strictObject({
    ...named,
    door: z.enum(['mail', 'webhook', 'reader']),
    to: z.enum(['signed', 'forged', 'plain', 'mailbox']).default('signed'),
    dsn: z.strictObject({ about: z.string().optional(), said: z.string().optional() }).optional(),
    size: z.int().optional(),
    provider: z.string().default('resend'),
    sign: z.enum(['right', 'other', 'none', 'altered']).default('right'),
    /** Seconds. */
    ago: z.int().default(0),
    about: z.string().default(''),
    nested: z.int().optional(),
    as: z.enum(['mail', 'bounce', 'html', 'answer']).default('mail'),
    input: inputSchema.default(''),
    answers: z.string().default('250'),
    suppresses: z.array(z.string()).default([]),
    one_line: z.boolean().default(false),
  }),
} as const;

export type Group = keyof typeof SCHEMAS;
export type Case<G extends Group> = z.output<(typeof SCHEMAS)[G]>;

export function attacks<G extends Group>(group: G): readonly Case<G>[] {
  const text = readFileSync(join(import.meta.dirname, `${group}.yaml`), 'utf8');
  const document = parseDocument(text, { strict: true });
  const [error] = document.errors;
  if (error) throw new Error(`${group}.yaml: ${error.message}`);
  const file = z.strictObject({ group: z.literal(group), cases: z.array(SCHEMAS[group]).min(1) });
  return file.parse(document.toJS()).cases;
}
