/** What a case allows beyond nothing at all. */
export interface Bounds {
  /** Service messages that may have gone out twice, because the answer to the final dot was lost. */
  readonly twice_inside?: number;
  /** Promotions of which nobody can know. */
  readonly uncertain?: number;
}
