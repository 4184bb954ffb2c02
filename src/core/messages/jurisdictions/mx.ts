import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * Mexico. The law on personal data in private hands (LFPDPPP) and the consumers' register against advertising (REPEP)
 * leave more to the sender than this; as their text was not at hand, the strictest model of consent is taken. No
 * hours of law for e-mail are known.
 */
export const MX: Jurisdiction = {
  code: 'MX',
  countries: ['MX'],
  ...HOUSE_HOURS,
  consent: 'opt_in',
  footer: ['sender_identity', 'postal_address', 'unsubscribe_link'],
};
