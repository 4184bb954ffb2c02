import { reason } from '../../reason.ts';
import { calendarSchema } from '../../time/calendar.ts';
import type { Jurisdiction } from '../jurisdiction.ts';

/**
 * For a country that has no file here: the hours that all others have in common, which are those of Colombia without
 * the hour before 08:00, and every duty that any of them knows.
 */
export const STRICTEST: Jurisdiction = {
  code: 'strictest',
  countries: [],
  hours: calendarSchema.parse({
    title: { en: 'Strictest hours', es: 'Horario más estricto' },
    open: { weekdays: '08:00-19:00', saturday: '08:00-15:00', sunday: 'closed' },
  }),
  closed_on_holidays_of: 'CO',
  rule: reason(
    'promotions go Monday to Friday 08:00-19:00 and Saturday 08:00-15:00, never on Sundays or public holidays of Colombia (the strictest rules that are known, as none are for this country)',
    'las promociones van de lunes a viernes de 08:00 a 19:00 y los sábados de 08:00 a 15:00, nunca en domingo ni festivo de Colombia (las reglas más estrictas que se conocen, porque no las hay de este país)',
  ),
  consent: 'opt_in',
  footer: ['marked_as_advertising', 'sender_identity', 'postal_address', 'unsubscribe_link'],
};
