/** Contacts: who there is, one of them with every why, what people change about one, and what a person may ask for. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import { MESSAGE_STATES } from '../core/messages/message.ts';
import type { StoredContact } from '../engine/ports.ts';
import { iso } from './iso.ts';
import { noteSubject } from './audit-trail.ts';
import { changeRoutes, type ChangeOptions } from './contacts/changes.ts';
import { personExport } from './contacts/export-shape.ts';
import { listRoutes, type ListOptions } from './contacts/list.ts';
import { personRoutes, type PersonOptions } from './contacts/person.ts';
import { contactParams, unknownContact, type Who } from './contacts/who.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface ContactOptions
  extends ListOptions, Omit<PersonOptions, 'find' | 'contacts'>, Omit<ChangeOptions, 'find' | 'contacts'> {
  readonly people: App['people'];
  readonly contacts: App['contacts'];
}

export function contactRoutes(options: ContactOptions): FastifyPluginAsync {
  const { people, access, now } = options;
  const found = (who: string): Promise<StoredContact> => findStored(who, options);
  const find = async (who: string): Promise<string> => (await found(who)).contact.id;
  return async (app) => {
    prepareZodRoutes(app, access, 'people');
    app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    listRoutes(app, options);
    personRoutes(app, { ...options, find: found });
    changeRoutes(app, { ...options, find: found });

    app.get<Who>('/v1/contacts/:id/messages', documentedBy(MESSAGES), async ({ params, query }) => {
      const { from, to, limit, cursor } = readAs(messagesQuery, query);
      const id = await find(params.id);
      const until = momentOf(to) ?? (await now()) + 1;
      const page = await people.messages(id, {
        from: momentOf(from) ?? until - WEEK,
        to: until,
        after: readCursor(cursor, z.tuple([z.number(), z.uuid()])),
        limit,
      });
      return { messages: page.messages.map(withTimes), next: writeCursor(page.next) };
    });

    app.get<Who>('/v1/contacts/:id/export', documentedBy(EXPORT), async (request, reply) => {
      const id = await find(request.params.id);
      noteSubject(request, id);
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="contact-${id}.json"`)
        .send(Readable.from(people.export(id, await now())));
    });

    app.delete<Who>('/v1/contacts/:id', documentedBy(ERASE), (request) => erase(request, options));
  };
}

async function erase(request: FastifyRequest<Who>, options: ContactOptions) {
  const { source } = await options.access(request, 'people');
  const { id: contact_id } = (await findStored(request.params.id, options)).contact;
  noteSubject(request, contact_id);
  const erased = await options.people.erase({ contact_id, source, at: await options.now() });
  if (erased) return erased;
  throw unknownContact();
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** By its id, by an id of the shop, or by its e-mail address. */
async function findStored(who: string, { reader }: ContactOptions): Promise<StoredContact> {
  // No text of PostgreSQL holds the sign that ends texts elsewhere.
  const stored = who.includes('\0') ? undefined : await reader.findContact(who);
  if (stored) return stored;
  throw unknownContact();
}

function momentOf(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

type Messages = Awaited<ReturnType<App['people']['messages']>>['messages'];

function withTimes({ owed_at, sent_at, due_at, ...message }: Messages[number]) {
  return { ...message, owed_at: iso(owed_at), sent_at: iso(sent_at), due_at: iso(due_at) };
}

const TAG = 'Contacts';
const moment = z.iso.datetime({ offset: true });
const reason = z.object({ en: z.string(), es: z.string() });
const params = contactParams;

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
