import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * Peru. Ley 29571, art. 58.1 e), as Ley 32323 of 2025 has it: mass e-mail and SMS that promote are forbidden unless
 * the consumer, on his own initiative, gave consent that is free, prior, informed, express and unequivocal; it can be
 * taken back with immediate effect. No hours of law for e-mail are known.
 */
export const PE: Jurisdiction = {
  code: 'PE',
  countries: ['PE'],
  ...HOUSE_HOURS,
  consent: 'opt_in',
  footer: ['sender_identity', 'unsubscribe_link'],
};
