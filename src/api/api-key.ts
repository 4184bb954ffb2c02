import { ApiProblem } from './problem.ts';
import { findWriteKey } from './segment/write-key.ts';

export interface KnownKey {
  readonly id: string;
  readonly scope: 'events' | 'api';
}

/**
 * Who asks, by `Authorization: Bearer <key>`, or with the key as user name of Basic authentication.
 *
 * @returns the id of the key.
 * @throws ApiProblem with 401, or with 403 for a key that may only send events.
 */
export async function requireApiKey(
  authorization: string | undefined,
  find: (key: string) => Promise<KnownKey | undefined>,
): Promise<string> {
  const key = bearer(authorization) ?? findWriteKey(authorization, undefined);
  if (key === undefined)
    throw new ApiProblem(401, 'key_missing', 'Send a key of scope "api" as "Authorization: Bearer <key>".');
  const known = await find(key);
  if (!known)
    throw new ApiProblem(
      401,
      'key_unknown',
      'This key is not known here. Make one with "etapa keys create <name> --scope api".',
    );
  if (known.scope === 'api') return known.id;
  throw new ApiProblem(
    403,
    'key_of_other_scope',
    'This key may only send events. Make one for this with "etapa keys create <name> --scope api".',
  );
}

function bearer(authorization: string | undefined): string | undefined {
  return /^bearer +([\x21-\x7e]{1,255}) *$/i.exec(authorization ?? '')?.[1];
}
