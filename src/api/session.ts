/** Signing in and out, setting up the first owner, and links that let choose a password. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { rightsOf } from '../core/access/roles.ts';
import type { SignedIn } from '../core/access/user.ts';
import { oneLine } from '../core/one-line.ts';
import { TooManyTries } from '../engine/passwords.ts';
import type { App } from '../app.ts';
import { rememberWho, requireUser, whoOf, type Access, type Who } from './access.ts';
import { actionOf, addressOf, noteSubject } from './audit-trail.ts';
import { ApiProblem } from './problem.ts';
import { prepareJsonRoutes } from './json-routes.ts';
import { refuseForeign } from './same-site.ts';
import type { SessionCookie } from './session-cookie.ts';
import {
  acceptAsked,
  invitation,
  me,
  setUpAsked,
  setUpState,
  signInAsked,
  type Invitation,
  type Me,
  type SetUpState,
} from './session/shapes.ts';
import { orUserProblem } from './user-problem.ts';
import { documentedBy, readAs } from './zod-routes.ts';

export interface SessionOptions extends Pick<App, 'accounts' | 'sessions' | 'audit'> {
  readonly access: Access;
  readonly cookie: SessionCookie;
  /** Whoever comes is signed in as the owner of the demo. */
  readonly demo: boolean;
}

type ByToken = { Params: { token: string } };

export function sessionRoutes(options: SessionOptions): FastifyPluginAsync {
  const { access, accounts, audit, cookie, demo, sessions } = options;
  return async (app: FastifyInstance) => {
    prepareJsonRoutes(app);
    // What stands behind these doors is asked by people alone, from our own pages.
    app.addHook('onRequest', async (request) => refuseForeign(request));

    app.get('/v1/session', documentedBy(WHO), async (request, reply): Promise<Me> => {
      reply.header('cache-control', 'no-store');
      if (request.headers.authorization !== undefined) return tellKey(await access(request, 'read'));
      const token = cookie.read(request);
      const open = token === undefined ? undefined : await sessions.find(token);
      if (open) return tellMe(open.user);
      if (demo && isAtHome(request)) return signIn(request, reply, await accounts.demoOwner());
      throw new ApiProblem(401, 'not_signed_in', 'Nobody is signed in here.');
    });

    app.post('/v1/session', documentedBy(SIGN_IN), async (request, reply): Promise<Me> => {
      const tried = { ...readAs(signInAsked, request.body), ip: request.ip };
      const user = await orUserProblem(
        reply,
        accounts.signIn(tried).catch(async (error: unknown) => {
          // Of those that are too many nothing is written, or a flood would fill the log.
          if (!(error instanceof TooManyTries)) await writeFailure(request);
          throw error;
        }),
      );
      return signIn(request, reply, user);
    });

    app.delete('/v1/session', documentedBy(SIGN_OUT), async (request, reply) => {
      const { session } = await requireUser(access, request);
      await sessions.end(session.id);
      cookie.takeAway(reply);
      return reply.code(204).send();
    });

    app.get('/v1/set-up', documentedBy(SET_UP_STATE), async (): Promise<SetUpState> => {
      return { wanted: await accounts.wantsSetUp() };
    });

    app.post('/v1/set-up', documentedBy(SET_UP), async (request, reply): Promise<Me> => {
      // After the first user it says so, whatever else is asked.
      if (!(await accounts.wantsSetUp()))
        throw new ApiProblem(409, 'set_up_before', 'Etapa was set up before. Sign in.');
      const { token, ...given } = readAs(setUpAsked, request.body);
      return signIn(request, reply, await orUserProblem(reply, accounts.setUp(token, given)));
    });

    app.get<ByToken>(
      '/v1/invitations/:token',
      documentedBy(INVITATION),
      async ({ params }, reply): Promise<Invitation> => {
        reply.header('cache-control', 'no-store');
        const link = await accounts.findLink(params.token);
        if (!link?.user) throw new ApiProblem(404, 'link_used_up', LINK_USED_UP);
        const { email, name, state } = link.user;
        const expires_at = new Date(link.expires_at).toISOString();
        return { email, name, is_new: state === 'invited', expires_at };
      },
    );

    app.post<ByToken>('/v1/invitations/:token', documentedBy(ACCEPT), async (request, reply): Promise<Me> => {
      const given = readAs(acceptAsked, request.body);
      return signIn(request, reply, await orUserProblem(reply, accounts.accept(request.params.token, given)));
    });
  };

  /** A new session whatever the browser had before: one that somebody else put there is never taken up. */
  async function signIn(request: FastifyRequest, reply: FastifyReply, user: SignedIn): Promise<Me> {
    await endFormer(request);
    const { id, token } = await sessions.open(user.id, visitorOf(request));
    cookie.give(reply, token);
    rememberWho(request, whoOf({ id, user }));
    noteSubject(request, user.id);
    return tellMe(user);
  }

  async function endFormer(request: FastifyRequest): Promise<void> {
    const token = cookie.read(request);
    const former = token === undefined ? undefined : await sessions.find(token);
    if (former) await sessions.end(former.id);
  }

  async function writeFailure(request: FastifyRequest): Promise<void> {
    const ip = addressOf(request);
    await audit.write({ actor: 'nobody', action: actionOf(request), detail: { refused: true }, ip });
  }

  function tellKey({ source: id, name, role }: Who): Me {
    return tellMe({ id, name, email: '', role });
  }

  function tellMe({ id, name, email, role }: SignedIn): Me {
    return { user: { id, name, email, role }, rights: [...rightsOf(role)], demo };
  }
}

