/** Messages by the API: those that died first, and trying one of them again. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { DEAD, type ListedMessage, type MessageList, type RetryRefusal } from '../engine/message-list.ts';
import type { Access } from './access.ts';
import { LIST_DOCUMENTATION, ONE_DOCUMENTATION, RETRY_DOCUMENTATION } from './messages/documentation.ts';
import { cursorOf, readQuery, readRetry } from './messages/query.ts';
import { AS_IT_IS, prepareJsonRoutes } from './json-routes.ts';
import { ApiProblem } from './problem.ts';

export interface MessageOptions {
  readonly access: Access;
  /** The id of a contact that is known by this id, an id of the shop, or an e-mail address. */
  contactOf(who: string): Promise<string | undefined>;
  readonly messages: MessageList;
}

type One = { Params: { id: string } };

/** GET /v1/messages, GET /v1/messages/:id, POST /v1/messages/:id/retry */
export function messageRoutes({ access, contactOf, messages }: MessageOptions): FastifyPluginAsync {
  return async (app) => {
    prepareJsonRoutes(app);
    app.addHook('onRequest', async (request) => {
      await access(request, 'people');
    });
    app.get('/v1/messages', { schema: LIST_DOCUMENTATION, config: AS_IT_IS }, ({ query }) =>
      list(query, messages, contactOf),
    );
    app.get<One>('/v1/messages/:id', { schema: ONE_DOCUMENTATION, config: AS_IT_IS }, ({ params }) =>
      one(params.id, messages),
    );
    app.post<One>(
      '/v1/messages/:id/retry',
      { schema: RETRY_DOCUMENTATION, config: AS_IT_IS, bodyLimit: 1024 },
      async ({ params, body }, reply) => {
        await retry(params.id, body, messages);
        return reply.code(202).send(await one(params.id, messages));
      },
    );
  };
}

async function list(query: unknown, messages: MessageList, contactOf: MessageOptions['contactOf']) {
  const { state, channel, contact, limit, cursor: behind } = readQuery(query);
  const contact_id = contact === undefined ? undefined : await contactOf(contact);
  if (contact !== undefined && contact_id === undefined)
    throw new ApiProblem(422, 'contact_unknown', `contact: nobody is known here as "${contact}".`);
  const states = state ?? (contact_id === undefined ? DEAD : []);
  const found = await messages.list({ states, channel, contact_id, behind, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { messages: page.map(told), next_cursor: found.length > limit && last ? cursorOf(last) : null };
}

async function one(id: string, messages: MessageList) {
  const found = z.guid().safeParse(id).success ? await messages.find(id) : undefined;
  if (found) return told(found);
  throw new ApiProblem(404, 'message_unknown', UNKNOWN);
}

const UNKNOWN = 'There is no message with this id.';

async function retry(id: string, body: unknown, messages: MessageList): Promise<void> {
  const options = readRetry(body);
  if (!z.guid().safeParse(id).success) throw new ApiProblem(404, 'message_unknown', UNKNOWN);
  const retried = await messages.retry(id, options);
  if (!retried.ok) throw new ApiProblem(STATUS[retried.code], retried.code, retried.sentence);
}

const STATUS: Readonly<Record<RetryRefusal, 404 | 409>> = {
  message_unknown: 404,
  message_sent: 409,
  message_held_back: 409,
  may_have_arrived: 409,
};

function told({ owed_at, due_at, sent_at, ...message }: ListedMessage) {
  return { ...message, owed_at: moment(owed_at), due_at: moment(due_at), sent_at: moment(sent_at) };
}

function moment(instant: Instant | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
