/** Keys with which shops send events and programs use the API. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { KEY_SCOPES } from '../core/access/roles.ts';
import type { App } from '../app.ts';
import type { Access } from './access.ts';
import { noteSubject } from './audit-trail.ts';
import { keys as keyPage, madeKey, type Key, type Keys, type MadeKey } from './keys/shapes.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface KeyOptions extends Pick<App, 'keys'> {
  readonly access: Access;
}

const createAsked = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scope: z.enum(KEY_SCOPES).default('events'),
});

export function keyRoutes({ access, keys }: KeyOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'manage');

    app.get('/v1/keys', documentedBy(LISTED), async ({ query }): Promise<Keys> => {
      const { limit, cursor } = readAs(pageQuery, query);
      const found = await keys.page(readCursor(cursor, z.tuple([z.number(), z.string()])), limit + 1);
      const list = found.slice(0, limit);
      const last = list.at(-1);
      return {
        keys: list.map(toAnswer),
        next: writeCursor(last && found.length > limit ? [last.created_at, last.id] : null),
      };
    });

    app.post('/v1/keys', documentedBy(MAKE), async (request, reply): Promise<MadeKey> => {
      const { name, scope } = readAs(createAsked, request.body);
      const made = await keys.create(name, scope);
      noteSubject(request, made.id);
      reply.code(201).header('cache-control', 'no-store');
      return { ...made, name, scope };
    });

    app.delete<{ Params: { id: string } }>('/v1/keys/:id', documentedBy(REVOKE), async (request, reply) => {
      const { id } = request.params;
      if (id.includes('\0') || !(await keys.revoke(id)))
        throw new ApiProblem(404, 'key_unknown', 'There is no key in use with this id.');
      noteSubject(request, id);
      return reply.code(204).send();
    });
  };
}

type Listed = Awaited<ReturnType<App['keys']['page']>>[number];

function toAnswer({ id, name, scope, created_at, revoked_at }: Listed): Key {
  return {
    ...{ id, name, scope },
    created_at: new Date(created_at).toISOString(),
    revoked_at: revoked_at === null ? null : new Date(revoked_at).toISOString(),
  };
}

const TAG = 'Keys';

const LISTED = {
  tag: TAG,
  summary: 'List the keys, oldest first',
  query: pageQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: keyPage } },
};

const MAKE = {
  tag: TAG,
  summary: 'Make a key',
  body: createAsked,
  answers: { 201: { description: 'Its text is in this answer, and nowhere else', holds: madeKey } },
};

const REVOKE = {
  tag: TAG,
  summary: 'Revoke a key',
  params: z.object({ id: z.string() }),
  answers: { 204: { description: 'It is refused, in every process after five seconds at most' } },
};
