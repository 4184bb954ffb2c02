/** Who is signed in, and ending that. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mayDo } from '../core/access/roles.ts';
import type { App } from '../app.ts';
import { requireUser, type Access } from './access.ts';
import { idOr404 } from './id-or-404.ts';
import { ApiProblem } from './problem.ts';
import { sessions as sessionPage, type Session, type Sessions } from './sessions/shapes.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface SessionsOptions extends Pick<App, 'sessions'> {
  readonly access: Access;
}

export function sessionListRoutes({ access, sessions }: SessionsOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/sessions', documentedBy(LISTED), (request) => listSessions(request, access, sessions));

    app.delete<{ Params: { id: string } }>('/v1/sessions/:id', documentedBy(END), async (request, reply) => {
      const { role, session: mine } = await requireUser(access, request);
      const of = mayDo(role, 'manage') ? undefined : mine.user_id;
      if (await sessions.end(idOr404(request.params.id), of)) return reply.code(204).send();
      throw new ApiProblem(404, 'session_unknown', 'There is no such session.');
    });
  };
}

async function listSessions(
  request: FastifyRequest,
  access: Access,
  sessions: App['sessions'],
): Promise<Sessions> {
  const { role, session: mine } = await requireUser(access, request);
  const { limit, cursor } = readAs(pageQuery, request.query);
  const after = readCursor(cursor, z.tuple([z.number(), z.uuid()]));
  const user_id = mayDo(role, 'manage') ? undefined : mine.user_id;
  const found = await sessions.page({ user_id, after, limit: limit + 1 });
  const list = found.slice(0, limit);
  const last = list.at(-1);
  return {
    sessions: list.map((one) => toAnswer(one, mine.id)),
    next: writeCursor(last && found.length > limit ? [last.created_at, last.id] : null),
  };
}

type Listed = Awaited<ReturnType<App['sessions']['page']>>[number];

function toAnswer({ created_at, last_seen_at, expires_at, ...rest }: Listed, mine: string): Session {
  return {
    ...rest,
    is_yours: rest.id === mine,
    created_at: new Date(created_at).toISOString(),
    last_seen_at: new Date(last_seen_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
  };
}

const TAG = 'Sessions';

const LISTED = {
  tag: TAG,
  summary: 'List your sessions, newest first; owners see those of all users',
  query: pageQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: sessionPage } },
};

const END = {
  tag: TAG,
  summary: 'End a session of yours, or as an owner of anybody',
  params: z.object({ id: z.uuid() }),
  answers: { 204: { description: 'It is refused from now on' } },
};
