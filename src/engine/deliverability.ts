/** How mail arrives: what receivers took, put off and refused, and what their people did with it. */
import type { Instant } from '../core/events/event.ts';
import type { SendingStop } from './stops.ts';

/** Of the e-mails that were owed in a period. */
export interface DeliveryCounts {
  readonly sent: number;
  /** Were put off at least once; they may have been sent since. */
  readonly deferred: number;
  readonly refused: number;
  /** Nobody knows whether they arrived. */
  readonly uncertain: number;
  /** Were taken, and came back. */
  readonly bounced: number;
  readonly complained: number;
  /** By people. */
  readonly opened: number;
  readonly clicked: number;
}

export interface DeliveryAsked {
  readonly from: Instant;
  readonly to: Instant;
  /** By whose clock days begin. */
  readonly zone: string;
}

export interface Deliverability {
  readonly whole: DeliveryCounts;
  /** Those that most was written to. */
  readonly domains: readonly (DeliveryCounts & { readonly domain: string })[];
  /** As text, oldest first; days without mail are left out. */
  readonly days: readonly (DeliveryCounts & { readonly day: string })[];
  /** Where there are too many messages for one answer: only those that were owed since then are counted. */
  readonly counted_since: Instant | null;
}

export interface PastStop extends SendingStop {
  readonly ended_at: Instant | null;
}

export interface DeliveryBook {
  counts(asked: DeliveryAsked): Promise<Deliverability>;
  /** The newest first, with those that hold still. */
  stops(limit: number): Promise<readonly PastStop[]>;
}
