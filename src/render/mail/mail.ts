/** What the lints of mail look at, and how they answer. */
import type { HtmlElement } from './html-tree.ts';

/** One message in one language and tone as it would leave. */
export interface Mail {
  readonly purpose: 'promotion' | 'service';
  readonly subject: string;
  readonly html: string;
  readonly tree: HtmlElement;
  readonly text: string;
  /** Of the sender, as it stands in etapa.yaml. */
  readonly postal_address: string;
  /** The way out that was put into the message. */
  readonly unsubscribe_url: string;
}

/** By what a finding is found again in the files that people wrote. */
export interface Clue {
  readonly file: 'subject' | 'body' | 'layout';
  /** Words as they are read. */
  readonly quote?: string;
  /** Pieces of MJML, where the words are not there or none of the template's own; the first that is there counts. */
  readonly code?: readonly string[];
}

export interface MailFinding {
  readonly clue: Clue;
  /** An error must not go out; with a warning it can be lived. */
  readonly severity: 'error' | 'warning';
  /** One plain sentence without a full stop: what is wrong, and the mend. */
  readonly message: string;
}

/** One rule of good mail: where the message breaks it. */
export type MailLint = (mail: Mail) => readonly MailFinding[];
