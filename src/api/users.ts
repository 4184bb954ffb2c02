/** Who may sign in to the console. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { ROLES } from '../core/access/roles.ts';
import type { App } from '../app.ts';
import { requireUser, type Access } from './access.ts';
import { noteSubject } from './audit-trail.ts';
import { idOr404 } from './id-or-404.ts';
import { visitorOf } from './session.ts';
import type { SessionCookie } from './session-cookie.ts';
import { personName } from './session/shapes.ts';
import { orUserProblem } from './user-problem.ts';
import { invited, user, users, type Invited, type User, type Users } from './users/shapes.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface UserOptions extends Pick<App, 'accounts' | 'sessions'> {
  readonly access: Access;
  readonly cookie: SessionCookie;
}

type ById = { Params: { id: string } };

const inviteAsked = z.strictObject({ email: z.string().max(254), name: personName, role: z.enum(ROLES) });
const changeAsked = z.strictObject({
  name: personName.optional(),
  role: z.enum(ROLES).optional(),
  disabled: z.boolean().optional().describe('true: may not sign in, and is signed out everywhere.'),
});
const passwordAsked = z.strictObject({ old: z.string().max(1000), password: z.string().max(1000) });

export function userRoutes({ access, accounts, cookie, sessions }: UserOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'manage');

    app.get('/v1/users', documentedBy(LISTED), async ({ query }): Promise<Users> => {
      const { limit, cursor } = readAs(pageQuery, query);
      const found = await accounts.page(readCursor(cursor, z.tuple([z.string()]))?.[0] ?? null, limit + 1);
      const list = found.slice(0, limit);
      const last = list.at(-1);
      return {
        users: list.map(toAnswer),
        next: writeCursor(last && found.length > limit ? [last.email] : null),
      };
    });

    app.post('/v1/users', documentedBy(INVITE), async (request, reply): Promise<Invited> => {
      const made = await orUserProblem(reply, accounts.invite(readAs(inviteAsked, request.body)));
      noteSubject(request, made.user.id);
      reply.code(201).header('cache-control', 'no-store');
      return toInvited(made);
    });

    app.post<ById>(
      '/v1/users/:id/invitation',
      documentedBy(AGAIN),
      async ({ params }, reply): Promise<Invited> => {
        reply.header('cache-control', 'no-store');
        return toInvited(await orUserProblem(reply, accounts.inviteAgain(idOr404(params.id))));
      },
    );

    app.patch<ById>('/v1/users/:id', documentedBy(CHANGE), async ({ params, body }, reply): Promise<User> => {
      const change = readAs(changeAsked, body);
      return toAnswer(await orUserProblem(reply, accounts.change(idOr404(params.id), change)));
    });

    app.delete<ById>('/v1/users/:id', documentedBy(REMOVE), async ({ params }, reply) => {
      await orUserProblem(reply, accounts.remove(idOr404(params.id)));
      return reply.code(204).send();
    });

    app.post('/v1/users/me/password', documentedBy(PASSWORD), async (request, reply) => {
      const { session } = await requireUser(access, request);
      const { old, password: fresh } = readAs(passwordAsked, request.body);
      await orUserProblem(reply, accounts.changePassword(session.user_id, { old, fresh, ip: request.ip }));
      const { token } = await sessions.open(session.user_id, visitorOf(request));
      cookie.give(reply, token);
      return reply.code(204).send();
    });
  };
}

type Listed = Awaited<ReturnType<App['accounts']['page']>>[number];

function toAnswer({ created_at, last_seen_at, ...rest }: Listed): User {
  return {
    ...rest,
    created_at: new Date(created_at).toISOString(),
    last_seen_at: last_seen_at === null ? null : new Date(last_seen_at).toISOString(),
  };
}

function toInvited(made: Awaited<ReturnType<App['accounts']['invite']>>): Invited {
  return { user: toAnswer(made.user), link: made.link, expires_at: new Date(made.expires_at).toISOString() };
}

const TAG = 'Users';
const BY_ID = z.object({ id: z.uuid() });
const LAST_OWNER = 'The last owner stays one: else 409.';

const LISTED = {
  tag: TAG,
  summary: 'List who may sign in, by their e-mail addresses',
  query: pageQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: users } },
};

const INVITE = {
  tag: TAG,
  summary: 'Invite somebody',
  body: inviteAsked,
  answers: { 201: { description: 'Hand the link over', holds: invited } },
};

const AGAIN = {
  tag: TAG,
  summary: 'Make another link, for somebody who lost the first one or the password',
  params: BY_ID,
  answers: { 200: { description: 'Hand the link over', holds: invited } },
};

const CHANGE = {
  tag: TAG,
  summary: 'Change what somebody is called or may do, or whether they may sign in',
  description: `It holds at once, also in sessions that are open. ${LAST_OWNER}`,
  params: BY_ID,
  body: changeAsked,
  answers: { 200: { description: 'As it is now', holds: user } },
};

const REMOVE = {
  tag: TAG,
  summary: 'Remove somebody',
  description: `What they did stays in the audit log, by their id. ${LAST_OWNER}`,
  params: BY_ID,
  answers: { 204: { description: 'They are signed out everywhere, and gone' } },
};

const PASSWORD = {
  tag: TAG,
  right: 'read' as const,
  summary: 'Change your own password',
  description: 'All your sessions end; this browser gets a new one.',
  body: passwordAsked,
  answers: { 204: { description: 'The new one holds' } },
};
