import { reason } from '../../reason.ts';
import { calendarSchema } from '../../time/calendar.ts';
import type { Jurisdiction } from '../jurisdiction.ts';

/**
 * Colombia. Ley 2300 of 2023 (in force since 10 October 2023): advertising by SMS, apps, e-mail and calls Monday to
 * Friday 7:00 to 19:00, Saturday 8:00 to 15:00, never on Sundays or public holidays, and only through channels that
 * the consumer has authorised.
 */
export const CO: Jurisdiction = {
  code: 'CO',
  countries: ['CO'],
  hours: calendarSchema.parse({
    title: { en: 'Ley 2300 of 2023', es: 'Ley 2300 de 2023' },
    open: { weekdays: '07:00-19:00', saturday: '08:00-15:00', sunday: 'closed' },
  }),
  closed_on_holidays_of: 'CO',
  rule: reason(
    'promotions go to Colombia Monday to Friday 07:00-19:00 and Saturday 08:00-15:00, never on Sundays or public holidays (Ley 2300 of 2023)',
    'a Colombia las promociones van de lunes a viernes de 07:00 a 19:00 y los sábados de 08:00 a 15:00, nunca en domingo ni festivo (Ley 2300 de 2023)',
  ),
  consent: 'opt_in',
  footer: ['sender_identity', 'unsubscribe_link'],
};
