/** Routes for keys of scope `api` whose shapes are zod schemas: read by them, and documented by them. */
import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import { z } from 'zod';
import { pointTo } from '../core/events/segment/refusal.ts';
import { check } from '../core/schema.ts';
import type { Right } from '../core/access/roles.ts';
import type { Access } from './access.ts';
import { AS_IT_IS, prepareJsonRoutes } from './json-routes.ts';
import { ApiProblem } from './problem.ts';

export interface Documented {
  readonly tag: string;
  /** Absent: the one that the routes of its file usually ask for. */
  readonly right?: Right;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What the answer holds, by its status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly holds?: z.ZodType }>>;
}

/** Nobody who may not comes as far as a handler; `usually` is the right that routes ask for which name none. */
export function prepareZodRoutes(app: FastifyInstance, access: Access, usually: Right): void {
  prepareJsonRoutes(app);
  app.addHook('onRequest', async (request) => {
    const { right = usually } = request.routeOptions.config as { readonly right?: Right };
    await access(request, right);
  });
}

const MOST_BYTES = 64 * 1024;

/** The options of such a route. */
export function documentedBy(documented: Documented): RouteShorthandOptions {
  const { tag, right, summary, description, params, query, body, answers } = documented;
  const schema = {
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: [{ apiKey: [] }],
    ...(params ? { params: jsonSchema(params, 'input') } : {}),
    ...(query ? { querystring: jsonSchema(query, 'input') } : {}),
    ...(body ? { body: jsonSchema(body, 'input') } : {}),
    response: Object.fromEntries(
      Object.entries({ ...REFUSALS, ...answers }).map(([status, { description: told, holds }]) => [
        status,
        { description: told, ...(holds ? jsonSchema(holds, 'output') : { type: 'null' }) },
      ]),
    ),
  };
  return {
    schema,
    bodyLimit: MOST_BYTES,
    config: { ...AS_IT_IS, ...(right && { right }) },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  return z.toJSONSchema(schema, { io, target: 'openapi-3.0', unrepresentable: 'any' });
}

export const PROBLEM = z.object({
  error: z.object({ code: z.string(), message: z.string(), pointer: z.string().optional() }),
});

const REFUSALS: Documented['answers'] = {
  401: { description: 'No key, or an unknown one', holds: PROBLEM },
  403: { description: 'A key that may only send events', holds: PROBLEM },
  404: { description: 'There is no such thing', holds: PROBLEM },
  422: { description: 'Something is not as it should be; `pointer` says what', holds: PROBLEM },
  503: { description: 'Not now: ask again after Retry-After seconds', holds: PROBLEM },
};

/** @throws ApiProblem with the first thing that is wrong. */
export function readAs<T>(schema: z.ZodType<T>, given: unknown): T {
  const checked = check(schema, given ?? {});
  if (checked.ok) return checked.value;
  const [first] = checked.findings;
  const { message = 'this cannot be used', path = [], unknown } = first ?? {};
  const known = unknown && !unknown.listed ? `; known here: ${unknown.known.join(', ')}` : '';
  throw new ApiProblem(422, 'field_unusable', `${message}${known}.`, path.reduce<string>(pointTo, ''));
}

/** How many, of a list that is read page by page. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(1000).optional().describe('`next` of the page before; absent for the first one'),
});

/** Of what a cursor holds, its reader alone knows. */
export function writeCursor(place: readonly (string | number)[] | null): string | null {
  return place === null ? null : Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Null for the first page. @throws ApiProblem for what was not written here. */
export function readCursor<T>(cursor: string | undefined, place: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  const read = place.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (read.success) return read.data;
  throw new ApiProblem(422, 'cursor_unknown', 'Send the "next" of the page before as it is, as "cursor".');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
