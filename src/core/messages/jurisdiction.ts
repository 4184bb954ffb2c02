/**
 * A jurisdiction: what a law, or the house where no law says it, asks of promotions. It is what the product makes
 * possible, and no legal advice; each file of `jurisdictions/` names the source of its rules.
 */
import type { Reason } from '../reason.ts';
import type { Calendar } from '../time/calendar.ts';

/**
 * `opt_in`: nobody is written to who has not asked for it. `soft_opt_in`: the same, but clients may hear of what is
 * like the things they bought. `opt_out`: everybody may be written to who has not said no.
 */
export type ConsentModel = 'opt_in' | 'soft_opt_in' | 'opt_out';

/** What each promotion must carry. */
export type FooterDuty = 'sender_identity' | 'postal_address' | 'unsubscribe_link' | 'marked_as_advertising';

export interface Jurisdiction {
  /** As `jurisdictions` of etapa.yaml names it: a country by its two letters (ISO 3166-1), or `EU`. */
  readonly code: string;
  /** Those whose people it protects. */
  readonly countries: readonly string[];
  /** When promotions may go, by the clock of the contact. */
  readonly hours: Calendar;
  /** The country on whose public holidays none may go; null: on all days alike. */
  readonly closed_on_holidays_of: string | null;
  /** The hours as a sentence, with what they are taken from. */
  readonly rule: Reason;
  readonly consent: ConsentModel;
  readonly footer: readonly FooterDuty[];
}
