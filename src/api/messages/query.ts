/** What the routes of messages are asked, and where a list goes on. */
import { z } from 'zod';
import type { Instant } from '../../core/events/event.ts';
import { MESSAGE_STATES } from '../../core/messages/message.ts';
import { check } from '../../core/schema.ts';
import type { Place } from '../../engine/message-list.ts';
import { ApiProblem } from '../problem.ts';

const states = z
  .union([z.string(), z.array(z.string())])
  .transform((given) =>
    [given]
      .flat()
      .flatMap((text) => text.split(','))
      .map((word) => word.trim()),
  )
  .transform((words) => (words.includes('all') ? [...MESSAGE_STATES] : words))
  .pipe(
    z
      .array(z.enum(MESSAGE_STATES, { error: `a state is one of ${MESSAGE_STATES.join(', ')}, or "all"` }))
      .min(1),
  );

const word = z.string().min(1).max(200);
const moment = z.iso
  .datetime({ offset: true, error: 'write a moment like "2026-12-24T09:00:00Z"' })
  .transform((text): Instant => Date.parse(text));

const cursor = z.string().transform((text, context): Place => {
  const place = placeOf(text);
  if (place) return place;
  context.addIssue({ code: 'custom', message: 'a cursor is the "next_cursor" of an earlier answer' });
  return z.NEVER;
});

const MOST_LISTED = 200;

export const querySchema = z.strictObject({
  state: states
    .optional()
    .describe(`One or several, with commas in between: ${MESSAGE_STATES.join(', ')}; or "all".`),
  channel: word.optional().describe('Only of this channel, such as `email`.'),
  contact: z
    .string()
    .max(255)
    .optional()
    .describe("Etapa's id, your id, or the e-mail address of a contact."),
  workflow: word.optional(),
  message: word.optional().describe('Which message of the project.'),
  tone: word.optional(),
  language: word.optional(),
  domain: word.toLowerCase().optional().describe('Only to addresses of this domain.'),
  from: moment.optional().describe('Owed at this moment or later.'),
  to: moment.optional().describe('Owed before this moment.'),
  limit: z.coerce
    .number({ error: `a limit is a number between 1 and ${MOST_LISTED}` })
    .int()
    .min(1)
    .max(MOST_LISTED)
    .default(50),
  cursor: cursor.optional().describe('The `next_cursor` of the answer before.'),
});

const even_if_it_may_have_arrived = z
  .boolean()
  .default(false)
  .describe('A promotion that is `uncertain` is sent again only with this; it may come twice then.');

export const retrySchema = z.strictObject({ even_if_it_may_have_arrived });

const MOST_RETRIED = 200;

export const retryManySchema = z.strictObject({
  ids: z
    .array(z.guid({ error: 'an id of a message' }))
    .min(1)
    .max(MOST_RETRIED),
  even_if_it_may_have_arrived,
});

export function readQuery(query: unknown): z.output<typeof querySchema> {
  return readAs(querySchema, query);
}

/** A body may be left out. */
export function readRetry(body: unknown): z.output<typeof retrySchema> {
  return readAs(retrySchema, body ?? {});
}

export function readRetryMany(body: unknown): z.output<typeof retryManySchema> {
  return readAs(retryManySchema, body ?? {});
}

function readAs<T>(schema: z.ZodType<T>, given: unknown): T {
  const checked = check(schema, given);
  if (checked.ok) return checked.value;
  const [first] = checked.findings;
  const name = first?.path[0] === undefined ? '' : `${String(first.path[0])}: `;
  throw new ApiProblem(422, 'field_unusable', `${name}${first?.message ?? 'this cannot be used'}.`);
}

/** Not for reading: the place of the last message that was told. */
export function cursorOf({ owed_at, id }: Place): string {
  return Buffer.from(`${owed_at}/${id}`).toString('base64url');
}

function placeOf(text: string): Place | undefined {
  const [, owed_at, id] =
    /^(-?\d{1,15}(?:\.\d+)?)\/([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return id !== undefined && z.guid().safeParse(id).success ? { owed_at: Number(owed_at), id } : undefined;
}
