/** What the harness and its slow clients say to each other. */

/** `idle` says nothing; `head` never ends its head; `body` announces a long one, `chunks` none; both send an octet every two seconds. */
export const SLOW_KINDS = ['idle', 'head', 'body', 'chunks'] as const;
export type SlowKind = (typeof SLOW_KINDS)[number];

export type FromSlow =
  | { readonly kind: 'open'; readonly count: number }
  | { readonly kind: 'done'; readonly endings: readonly Ending[]; readonly open: readonly SlowKind[] };

export interface Ending {
  readonly kind: SlowKind;
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  readonly seconds: number;
}
