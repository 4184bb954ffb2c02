import { reason } from '../../reason.ts';
import { calendarSchema } from '../../time/calendar.ts';

/**
 * The hours of the house, for places whose law gives e-mail none: 08:00 to 21:00 on all days. They are those that
 * telephone solicitations have in the USA (47 CFR 64.1200 (c)(1)), so that a text message is in time as well.
 */
export const HOUSE_HOURS = {
  hours: calendarSchema.parse({
    title: { en: 'Hours of the house', es: 'Horario de la casa' },
    open: { weekdays: '08:00-21:00', weekends: '08:00-21:00' },
  }),
  closed_on_holidays_of: null,
  rule: reason(
    'promotions go from 08:00 to 21:00 where the contact is (hours of the house, as no law gives any)',
    'las promociones salen de 08:00 a 21:00 donde está el contacto (horario de la casa, porque ninguna ley lo fija)',
  ),
} as const;
