/** Shoppers, and the list of what Etapa has acknowledged. */

export interface LoadOptions {
  /** Connections that send one request after the other. */
  readonly clients?: number;
  /** Requests in a second, of all clients together. */
  readonly per_second?: number;
}

export interface Load {
  /** Goes on until `end`; what is not answered with a 2xx is sent again with the same ids. */
  begin(options?: LoadOptions): void;
  /** Begins nothing new, and resolves when everything has been acknowledged. */
  end(): Promise<void>;
  /** One order of somebody new; resolves with its message id when it was acknowledged. */
  order(): Promise<string>;
  /** What came instead of a 2xx: a status, or the error of the connection, and how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Events that were acknowledged, so far. */
  readonly acknowledged: number;
}
