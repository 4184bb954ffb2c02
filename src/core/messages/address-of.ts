import type { Contact } from '../contacts/contact.ts';
import { address } from './address.ts';
import { phoneNumber } from './phone-number.ts';

/**
 * Where a channel finds the contact: the field `email`, the field `phone`, or the contact itself where no address is
 * needed. As it was written where it cannot be used; undefined where there is none.
 */
export function addressOf(contact: Contact, channel: string): string | undefined {
  if (channel === 'chat' || channel === 'webhook') return contact.id;
  const value = contact.profile.fields[addressField(channel)]?.value;
  return typeof value === 'string' && value !== '' ? spelled(channel, value) : undefined;
}

/** Which field of a contact holds the address. */
export function addressField(channel: string): string {
  return channel === 'sms' ? 'phone' : channel;
}

/** One number has one spelling, so that who is suppressed cannot come back in another. */
export function spelled(channel: string, value: string): string {
  return channel === 'sms' ? (phoneNumber(value) ?? value) : value;
}

/** The address, if it can be used and is of one recipient alone. */
export function soleAddress(contact: Contact, channel: string): string | undefined {
  const written = addressOf(contact, channel);
  if (written === undefined || channel === 'chat' || channel === 'webhook') return written;
  return channel === 'sms' ? phoneNumber(written) : address(written);
}
