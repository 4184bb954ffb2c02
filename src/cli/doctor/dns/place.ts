import type { Around } from '../check.ts';
import type { Lookup } from '../../../dns/lookup.ts';

/** What the parts of the check of DNS share. */
export interface Place {
  readonly lookup: Lookup;
  /** Of From. */
  readonly domain: string;
  /** Of the envelope. */
  readonly bounce_domain: string;
  readonly around: Around;
}
