import { createHmac } from 'node:crypto';
import type { Instant } from '../core/events/event.ts';

/**
 * The headers by which the other side can tell that a call is ours, new, and not one that it has had already
 * (https://www.standardwebhooks.com, version 1). One signature for each secret, so that a secret can be exchanged.
 */
export function signatureHeaders(
  id: string,
  at: Instant,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
