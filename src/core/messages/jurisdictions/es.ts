import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * Spain. LSSI (Ley 34/2002), art. 20: recognisable as advertising, with who is behind it; art. 21: only who asked for
 * it or allowed it expressly, but for products like those that a client bought; a way to say no, free and simple, in
 * each message; art. 21 holds for addresses of companies too. No law gives e-mail hours.
 */
export const ES: Jurisdiction = {
  code: 'ES',
  countries: ['ES'],
  ...HOUSE_HOURS,
  consent: 'soft_opt_in',
  footer: ['marked_as_advertising', 'sender_identity', 'unsubscribe_link'],
};
