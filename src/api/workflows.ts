/** Workflows by the API: starting one for a contact. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Identity, IncomingEvent, Instant } from '../core/events/event.ts';
import { plainJson } from '../core/events/segment/plain-json.ts';
import { storedProperties } from '../core/events/segment/properties.ts';
import { pointTo, Refusal } from '../core/events/segment/refusal.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { check, type Finding } from '../core/schema.ts';
import { WORKFLOW_STARTED } from '../core/workflows/step.ts';
import type { Access } from './access.ts';
import { LONGEST_KEY, readIdempotencyKey } from './idempotency-key.ts';
import { AS_IT_IS, prepareJsonRoutes } from './json-routes.ts';
import { ApiProblem } from './problem.ts';
import { START_DOCUMENTATION } from './workflows/documentation.ts';

export interface WorkflowOptions {
  readonly access: Access;
  /** Why nobody can be started in this workflow; undefined where somebody can. */
  whyNotStarted(workflow: string): string | undefined;
  /** By which id of the shop a contact is known; undefined where there is no such contact. */
  identityOf(contact_id: string): Promise<Identity | undefined>;
  /** Resolves when the event is durable. */
  receive(event: IncomingEvent, source: string): Promise<void>;
  now(): Instant | Promise<Instant>;
  newId(): string;
}

const MOST_BYTES = 64 * 1024;
/** `data` stands one level inside the body. */
const DEEPEST = 33;

/** POST /v1/workflows/:id/start */
export function workflowRoutes(options: WorkflowOptions): FastifyPluginAsync {
  return async (app) => {
    prepareJsonRoutes(app);
    app.post<{ Params: { id: string } }>('/v1/workflows/:id/start', {
      schema: START_DOCUMENTATION,
      bodyLimit: MOST_BYTES,
      config: AS_IT_IS,
      async handler(request, reply) {
        await start(request, request.params.id, options);
        return reply.code(202).send({ accepted: true });
      },
    });
  };
}

async function start(request: FastifyRequest, workflow: string, options: WorkflowOptions): Promise<void> {
  const { source } = await options.access(request, 'people');
  const why_not = options.whyNotStarted(workflow);
  if (why_not !== undefined) throw new ApiProblem(404, 'workflow_not_live', why_not);
  const { contact_id, data, ...asked } = readStart(request.body);
  const identity = contact_id === undefined ? asked : await identityOf(contact_id, options);
  const given = asked.message_id ?? readIdempotencyKey(request.headers);
  const now = await options.now();
  const event: IncomingEvent = {
    ...(identity.user_id === undefined ? {} : { user_id: identity.user_id }),
    ...(identity.anonymous_id === undefined ? {} : { anonymous_id: identity.anonymous_id }),
    // A shop may use one id, such as that of an order, for an event and for two workflows.
    message_id: `start:${workflow}:${given ?? options.newId()}`,
    type: 'track',
    name: WORKFLOW_STARTED,
    occurred_at: now,
    received_at: now,
    properties: { workflow, data },
  };
  await options.receive(event, source);
}

async function identityOf(contact_id: string, options: WorkflowOptions): Promise<Identity> {
  const identity = await options.identityOf(contact_id);
  if (identity) return identity;
  throw new ApiProblem(
    422,
    'contact_unknown',
    `There is no contact with the id "${contact_id}".`,
    '/contact_id',
  );
}

function idOf(longest: number) {
  return z
    .union([z.string(), z.number()], { error: 'an id is a text or a number' })
    .transform((id) => String(id).trim())
    .refine((id) => id !== '' && id.length <= longest, {
      error: `an id has between 1 and ${longest} characters`,
    });
}

const startSchema = z
  .strictObject({
    user_id: idOf(255).optional(),
    anonymous_id: idOf(255).optional(),
    contact_id: z
      .uuid({ error: 'a contact\'s id is written like "01931b2e-7a00-7000-8000-000000000001"' })
      .optional(),
    data: z.record(z.string(), z.json()).default({}),
    message_id: idOf(LONGEST_KEY).optional(),
  })
  .refine((asked) => asked.user_id ?? asked.anonymous_id ?? asked.contact_id, {
    error: 'say who it is for: "user_id", "anonymous_id" or "contact_id"',
  })
  .refine((asked) => asked.contact_id === undefined || !(asked.user_id ?? asked.anonymous_id), {
    path: ['contact_id'],
    error: 'a "contact_id" stands alone; leave it out, or "user_id" and "anonymous_id"',
  });

type Start = Omit<z.output<typeof startSchema>, 'data'> & { readonly data: JsonObject };

function readStart(body: unknown): Start {
  const checked = check(startSchema, readPlain(body));
  if (checked.ok) {
    const { data, ...asked } = checked.value;
    return { ...asked, data: storedProperties(data, {}) };
  }
  const [first] = checked.findings;
  const pointer = (first?.path ?? []).reduce<string>(pointTo, '');
  throw new ApiProblem(422, 'field_unusable', `${sentenceOf(first)}.`, pointer);
}

function sentenceOf(finding: Finding | undefined): string {
  const { message = 'this cannot be used', unknown } = finding ?? {};
  return unknown && !unknown.listed ? `${message}; known here: ${unknown.known.join(', ')}` : message;
}

/** Bounded before anything walks through it. */
function readPlain(body: unknown): Json {
  try {
    const plain = plainJson(body ?? {}, '', DEEPEST);
    if (isJsonObject(plain)) return plain;
  } catch (error) {
    if (error instanceof Refusal) throw new ApiProblem(422, error.code, error.message, error.pointer);
    throw error;
  }
  throw new ApiProblem(422, 'not_an_object', 'The body is a JSON object, like { "user_id": "ana" }.', '');
}
