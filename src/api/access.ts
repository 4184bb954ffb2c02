/** Whoever asks the API proves who it is, and may do what its role may do. */
import type { FastifyRequest } from 'fastify';
import { mayDo, ROLE_OF_API_KEYS, type Right, type Role } from '../core/access/roles.ts';
import type { App } from '../app.ts';
import { requireApiKey, type KnownKey } from './api-key.ts';
import { ApiProblem } from './problem.ts';
import { refuseForeign } from './same-site.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface Who {
  /** Kept with what is done: the id of a key, or `user:` with the id of a user. */
  readonly source: string;
  readonly name: string;
  readonly role: Role;
  /** Absent for keys. */
  readonly session?: { readonly id: string; readonly user_id: string };
}

/** @throws ApiProblem with 401 for whoever is not known, with 403 for whoever may not. */
export type Access = (request: FastifyRequest, right: Right) => Promise<Who>;

export interface AccessOptions {
  findKey(key: string): Promise<KnownKey | undefined>;
  readonly sessions: Pick<App['sessions'], 'find'>;
  readonly cookie: SessionCookie;
}

export function createAccess(options: AccessOptions): Access {
  return async (request, right) => {
    const who = whoAsked(request) ?? (await findWho(request, options));
    rememberWho(request, who);
    if (who.session) refuseForeign(request);
    if (mayDo(who.role, right)) return who;
    throw new ApiProblem(
      403,
      'right_missing',
      `This asks for the right "${right}", which a ${who.role} does not have.`,
    );
  };
}

const KNOWN = new WeakMap<FastifyRequest, Who>();

/** Who was found to ask, or has just become known by the request itself. */
export function whoAsked(request: FastifyRequest): Who | undefined {
  return KNOWN.get(request);
}

export function rememberWho(request: FastifyRequest, who: Who): void {
  KNOWN.set(request, who);
}

/** A key counts before a cookie: who sends one means it. */
async function findWho(request: FastifyRequest, { findKey, sessions, cookie }: AccessOptions): Promise<Who> {
  const token = cookie.read(request);
  const has_key = request.headers.authorization !== undefined || token === undefined;
  const open = has_key ? undefined : await sessions.find(token);
  if (open) return whoOf(open);
  const source = await requireApiKey(request.headers.authorization, findKey);
  return { source, name: `key ${source}`, role: ROLE_OF_API_KEYS };
}

type OpenSession = NonNullable<Awaited<ReturnType<App['sessions']['find']>>>;

export function whoOf({ id, user }: OpenSession): Who {
  return { source: `user:${user.id}`, name: user.name, role: user.role, session: { id, user_id: user.id } };
}

/** For what people do about themselves. @throws ApiProblem with 403 for keys. */
export async function requireUser(
  access: Access,
  request: FastifyRequest,
): Promise<Who & { readonly session: NonNullable<Who['session']> }> {
  const who = await access(request, 'read');
  const { session } = who;
  if (session) return { ...who, session };
  throw new ApiProblem(403, 'only_for_users', 'This is for people who sign in; a key cannot do it.');
}
