/** Whoever asks the API proves who it is, and may do what its role may do. */
import type { FastifyRequest } from 'fastify';
import { mayDo, ROLE_OF_API_KEYS, type Right, type Role } from '../core/access/roles.ts';
import { requireApiKey, type KnownKey } from './api-key.ts';
import { ApiProblem } from './problem.ts';

export interface Who {
  /** Kept with what is done: the id of a key. */
  readonly source: string;
  readonly role: Role;
}

/** @throws ApiProblem with 401 for whoever is not known, with 403 for whoever may not. */
export type Access = (request: FastifyRequest, right: Right) => Promise<Who>;

export interface AccessOptions {
  findKey(key: string): Promise<KnownKey | undefined>;
}

export function createAccess({ findKey }: AccessOptions): Access {
  return async (request, right) => {
    const who: Who = {
      source: await requireApiKey(request.headers.authorization, findKey),
      role: ROLE_OF_API_KEYS,
    };
    if (mayDo(who.role, right)) return who;
    throw new ApiProblem(
      403,
      'right_missing',
      `This asks for the right "${right}", which a ${who.role} does not have.`,
    );
  };
}
