import type { JsonObject } from '../json.ts';
import type { NoticeWords, ShownNotice } from '../notices/words.ts';

/** What a template may read, besides the contact's own fields at the top level. */
export interface Reserved {
  readonly cart: JsonObject;
  readonly orders: JsonObject;
  /** Properties of the event that started the run. */
  readonly event: JsonObject;
  readonly sender: JsonObject;
  readonly tone: string;
  readonly formality: 'tu' | 'usted' | 'casual' | 'formal';
  readonly language: 'en' | 'es';
  readonly time_zone: string;
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the message tells that belongs to a notice. */
  readonly notice: NoticeWords;
  /** What is shown in the foot of every message now. */
  readonly notices: readonly ShownNotice[];
  readonly unsubscribe_url: string;
  /** Where the contact says what is wanted, how often, in which language. */
  readonly preferences_url: string;
  /** Where the contact confirms that promotions are wanted. */
  readonly confirm_url: string;
  /** Where the survey of this message is answered, and the same with each score already chosen. */
  readonly survey_url: string;
  readonly survey_links: readonly { readonly score: number; readonly url: string }[];
}

const RESERVED = new Set<string>([
  ...['cart', 'orders', 'event', 'sender', 'tone', 'formality', 'language', 'time_zone', 'currency', 'now'],
  ...['preferences_url', 'confirm_url', 'unsubscribe_url', 'survey_url', 'survey_links', 'notice', 'notices'],
  ...['greeting', 'sign_off', 'preheader', 'subject'],
]);

/** A contact's field that is named like a reserved word is never seen, not even where the reserved one is absent. */
export function messageContext(fields: JsonObject, reserved: Partial<Reserved>): JsonObject {
  const own = Object.entries(fields).filter(([name]) => !RESERVED.has(name));
  return { ...Object.fromEntries(own), ...(reserved as unknown as JsonObject) };
}
