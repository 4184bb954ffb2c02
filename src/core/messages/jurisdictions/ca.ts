import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * Canada. CASL: consent that is express, or implied by a purchase, with records of it; sender and mailing address,
 * valid for 60 days; a way out that is free, needs no log-in, works for 60 days and is followed within 10 business
 * days. No law gives e-mail hours.
 */
export const CA: Jurisdiction = {
  code: 'CA',
  countries: ['CA'],
  ...HOUSE_HOURS,
  consent: 'soft_opt_in',
  footer: ['sender_identity', 'postal_address', 'unsubscribe_link'],
};
