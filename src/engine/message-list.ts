/** Messages as they are listed, and tried again by hand. */
import type { Instant } from '../core/events/event.ts';
import type { MessageState } from '../core/messages/message.ts';
import type { ReportClass, ReportKind } from '../core/messages/report.ts';
import type { MachineSign, TouchKind } from '../core/messages/touch.ts';
import type { Reason } from '../core/reason.ts';
import type { Outcome } from '../core/workflows/run.ts';
import type { RecordedMessage } from './ports.ts';

export interface ListedMessage extends Omit<RecordedMessage, 'event'> {
  readonly contact_id: string;
  readonly attempts: number;
  /** When it is tried next, or was to be tried last. */
  readonly due_at: Instant;
  /** Where it went; null where it never came so far. */
  readonly address: string | null;
}

/** Where a list goes on: behind this message. */
export type Place = Pick<ListedMessage, 'owed_at' | 'id'>;

export interface MessageFilter {
  /** None: all. */
  readonly states: readonly MessageState[];
  readonly channel?: string | undefined;
  readonly contact_id?: string | undefined;
  readonly workflow?: string | undefined;
  /** Which message of the project. */
  readonly message?: string | undefined;
  readonly tone?: string | undefined;
  readonly language?: string | undefined;
  /** That of the address which it went to, in lower case. */
  readonly domain?: string | undefined;
  /** Owed at this moment or later. */
  readonly from?: Instant | undefined;
  /** Owed before this moment. */
  readonly to?: Instant | undefined;
  readonly behind?: Place | undefined;
  readonly limit: number;
}

export interface MessagePage {
  readonly messages: readonly ListedMessage[];
  /** Behind this one the next page begins; null: there is nothing more. */
  readonly next: Place | null;
  /** Where so much had to be looked through that one page cannot: back to when it was. Null: there was no need to stop. */
  readonly looked_back_to: Instant | null;
}

/** A fetch of its pixel or of one of its links. */
export interface MessageTouch {
  readonly kind: TouchKind;
  /** Where the link leads; null for an open, and for the link that only machines find. */
  readonly url: string | null;
  readonly at: Instant;
  /** `no`: a person did it. */
  readonly machine: MachineSign;
}

/** What a mail server or a provider told about it after it had left. */
export interface MessageReport {
  readonly kind: ReportKind;
  readonly class: ReportClass | null;
  readonly status: string | null;
  readonly diagnostic: string | null;
  readonly source: string;
  readonly at: Instant;
}

/** The run that sent it, as it stands now. */
export interface MessageRun {
  readonly entered_at: Instant;
  readonly because: Reason;
  readonly step: string;
  readonly ended_at: Instant | null;
  readonly outcome: Outcome | null;
  readonly ended_because: Reason | null;
}

/** What became of a message after it had left, and whence it came. */
export interface MessageLife {
  /** Oldest first. */
  readonly touches: readonly MessageTouch[];
  readonly reports: readonly MessageReport[];
  /** Null where it is not kept any more. */
  readonly run: MessageRun | null;
}

/** What nobody tries again by itself: the dead letters. */
export const DEAD: readonly MessageState[] = ['refused', 'uncertain'];

export interface RetryOptions {
  /** A promotion of which nobody knows whether it arrived goes only where that is said. */
  readonly even_if_it_may_have_arrived: boolean;
}

export type Retry =
  | { readonly ok: true; readonly state: MessageState }
  | { readonly ok: false; readonly code: RetryRefusal; readonly sentence: string };

export type RetryRefusal = 'message_unknown' | 'message_sent' | 'message_held_back' | 'may_have_arrived';

export interface MessageList {
  /** Newest first. */
  list(filter: MessageFilter): Promise<MessagePage>;
  find(id: string): Promise<ListedMessage | undefined>;
  life(message: ListedMessage): Promise<MessageLife>;
  /**
   * Lets a message that was refused, or of which nobody knows whether it arrived, be owed anew: with no attempt counted,
   * under its Message-ID. Consent, suppression and everything else are asked again when it is claimed. What is on its
   * way already stays as it is, so asking twice sends once.
   */
  retry(id: string, options: RetryOptions): Promise<Retry>;
}

export interface Retriable {
  readonly state: MessageState;
  readonly purpose: RecordedMessage['purpose'];
  readonly held_because: Reason | null;
}

/** Whether a message is to be owed anew; `ok` with another state than `owed` where it is on its way anyhow. */
export function judgeRetry(message: Retriable | undefined, options: RetryOptions): Retry {
  if (!message) return refuse('message_unknown', 'There is no message with this id.');
  const { state, purpose, held_because } = message;
  switch (state) {
    case 'sent':
      return refuse('message_sent', 'This message was sent; it is not sent twice.');
    case 'suppressed':
      return refuse(
        'message_held_back',
        `This message was held back and not refused: ${held_because?.en ?? 'no reason was kept'}.`,
      );
    case 'uncertain':
      return purpose === 'promotion' && !options.even_if_it_may_have_arrived
        ? refuse('may_have_arrived', MAY_HAVE_ARRIVED)
        : { ok: true, state: 'owed' };
    case 'refused':
      return { ok: true, state: 'owed' };
    default:
      return { ok: true, state };
  }
}

const MAY_HAVE_ARRIVED =
  'This promotion may have arrived, and would then come twice. To send it all the same, say so: ' +
  '"even_if_it_may_have_arrived": true, or --even-if-it-may-have-arrived.';

function refuse(code: RetryRefusal, sentence: string): Retry {
  return { ok: false, code, sentence };
}
