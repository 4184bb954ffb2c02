/** Pages of other sites can make a browser send its cookies along; what changes something is refused to them. */
import type { FastifyRequest } from 'fastify';
import { ApiProblem } from './problem.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function changesSomething({ method }: FastifyRequest): boolean {
  return !SAFE.has(method);
}

/** @throws ApiProblem, unless a page of ours asks, or nothing is changed. */
export function refuseForeign(request: FastifyRequest): void {
  if (!changesSomething(request)) return;
  if (!isOfOurPages(request))
    throw new ApiProblem(
      403,
      'foreign_request',
      'Only pages of Etapa itself may do this. Programs use a key.',
    );
  // A form of another site can send no JSON.
  if (!isJson(request))
    throw new ApiProblem(415, 'not_json', 'Send JSON, with "content-type: application/json".');
}

/** Browsers write both headers themselves; no page can. Older ones, and http without TLS, know only the second. */
function isOfOurPages({ headers, host }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin = '' } = headers;
  if (site === 'same-origin') return true;
  const is_unsaid = site === undefined || site === 'none';
  return is_unsaid && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function isJson({ headers }: FastifyRequest): boolean {
  const { 'content-type': type, 'content-length': length = '0', 'transfer-encoding': transfer } = headers;
  if (type === undefined) return length === '0' && transfer === undefined;
  return /^application\/json\s*(;|$)/i.test(type);
}
