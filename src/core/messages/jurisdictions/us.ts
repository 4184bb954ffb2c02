import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * USA. CAN-SPAM (15 USC 7704): anybody may be written to who has not said no; honest headers, recognisable as
 * advertising, a postal address, a way out that works for 30 days and is followed within 10 business days. No law
 * gives e-mail hours.
 */
export const US: Jurisdiction = {
  code: 'US',
  countries: ['US'],
  ...HOUSE_HOURS,
  consent: 'opt_out',
  footer: ['marked_as_advertising', 'postal_address', 'unsubscribe_link'],
};
