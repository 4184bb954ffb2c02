import { address } from './address.ts';
import { phoneNumber } from './phone-number.ts';

/** The channels whose addresses can be suppressed. */
export const SUPPRESSED_CHANNELS = ['email', 'sms'] as const;
export type SuppressedChannel = (typeof SUPPRESSED_CHANNELS)[number];

/**
 * What somebody writes who wants nothing more to be sent there: an address, or `@example.org` for all of a domain.
 *
 * @returns it in the one spelling that it is looked for in, or undefined where no such address is written to.
 */
export function suppressible(channel: SuppressedChannel, text: string): string | undefined {
  const written = text.trim();
  if (channel === 'sms') return phoneNumber(written);
  if (!written.startsWith('@')) return address(written)?.toLowerCase();
  return address(`x${written}`)?.slice(1);
}
