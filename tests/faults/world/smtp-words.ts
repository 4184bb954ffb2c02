/** What the harness and its mail server say to each other. */

/** A line of the record, written to the disk before the mail is answered. */
export interface TakenMail {
  /** Milliseconds: when the final dot came. */
  readonly at: number;
  /** The id of the message: its Message-ID without the domain. */
  readonly id: string;
  readonly to: string;
  /** The name of the process that brought it. */
  readonly by: string;
  readonly subject: string;
  /** The address behind List-Unsubscribe, for promotions. */
  readonly unsubscribe: string | null;
  /** The whole mail, one character per octet; only where the world keeps texts. */
  readonly text?: string;
}

/** What the server does instead of being friendly. */
export interface SmtpRule {
  /** In place of the answer to RCPT or DATA; when the first octets of the text have come; in place of the answer to the final dot. */
  readonly at: 'rcpt' | 'data' | 'text' | 'dot';
  /**
   * `pause` until `release` or the end of the connection; `drop` the connection; `hang`: never answer; `note`: only tell;
   * or the line to answer, such as `451 4.3.0 later`.
   */
  readonly does: 'pause' | 'drop' | 'hang' | 'note' | `${number}${string}`;
  /** At the dot: whether the mail is taken all the same; absent: it is, but for an answer that refuses. */
  readonly takes?: boolean;
  /** A regular expression on the recipient; absent: everybody. */
  readonly to?: string;
  /** The name of a process: to its mails alone. */
  readonly by?: string;
  /** How many mails it is done to; absent: all, until the rules are set anew. */
  readonly times?: number;
}

export type ToSmtp =
  { readonly kind: 'rules'; readonly list: readonly SmtpRule[] } | { readonly kind: 'release' };

export type FromSmtp =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done' }
  /** `by`: the name by which the client said EHLO. */
  | { readonly kind: 'carried_out'; readonly rule: SmtpRule; readonly by: string; readonly to: string };
