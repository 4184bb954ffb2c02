/** The mail server, in a process of its own: whatever is killed, its record stays. */

/** A line of the record, written to the disk before the mail is answered. */
export interface TakenMail {
  /** Milliseconds: when the final dot came. */
  readonly at: number;
  /** The id of the message: its Message-ID without the domain. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** The address behind List-Unsubscribe, for promotions. */
  readonly unsubscribe: string | null;
}

/** What the server does instead of being friendly, for the mails whose recipient fits. */
export interface SmtpRule {
  /** After the answer to RCPT, in the middle of the text, or at the final dot. */
  readonly at: 'rcpt' | 'data' | 'dot';
  /** `pause` until `release`; `drop` the connection; `hang`: never answer; or the line to answer, such as `451 4.3.0 later`. */
  readonly does: 'pause' | 'drop' | 'hang' | `${number}${string}`;
  /** At the dot: whether the mail is taken all the same; absent: it is, but for an answer that refuses. */
  readonly takes?: boolean;
  /** A regular expression on the recipient; absent: everybody. */
  readonly to?: string;
  /** How many mails it is done to; absent: all, until the rules are set anew. */
  readonly times?: number;
}

export interface SmtpProcess {
  readonly url: string;
  /** In place of the rules before. */
  rules(list: readonly SmtpRule[]): Promise<void>;
  /** Resolves when so many rules have been carried out since they were set. */
  carriedOut(times: number): Promise<void>;
  /** Lets everything go on that is paused. */
  release(): Promise<void>;
  /** The record, as it is on the disk now. */
  taken(): Promise<readonly TakenMail[]>;
}
