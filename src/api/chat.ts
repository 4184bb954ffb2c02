/** The contact's inbox by the API: what we wrote, what the contact writes, and what has been read. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { check } from '../core/schema.ts';
import { pointTo } from '../core/events/segment/refusal.ts';
import type { ChatEntry, ChatPage, ChatPlace } from '../engine/chat.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { CHAT_PAGE, CHAT_READ, CHAT_WRITE } from './chat/documentation.ts';
import { AS_IT_IS, prepareJsonRoutes } from './json-routes.ts';
import { ApiProblem } from './problem.ts';

export interface ChatOptions {
  readonly access: Access;
  /** By Etapa's id of the contact, or one of the shop's; undefined where there is no such contact. */
  findContact(who: string): Promise<string | undefined>;
  page(contact_id: string, before: ChatPlace | null, limit: number): Promise<ChatPage>;
  /** Resolves when it is durable. */
  write(written: {
    readonly contact_id: string;
    readonly message_id: string;
    readonly text: string;
  }): Promise<string | undefined>;
  read(contact_id: string, up_to: string | null): Promise<number>;
  newId(): string;
}

const MOST_BYTES = 64 * 1024;

interface Asked {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

/** GET and POST /v1/contacts/:id/chat, POST /v1/contacts/:id/chat/read */
export function chatRoutes(options: ChatOptions): FastifyPluginAsync {
  return async (app) => {
    prepareJsonRoutes(app);
    app.get<Asked>('/v1/contacts/:id/chat', {
      ...{ schema: CHAT_PAGE, config: AS_IT_IS },
      handler: (request) => showPage(request, request.params.id, options),
    });
    app.post<Asked>('/v1/contacts/:id/chat', {
      ...{ schema: CHAT_WRITE, config: AS_IT_IS, bodyLimit: MOST_BYTES },
      handler: async (request, reply) =>
        reply.code(201).send(await write(request, request.params.id, options)),
    });
    app.post<Asked>('/v1/contacts/:id/chat/read', {
      ...{ schema: CHAT_READ, config: AS_IT_IS, bodyLimit: MOST_BYTES },
      handler: (request) => markRead(request, request.params.id, options),
    });
  };
}

async function showPage(request: FastifyRequest, who: string, options: ChatOptions) {
  const contact_id = await contactOf(request, who, options);
  const { cursor, limit } = readBy(pageSchema, request.query ?? {});
  const { entries, more, unread } = await options.page(contact_id, cursor ?? null, limit);
  const last = entries.at(-1);
  return {
    entries: entries.map(told),
    unread,
    next_cursor: more && last ? cursorOf(last) : null,
  };
}

async function write(request: FastifyRequest, who: string, options: ChatOptions) {
  const contact_id = await contactOf(request, who, options);
  const { text, message_id } = readBy(writeSchema, request.body);
  const header = request.headers['idempotency-key'];
  const given =
    message_id ?? (typeof header === 'string' && header !== '' ? header.slice(0, 255) : options.newId());
  const id = await options.write({ contact_id, text, message_id: given });
  if (id === undefined) throw noContact(who);
  return { id };
}

async function markRead(request: FastifyRequest, who: string, options: ChatOptions) {
  const contact_id = await contactOf(request, who, options);
  const { up_to } = readBy(readSchema, request.body ?? {});
  return { unread: await options.read(contact_id, up_to ?? null) };
}

async function contactOf(request: FastifyRequest, who: string, options: ChatOptions): Promise<string> {
  await options.access(request, 'people');
  // No text of PostgreSQL holds the sign that ends texts elsewhere.
  const contact_id = who.includes('\0') ? undefined : await options.findContact(who);
  if (contact_id === undefined) throw noContact(who);
  return contact_id;
}

function noContact(who: string): ApiProblem {
  return new ApiProblem(404, 'contact_unknown', `There is no contact with the id "${who.slice(0, 100)}".`);
}

function told({ id, written_by, text, at, read_at }: ChatEntry) {
  return { id, written_by, text, at: iso(at), read_at: read_at === null ? null : iso(read_at) };
}

const cursorSchema = z
  .string()
  .transform(placeIn)
  .refine((place) => place !== undefined, {
    error: 'this is no cursor; send the "next_cursor" of the page before as it is',
  });

function cursorOf({ id, at }: ChatPlace): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

function placeIn(cursor: string): ChatPlace | undefined {
  const found = /^(\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor.slice(0, 200), 'base64url').toString('latin1'),
  );
  return found ? { at: Number(found[1]), id: found[2] ?? '' } : undefined;
}

const MOST_ENTRIES = 100;
const LONGEST_TEXT = 10_000;

const pageSchema = z.strictObject({
  cursor: cursorSchema.optional(),
  limit: z.coerce
    .number({ error: `"limit" is a number from 1 to ${MOST_ENTRIES}` })
    .int()
    .min(1)
    .max(MOST_ENTRIES)
    .default(50),
});

const writeSchema = z.strictObject(
  {
    text: z
      .string({ error: '"text" is what the contact wrote' })
      .transform((text) =>
        text
          .replaceAll('\0', '')
          .replace(/\p{Surrogate}/gu, '\ufffd')
          .trim(),
      )
      .refine((text) => text !== '' && text.length <= LONGEST_TEXT, {
        error: `"text" has between 1 and ${LONGEST_TEXT} characters`,
      }),
    message_id: z.string().min(1).max(255, { error: 'an id has between 1 and 255 characters' }).optional(),
  },
  { error: 'The body is a JSON object, like { "text": "Where is my order?" }' },
);

const readSchema = z.strictObject({
  up_to: z.uuid({ error: '"up_to" is the id of an entry' }).optional(),
});

function readBy<T>(schema: z.ZodType<T>, given: unknown): T {
  const checked = check(schema, given);
  if (checked.ok) return checked.value;
  const [first] = checked.findings;
  const pointer = (first?.path ?? []).reduce<string>(pointTo, '');
  const { message = 'this cannot be used' } = first ?? {};
  throw new ApiProblem(422, 'field_unusable', `${message.replace(/\.$/, '')}.`, pointer);
}
