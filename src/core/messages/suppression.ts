import { address } from './address.ts';

/** The channels whose addresses can be suppressed. */
export const SUPPRESSED_CHANNELS = ['email', 'sms'] as const;
export type SuppressedChannel = (typeof SUPPRESSED_CHANNELS)[number];

/** A number as the whole world dials it (ITU-T E.164). */
const NUMBER = /^\+[1-9]\d{5,14}$/;

/**
 * What somebody writes who wants nothing more to be sent there: an address, or `@example.org` for all of a domain.
 *
 * @returns it in lower case, or undefined where no such address is written to.
 */
export function suppressible(channel: SuppressedChannel, text: string): string | undefined {
  const written = text.trim();
  if (channel === 'sms') return NUMBER.test(written) ? written : undefined;
  if (!written.startsWith('@')) return address(written)?.toLowerCase();
  return address(`x${written}`)?.slice(1);
}
