import type { Jurisdiction } from '../jurisdiction.ts';
import { HOUSE_HOURS } from './house.ts';

/**
 * Chile. Ley 21.719 on personal data, in force from 1 December 2026, asks for consent as the GDPR does. No hours of law
 * for e-mail are known.
 */
export const CL: Jurisdiction = {
  code: 'CL',
  countries: ['CL'],
  ...HOUSE_HOURS,
  consent: 'opt_in',
  footer: ['sender_identity', 'unsubscribe_link'],
};
