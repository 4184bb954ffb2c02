import type { Instant } from '../core/events/event.ts';
import type { Channel, Delivery, Parcel } from './ports.ts';

/** A restore from a backup, and what is known of the time that it lost. */
export interface Recovery {
  /** The moment whose state came back. */
  readonly backup_at: Instant;
  /** Until when the lost database may have been sent from. */
  readonly lost_until: Instant;
  readonly begun_at: Instant;
}

/** One message that was sent in the time that is lost, as whoever took it tells. */
export interface SentBefore {
  /** Our Message-ID without its brackets and domain: a UUID. */
  readonly id: string;
  /** In lower case; null where the list does not tell. */
  readonly address: string | null;
  /** Which message of the project; null where the list does not tell. */
  readonly message: string | null;
  readonly at: Instant | null;
}

/** A message that waits for a decision. */
export interface HeldMessage {
  readonly id: string;
  readonly message: string;
  readonly purpose: string;
  readonly owed_at: Instant;
}

export interface RecoveryState {
  /** Null: there is none under way. */
  readonly recovery: Recovery | null;
  readonly held_contacts: number;
  readonly held_messages: number;
  /** Mails of the list that no message has turned out to be yet. */
  readonly unproved: number;
}

export interface RecoveryBook {
  /** Holds back whatever may have been sent in the time that is lost. Told twice of one backup, it is begun once. */
  begin(recovery: Omit<Recovery, 'begun_at'>): Promise<RecoveryState>;
  /** Takes a list of what was sent, and lets go whatever it shows not to have been. */
  takeList(list: readonly SentBefore[]): Promise<RecoveryState>;
  state(): Promise<RecoveryState>;
  held(limit: number): Promise<readonly HeldMessage[]>;
  /** Lets everything go that is held. Tells how many messages. */
  release(): Promise<number>;
  /** Nothing that is held is ever sent. Tells how many messages. */
  discard(): Promise<number>;
  /** Whether a list may prove something. Also before it comes: what it lets go is claimed at once, by every process. */
  isOpen(): Promise<boolean>;
  /** Whether this message was sent in the time that is lost; each mail of the list proves one message. */
  proves(message: Pick<Parcel, 'id' | 'to' | 'about'>): Promise<boolean>;
}

/** The channel, but what is proved to have been sent before the restore is not sent again. */
export function provenChannel(channel: Channel, proofs: () => RecoveryBook | undefined): Channel {
  return {
    ...channel,
    async deliver(parcel, beforeHandingOver) {
      const book = proofs();
      if (!book || !(await book.proves(parcel))) return channel.deliver(parcel, beforeHandingOver);
      return (await beforeHandingOver()) ? SENT_BEFORE : CLAIM_LOST;
    },
  };
}

const SENT_BEFORE: Delivery = {
  outcome: 'accepted',
  response: 'it was sent before the database was restored from a backup, as the list of what was sent shows',
};
const CLAIM_LOST: Delivery = { outcome: 'deferred', response: 'the claim on this message was lost' };
