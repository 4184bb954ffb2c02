import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * The European Union and the countries that share its rules (EEA), where a country has no file of its own. GDPR (art.
 * 7: consent with proof, taken back as easily as given) and ePrivacy, directive 2002/58/EC, art. 13: only who agreed
 * before, but for products like those that a client bought; art. 13 (4): who sends it, and an address to say no to.
 * Neither gives e-mail hours.
 */
export const EU: Jurisdiction = {
  code: 'EU',
  countries:
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
  ...HOUSE_HOURS,
  consent: 'soft_opt_in',
  footer: ['sender_identity', 'unsubscribe_link'],
};
