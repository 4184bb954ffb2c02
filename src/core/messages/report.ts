/** What comes back about a message, in one form, whichever mailbox or provider it came by. */
import type { Instant } from '../events/event.ts';
import { DAY } from '../time/date.ts';

export const REPORT_KINDS = [
  /** Refused for good, or given up. */
  'bounced',
  /** Not there yet; the other side goes on trying. */
  'delayed',
  'delivered',
  /** Marked as unwanted by its reader. */
  'complained',
  /** Said no by the provider's own means. */
  'unsubscribed',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export const REPORT_CLASSES = [
  /** There is no such address: never again. */
  'address',
  /** A mailbox that is full or resting: three times in thirty days, then never again. */
  'mailbox',
  /** Our side's fault (authentication, reputation, policy): says nothing about the address. */
  'sender',
  /** The message itself: its size or its words. */
  'content',
  /** Something on the way, or nothing that could be read. */
  'unknown',
] as const;
export type ReportClass = (typeof REPORT_CLASSES)[number];

/** One report about one address. */
export interface Report {
  /** Equal for the same report that comes twice. */
  readonly id: string;
  readonly kind: ReportKind;
  /** Null for all but bounces. */
  readonly class: ReportClass | null;
  /** Lower case; empty where the report names none. */
  readonly address: string;
  /** RFC 3463, such as `5.1.1`; null where none was given. */
  readonly status: string | null;
  /** What the receiving server said, on one line; hostile text. */
  readonly diagnostic: string | null;
  readonly at: Instant;
  /** Our id of the message, as far as the report names it in a way that only we could have made; otherwise null. */
  readonly message_id: string | null;
}

/** What a report means for what is sent from now on. */
export interface Consequence {
  /** What happened to the contact; null for what says nothing about her. */
  readonly event: 'message_bounced' | 'message_delivered' | 'message_complained' | null;
  /** What the address is not sent any more. */
  readonly suppress: 'all' | 'promotion' | null;
}

/** So long a mailbox that was full or resting is remembered. */
export const STRIKES_LAST = 30 * DAY;

/** So often within that time a mailbox may be full or resting. */
export const MOST_STRIKES = 3;

/** `strikes` is how many messages found the mailbox full or resting within thirty days, this one included. */
export function consequenceOf({ kind, class: fault }: Report, strikes: number): Consequence {
  switch (kind) {
    case 'bounced': {
      const is_gone = fault === 'address' || (fault === 'mailbox' && strikes >= MOST_STRIKES);
      return { event: 'message_bounced', suppress: is_gone ? 'all' : null };
    }
    case 'complained':
      return { event: 'message_complained', suppress: 'promotion' };
    case 'unsubscribed':
      return { event: null, suppress: 'promotion' };
    case 'delivered':
      return { event: 'message_delivered', suppress: null };
    case 'delayed':
      return { event: null, suppress: null };
  }
}