export function visitorOf(request: FastifyRequest): { user_agent: string; ip: string } {
  return { user_agent: oneLine(request.headers['user-agent'] ?? '', 300), ip: addressOf(request) };
}

/** A name of somebody else's that was made to lead to this machine does not open the demo. */
function isAtHome({ hostname, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  return ['localhost', '127.0.0.1', '[::1]', '::1'].includes(hostname) && site !== 'cross-site';
}

const LINK_USED_UP = 'This link was used, has expired or was never good. Ask for another one.';
const TAG = 'Sessions';
const SIGNED_IN = { 200: { description: 'You are signed in; the cookie says so', holds: me } };
const NEVER_BY_KEY =
  'For browsers: `Sec-Fetch-Site: same-origin`, or an `Origin` that is this host. Programs use a key.';

const WHO = { tag: TAG, summary: 'Read who is signed in and what they may do', answers: SIGNED_IN };

const SIGN_IN = {
  tag: TAG,
  summary: 'Sign in',
  description: `${NEVER_BY_KEY} After too many tries, for a while, the answer is 429 with \`Retry-After\`.`,
  body: signInAsked,
  answers: SIGNED_IN,
};

const SIGN_OUT = {
  tag: TAG,
  summary: 'Sign out',
  answers: { 204: { description: 'The session has ended' } },
};

const SET_UP_STATE = {
  tag: TAG,
  summary: 'Read whether the first owner must be made',
  answers: { 200: { description: 'Whether', holds: setUpState } },
};

const SET_UP = {
  tag: TAG,
  summary: 'Make the first owner, by the link that "etapa start" tells',
  description: NEVER_BY_KEY,
  body: setUpAsked,
  answers: SIGNED_IN,
};

const TOKEN = z.object({ token: z.string() });

const INVITATION = {
  tag: TAG,
  summary: 'Read whom a link is for that lets choose a password',
  params: TOKEN,
  answers: { 200: { description: 'It can be used', holds: invitation } },
};

const ACCEPT = {
  tag: TAG,
  summary: 'Choose a password by a link',
  description: `${NEVER_BY_KEY} All other sessions and links of the user end.`,
  params: TOKEN,
  body: acceptAsked,
  answers: SIGNED_IN,
};
