/** What people may ask for about themselves: their messages, all that is kept of them, and to be erased. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import { MESSAGE_STATES } from '../core/messages/message.ts';
import type { Access } from './access.ts';
import { personExport } from './contacts/export-shape.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface ContactOptions {
  readonly people: App['people'];
  /** By its id, by an id of the shop, or by its e-mail address. */
  findContact(who: string): Promise<string | undefined>;
  readonly access: Access;
  now(): Promise<Instant>;
}

interface Who {
  Params: { id: string };
}

export function contactRoutes(options: ContactOptions): FastifyPluginAsync {
  const { people, access, now } = options;
  return async (app) => {
    prepareZodRoutes(app, access, 'people');

    app.get<Who>('/v1/contacts/:id/messages', documentedBy(MESSAGES), async ({ params, query }) => {
      const { from, to, limit, cursor } = readAs(messagesQuery, query);
      const id = await find(params.id, options);
      const until = momentOf(to) ?? (await now()) + 1;
      const page = await people.messages(id, {
        from: momentOf(from) ?? until - WEEK,
        to: until,
        after: readCursor(cursor, z.tuple([z.number(), z.uuid()])),
        limit,
      });
      return { messages: page.messages.map(withTimes), next: writeCursor(page.next) };
    });

    app.get<Who>('/v1/contacts/:id/export', documentedBy(EXPORT), async ({ params }, reply) => {
      const id = await find(params.id, options);
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="contact-${id}.json"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(people.export(id, await now())));
    });

    app.delete<Who>('/v1/contacts/:id', documentedBy(ERASE), async (asking) => {
      const { source } = await access(asking, 'people');
      const erased = await people.erase({
        contact_id: await find(asking.params.id, options),
        source,
        at: await now(),
      });
      if (!erased) throw unknownContact();
      return erased;
    });
  };
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

async function find(who: string, { findContact }: ContactOptions): Promise<string> {
  const id = await findContact(who);
  if (id !== undefined) return id;
  throw unknownContact();
}

/** Does not repeat who was asked for: answers end in logs. */
function unknownContact(): ApiProblem {
  return new ApiProblem(
    404,
    'contact_unknown',
    'There is no such contact. It is found by its own id, by a user id or anonymous id, or by its e-mail address.',
  );
}

function momentOf(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

type Messages = Awaited<ReturnType<App['people']['messages']>>['messages'];

function withTimes({ owed_at, sent_at, due_at, ...message }: Messages[number]) {
  return { ...message, owed_at: iso(owed_at), sent_at: iso(sent_at), due_at: iso(due_at) };
}

function iso(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

const TAG = 'Contacts';
const moment = z.iso.datetime({ offset: true });
const reason = z.object({ en: z.string(), es: z.string() });
const params = z.object({
  id: z.string().describe("Etapa's id of a contact, an id of yours, or its e-mail address."),
});

const messagesQuery = pageQuery.extend({
  from: moment.optional().describe('Seven days before `to` when absent.'),
  to: moment.optional().describe('Now when absent; what is owed or sent just then is not in it.'),
});

const message = z.object({
  id: z.uuid(),
  message: z.string(),
  workflow: z.string(),
  channel: z.string(),
  purpose: z.enum(['promotion', 'service']),
  state: z.enum(MESSAGE_STATES).describe('`suppressed`: held back.'),
  owed_at: moment,
  sent_at: moment.nullable(),
  due_at: moment.nullable().describe('When it is tried next, while it waits.'),
  subject: z.string().nullable(),
  tone: z.string(),
  tone_because: reason,
  because: reason
    .nullable()
    .describe('Why it was held back, refused or left uncertain, or what it waits for.'),
});

const MESSAGES = {
  tag: TAG,
  summary: 'Read what a contact was sent, and what was held back and why',
  description: 'Newest first, by the moment of sending, or of being owed where nothing was sent.',
  params,
  query: messagesQuery,
  answers: {
    200: {
      description: 'A page',
      holds: z.object({ messages: z.array(message), next: z.string().nullable() }),
    },
  },
};

const EXPORT = {
  tag: TAG,
  summary: 'Read everything that is kept of a person',
  description:
    'GDPR art. 15 and 20. The document is written while it is read, so that it may be of any length.',
  params,
  answers: { 200: { description: 'The document', holds: personExport } },
};

const erased = z.object({
  contact_id: z.uuid(),
  contacts: z.int().describe('It, and those that were merged into it.'),
  events: z.int().describe('How many were deleted.'),
  messages_kept: z.int().describe('Kept for figures, without anything of the person.'),
  messages_deleted: z.int().describe('Not sent, and not to be sent any more.'),
  addresses: z.int().describe('How many addresses are suppressed from now on, by hashes.'),
  others: z
    .array(z.uuid())
    .describe('Other contacts that have one of these addresses. They were not touched.'),
});

const ERASE = {
  tag: TAG,
  summary: 'Erase a person',
  description:
    'GDPR art. 17. It cannot be undone. Contacts that were merged into this one are erased with it.',
  params,
  answers: { 200: { description: 'Nothing leads to the person any more', holds: erased } },
};
