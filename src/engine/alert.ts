import type { Instant } from '../core/events/event.ts';

/** Something that only people can mend. Told at once, then at most once an hour. */
export interface SendingAlert {
  readonly kind:
    /** A domain refuses us as a sender. */
    | 'unwanted'
    /** Our own server does not let us in. */
    | 'shut_out'
    /** Answers that no server should give. */
    | 'nonsense'
    /** Readers mark more messages as spam than is good. */
    | 'complaints'
    /** So many that promotions stop. */
    | 'stopped'
    /** Our domain is not set up in DNS. */
    | 'setup'
    /** DNS does not say whether it is. */
    | 'dns_silent';
  /** Whose answer it is, or whose domain it is about; empty where it is nobody's. */
  readonly domain: string;
  /** What was answered, or found. */
  readonly response: string;
  /** How often since it was told last. */
  readonly times: number;
  readonly at: Instant;
}
