/** The doors for events: Segment's HTTP Tracking API, so that its client libraries work unchanged. */
// Brings the types of `config.swaggerTransform`.
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingEvent, Instant } from '../core/events/event.ts';
import { readCalls } from '../core/events/segment.ts';
import type { Calls, Endpoint, Rejected } from '../core/events/segment.ts';
import { documentRoute } from './segment/documentation.ts';
import { Problem, answerProblem } from './segment/problem.ts';
import { readBody } from './segment/read-body.ts';
import { findWriteKey } from './segment/write-key.ts';

export interface SegmentOptions {
  /** The id of the source that this write key belongs to; undefined for an unknown key. */
  authenticate(writeKey: string): Promise<string | undefined>;
  /** Resolves when the events are durable; a rejection becomes a 503. */
  receive(events: IncomingEvent[], source: string): Promise<void>;
  /** Keeps calls that were not taken, for the debugger. Comes before `receive`, so it may see a retried call twice. */
  reject(rows: Rejected[], source: string): Promise<void>;
  now(): Instant | Promise<Instant>;
  newId(): string;
}

const CALL_BYTES = 32 * 1024;
const BATCH_BYTES = 500 * 1024;

/** Each endpoint with the short path that browser libraries use. */
const PATHS: readonly (readonly [endpoint: Endpoint, short?: string])[] = [
  ['identify', 'i'],
  ['track', 't'],
  ['page', 'p'],
  ['screen', 's'],
  ['group', 'g'],
  ['alias', 'a'],
  ['batch', 'b'],
  ['import'],
];

/** POST /v1/{identify,track,page,screen,group,alias,batch,import} and /v1/{i,t,p,s,g,a,b}. */
export function segmentRoutes(options: SegmentOptions): FastifyPluginAsync {
  return async (app) => {
    acceptAnyContentType(app);
    // The schemas are documentation: a call with mistakes must reach `readCalls` and still get its 200.
    app.setValidatorCompiler(() => () => true);
    app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
    app.setErrorHandler(answerProblem);
    app.addHook('onRequest', allowEveryOrigin);
    for (const [endpoint, short] of PATHS) {
      addRoute(app, `/v1/${endpoint}`, endpoint, options, documentRoute(endpoint));
      if (short !== undefined) addRoute(app, `/v1/${short}`, endpoint, options, { hide: true });
    }
  };
}

function acceptAnyContentType(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request: FastifyRequest, bytes: Buffer) =>
    readBody(bytes, request.headers['content-encoding'], request.routeOptions.bodyLimit),
  );
}

/** Shops post from their own pages. Nothing here is read with cookies, so every origin may. */
async function allowEveryOrigin(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'Retry-After');
}

function addRoute(
  app: FastifyInstance,
  url: string,
  endpoint: Endpoint,
  options: SegmentOptions,
  schema: Readonly<Record<string, unknown>>,
): void {
  app.post(url, {
    schema,
    bodyLimit: endpoint === 'batch' || endpoint === 'import' ? BATCH_BYTES : CALL_BYTES,
    // These are JSON Schemas, whatever the rest of the API documents itself with.
    config: { swaggerTransform: ({ schema: documented, url: path }) => ({ schema: documented, url: path }) },
    handler: (request) => takeCalls(request, endpoint, options),
  });
  app.options(url, { schema: { hide: true }, handler: answerPreflight });
}

function answerPreflight(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', 'POST, OPTIONS')
    .header('access-control-allow-headers', 'Authorization, Content-Type, Content-Encoding, X-Retry-Count')
    .header('access-control-max-age', '86400')
    .send();
}

async function takeCalls(
  request: FastifyRequest,
  endpoint: Endpoint,
  options: SegmentOptions,
): Promise<{ success: true }> {
  if (request.body === undefined) throw new Problem(400, 'invalid_json', 'The body is empty; send JSON.');
  const source = await findSource(request, options);
  const calls = readCalls(request.body, endpoint, {
    received_at: await options.now(),
    new_id: options.newId,
  });
  if (isStrict(request)) refuseMistakes(calls);
  // Rejected calls first: should storing the events fail, the client sends all again and nothing is stored twice.
  if (calls.rejected.length > 0) await options.reject(calls.rejected, source);
  if (calls.accepted.length > 0) await options.receive(calls.accepted, source);
  return { success: true };
}

async function findSource(request: FastifyRequest, options: SegmentOptions): Promise<string> {
  const key = findWriteKey(request.headers.authorization, request.body);
  if (key === undefined) {
    throw new Problem(401, 'write_key_missing', 'Send the write key as user name of Basic authentication.');
  }
  const source = await options.authenticate(key);
  if (source !== undefined) return source;
  throw new Problem(401, 'write_key_unknown', 'This write key is not known; take one from the settings.');
}

function isStrict(request: FastifyRequest): boolean {
  const { strict } = request.query as { readonly strict?: unknown };
  return strict === '1' || strict === 'true';
}

function refuseMistakes(calls: Calls): void {
  const { rejected } = calls;
  if (rejected.length === 0) return;
  const message = `Nothing was stored: ${rejected.length} of the calls cannot be taken.`;
  throw new Problem(400, 'calls_rejected', message, rejected);
}
