import { headerOf } from './proof.ts';
import type { ProviderRequest } from './provider.ts';

/**
 * The body as JSON, or as the fields of a form.
 * @throws SyntaxError where it is neither
 */
export function parseBody({ headers, body }: ProviderRequest): unknown {
  const text = new TextDecoder('utf-8').decode(body);
  const is_form = /^application\/x-www-form-urlencoded\b/i.test(headerOf(headers, 'content-type'));
  return is_form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
}
