/** The proofs that providers send with their requests, compared in times that do not tell how near a guess was. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../core/events/event.ts';
import type { RequestHeaders, Verdict } from './provider.ts';

/** Empty where the header is absent or comes several times. */
export function headerOf(headers: RequestHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Whether one of the proofs is one of those wanted. All are compared, found or not. */
export function isAmong(given: readonly string[], wanted: readonly string[]): boolean {
  let is_found = false;
  for (const one of given) {
    for (const other of wanted) is_found = isEqual(one, other) || is_found;
  }
  return is_found;
}

/**
 * For providers that sign nothing. A secret is `user:password` of Basic authentication, or a token that comes as
 * `Authorization: Bearer`, as `X-Webhook-Token`, or as the password of whatever user. A repeated request cannot be
 * told from a new one; its events are the same by their ids.
 */
export function verdictOfSharedSecret(headers: RequestHeaders, secrets: readonly string[]): Verdict {
  return isAmong(tokensIn(headers), secrets) ? 'genuine' : 'forged';
}

/** @param tolerance how far the time of signing may be from now, in milliseconds */
export function verdictOf(
  is_genuine: boolean,
  signed_at: Instant,
  now: Instant,
  tolerance = FIVE_MINUTES,
): Verdict {
  if (!is_genuine) return 'forged';
  // The other way round, a time that is no number would be fresh.
  return Math.abs(now - signed_at) <= tolerance ? 'genuine' : 'stale';
}

/** Seconds since the epoch as digits; not a number for anything else. */
export function signedAt(seconds: string): Instant {
  return /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : Number.NaN;
}

const FIVE_MINUTES = 5 * 60_000;

/** Texts of any lengths; nothing equals an empty one. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other)) && other !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function tokensIn(headers: RequestHeaders): readonly string[] {
  const [, scheme = '', credentials = ''] =
    /^(basic|bearer) +(\S+)$/i.exec(headerOf(headers, 'authorization')) ?? [];
  const token = headerOf(headers, 'x-webhook-token');
  if (scheme.toLowerCase() !== 'basic') return [credentials, token];
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return [pair, pair.slice(pair.indexOf(':') + 1), token];
}
