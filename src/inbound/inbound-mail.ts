/** What a mail that came back turns out to be. */
import type { Instant } from '../core/events/event.ts';
import type { Report } from '../core/messages/report.ts';

export type InboundMail = ReportsMail | AutoReplyMail | ReplyMail | UnreadableMail;

/** Bounces, delays and complaints, at most 100 of one mail. */
export interface ReportsMail {
  readonly kind: 'reports';
  readonly reports: readonly Report[];
}

/** Written by a machine to no purpose of ours: vacation notices, receipts, lists. Never an event, never a trigger. */
export interface AutoReplyMail {
  readonly kind: 'auto_reply';
  /** Lower case; empty for the null sender. */
  readonly from: string;
  readonly subject: string;
  /** As in a report: null unless an address that only we could have made was written to. */
  readonly message_id: string | null;
}

/** Written by a person. All texts are hostile. */
export interface ReplyMail {
  readonly kind: 'reply';
  /** Lower case. Easily forged: tells whom to answer, not who wrote. */
  readonly from: string;
  readonly from_name: string;
  readonly subject: string;
  /** Without what it quotes; at most 10,000 characters. */
  readonly text: string;
  /** The Message-IDs that it answers, without angle brackets, nearest first. Visible to readers, so no proof. */
  readonly in_reply_to: readonly string[];
  /** The mail's own Message-ID without angle brackets; empty where it has none. */
  readonly mail_id: string;
  /** Our message, where an address that only we could have made was written to. */
  readonly message_id: string | null;
  readonly at: Instant;
}

export interface UnreadableMail {
  readonly kind: 'unreadable';
  /** A plain sentence. */
  readonly why: string;
}
