import type { IncomingHttpHeaders } from 'node:http';
import { ApiProblem } from './problem.ts';

/** Of what a client calls a request, or a message, so that its repeat is known. */
export const LONGEST_KEY = 100;

/** The header `Idempotency-Key`; undefined where there is none. @throws ApiProblem for one that is too long. */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['idempotency-key'];
  const key = typeof given === 'string' ? given.trim() : '';
  if (key.length <= LONGEST_KEY) return key || undefined;
  throw new ApiProblem(422, 'id_too_long', `The header Idempotency-Key may have ${LONGEST_KEY} characters.`);
}
