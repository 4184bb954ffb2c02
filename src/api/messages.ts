/** Messages by the API: what went out, what was held back and what died, with why; and trying the dead again. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { MESSAGE_STATES } from '../core/messages/message.ts';
import {
  DEAD,
  type ListedMessage,
  type MessageLife,
  type MessageList,
  type RetryRefusal,
} from '../engine/message-list.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { LISTED, ONE, RETRIED, RETRIED_MANY } from './messages/documentation.ts';
import { cursorOf, readQuery, readRetry, readRetryMany } from './messages/query.ts';
import type { Message, MessagePage, RetriedMessages, WholeMessage } from './messages/shapes.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, prepareZodRoutes } from './zod-routes.ts';

export interface MessageOptions {
  readonly access: Access;
  /** The id of a contact that is known by this id, an id of the shop, or an e-mail address. */
  contactOf(who: string): Promise<string | undefined>;
  readonly messages: MessageList;
}

type One = { Params: { id: string } };

/** GET /v1/messages, GET /v1/messages/:id, POST /v1/messages/:id/retry, POST /v1/messages/retry */
export function messageRoutes({ access, contactOf, messages }: MessageOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'people');
    app.get('/v1/messages', documentedBy(LISTED), ({ query }) => list(query, messages, contactOf));
    app.get<One>('/v1/messages/:id', documentedBy(ONE), ({ params }) => one(params.id, messages));
    app.post<One>('/v1/messages/:id/retry', documentedBy(RETRIED), async ({ params, body }, reply) => {
      await retry(params.id, body, messages);
      return reply.code(202).send(await one(params.id, messages));
    });
    app.post('/v1/messages/retry', documentedBy(RETRIED_MANY), async ({ body }, reply) =>
      reply.code(202).send(await retryMany(body, messages)),
    );
  };
}

async function list(
  query: unknown,
  messages: MessageList,
  contactOf: MessageOptions['contactOf'],
): Promise<MessagePage> {
  const { state, contact, cursor: behind, ...filter } = readQuery(query);
  const contact_id = contact === undefined ? undefined : await contactOf(contact);
  if (contact !== undefined && contact_id === undefined)
    throw new ApiProblem(422, 'contact_unknown', `contact: nobody is known here as "${contact}".`);
  const asked = state ?? (contact_id === undefined ? DEAD : []);
  const states = MESSAGE_STATES.every((each) => asked.includes(each)) ? [] : asked;
  const page = await messages.list({ ...filter, states, contact_id, behind });
  return {
    messages: page.messages.map(told),
    next_cursor: page.next && cursorOf(page.next),
    looked_back_to: iso(page.looked_back_to),
  };
}

async function one(id: string, messages: MessageList): Promise<WholeMessage> {
  const found = z.guid().safeParse(id).success ? await messages.find(id) : undefined;
  if (found) return { ...told(found), ...toldLife(await messages.life(found)) };
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

/** One after the other: each is a transaction of its own, and what cannot be tried again keeps none of the others. */
async function retryMany(body: unknown, messages: MessageList): Promise<RetriedMessages> {
  const { ids, ...options } = readRetryMany(body);
  const answer: RetriedMessages = { on_their_way: [], left_alone: [] };
  for (const id of new Set(ids)) {
    const retried = await messages.retry(id, options);
    if (retried.ok) answer.on_their_way.push(id);
    else answer.left_alone.push({ id, code: retried.code, message: retried.sentence });
  }
  return answer;
}

function told({ owed_at, due_at, sent_at, ...message }: ListedMessage): Message {
  return { ...message, owed_at: iso(owed_at), due_at: iso(due_at), sent_at: iso(sent_at) };
}

function toldLife({
  touches,
  reports,
  run,
}: MessageLife): Pick<WholeMessage, 'touches' | 'reports' | 'run_now'> {
  return {
    touches: touches.map((touch) => ({ ...touch, at: iso(touch.at) })),
    reports: reports.map((report) => ({ ...report, at: iso(report.at) })),
    run_now: run && { ...run, entered_at: iso(run.entered_at), ended_at: iso(run.ended_at) },
  };
}
