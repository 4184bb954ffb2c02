import type { Contact } from '../core/contacts/contact.ts';
import type { Event, IncomingEvent, Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Message, MessageState, Purpose } from '../core/messages/message.ts';
import type { Reason } from '../core/reason.ts';
import type { StageMove } from '../core/stages/stages.ts';
import type { Run } from '../core/workflows/run.ts';

/** What time it is. Production asks the database; a replay, the demo and tests move the clock themselves. */
export interface Clock {
  /** The engine's time, given the database's. */
  at(database_now: Instant): Instant;
  /**
   * Whether the clock was moved: then each contact is decided moment by moment as it would have been, and stops
   * where a message is owed until that has been sent. In production there is only one moment: now.
   */
  readonly moved: boolean;
}

/** How many shares the contacts are divided into. A contact's is the last byte of its id modulo this number. */
export const PARTITIONS = 64;

export function partitionOf(contact_id: string): number {
  return Number.parseInt(contact_id.slice(-2), 16) % PARTITIONS;
}

/** Tells that something is to be done. Losing or doubling a ring changes nothing. */
export interface Bell {
  ringTurns(partitions: readonly number[]): void;
  ringSends(): void;
}

/** The right to work on one partition, until it runs out by the database's clock. */
export interface Lease {
  readonly partition: number;
  /** Grows with each lease; a write under an older one is refused. */
  readonly fence: number;
  readonly database_now: Instant;
}

/** An event with the id of the write key, or the replay, that it came by. */
export type ReceivedEvent = IncomingEvent & { readonly source: string };

export interface Appending {
  /** A replay lets events be decided at the moment they were received, everything else at once. */
  readonly due: 'now' | 'received_at';
  /** The stage where new contacts stand. */
  readonly stage: string;
  readonly shape: string;
}

export interface Appended {
  /** How many were new: the others had been accepted before. */
  readonly added: number;
  readonly partitions: readonly number[];
}

export interface RejectedEvent {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
  readonly message_id?: string | undefined;
}

/** A contact as it is stored. */
export interface StoredContact {
  readonly contact: Contact;
  readonly shape: string;
  readonly merged_into: string | null;
}

/** Something new about a contact that waits to be decided. */
export type StoredHappening = { readonly id: number; readonly due_at: Instant } & (
  { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'merge'; readonly gone_id: string }
);

export interface Asking {
  readonly now: Instant;
  /** Contacts with happenings are taken in the order of their ids, after this one. */
  readonly after: string;
  /** About so many happenings. */
  readonly happenings: number;
  /** So many contacts that are due by time. */
  readonly due: number;
  /** Leaves out contacts to whom a message is owed that could be sent by now. */
  readonly skip_owing: boolean;
}

/** A batch of contacts of one partition, locked, with everything new about them. */
export interface Batch {
  readonly contacts: ReadonlyMap<string, StoredContact>;
  readonly happenings: ReadonlyMap<string, readonly StoredHappening[]>;
  /** The only contact of the batch, where there is more about it than a batch holds: what was due until then is here. */
  readonly cut: { readonly id: string; readonly at: Instant } | null;
  /** Where the next batch of happenings goes on; empty when this one came to the end. */
  readonly next_after: string;
  /** Whether there is more to do than this batch holds. */
  readonly more: boolean;
}

export interface ContactChange {
  readonly contact: Contact;
  readonly next_due_at: Instant | null;
  readonly consents: readonly { readonly channel: string; readonly granted: boolean; readonly at: Instant }[];
  readonly moves: readonly StageMove[];
  readonly runs: readonly Run[];
  readonly messages: readonly (Message & { readonly id: string })[];
}

export interface MergeDone {
  readonly kept_id: string;
  readonly gone_id: string;
  /** How far the numbers of the runs of `gone` move, per workflow. */
  readonly renumber: Readonly<Record<string, number>>;
}

/** Everything that one turn writes. */
export interface TurnWrites {
  readonly shape: string;
  readonly changes: readonly ContactChange[];
  readonly merges: readonly MergeDone[];
  /** Happenings that are done with: partition and id. */
  readonly consumed: readonly { readonly contact_id: string; readonly id: number }[];
  /** Merges that met a contact already merged into another: to be decided with that one. */
  readonly remerges: readonly { readonly kept_id: string; readonly gone_id: string }[];
  /** Happenings of contacts that were merged away go to who they became. */
  readonly forwards: readonly { readonly from: string; readonly to: string }[];
}

/** One turn's transaction. */
export interface TurnBook {
  read(asking: Asking): Promise<Batch>;
  /** All events of contacts that must be folded anew, by contact. */
  history(contact_ids: readonly string[], until: Instant): Promise<ReadonlyMap<string, readonly Event[]>>;
  write(writes: TurnWrites): Promise<void>;
}

/** A message that this process alone may hand over now, with what it needs to know for that. */
export interface ClaimedMessage {
  readonly id: string;
  readonly contact: Contact;
  readonly workflow: string;
  readonly message: string;
  readonly channel: string;
  readonly purpose: Purpose;
  readonly owed_at: Instant;
  readonly stage: string;
  readonly language: string;
  readonly event: JsonObject;
  readonly attempts: number;
  /** It was in doubt once before: a second time it is not sent again. */
  readonly uncertain_before: boolean;
  /** Read in the claim: what the contact said last, and whether the address is suppressed. */
  readonly consent_granted: boolean | null;
  readonly suppressed: string | null;
}

export interface Claim {
  readonly token: string;
  readonly database_now: Instant;
  readonly messages: readonly ClaimedMessage[];
}

/** What became of a claimed message. */
export interface MessageMark {
  readonly id: string;
  readonly state: MessageState;
  readonly at: Instant;
  readonly due_at?: Instant;
  readonly because?: Reason | null;
  readonly response?: string;
  readonly tone?: { readonly tone: string; readonly because: Reason };
  readonly subject?: string;
  readonly address?: string;
}

/** The book: all that is true, in PostgreSQL. */
export interface Store {
  append(events: readonly ReceivedEvent[], appending: Appending): Promise<Appended>;
  reject(rows: readonly RejectedEvent[], source: string, at: Instant): Promise<void>;
  /** Undefined while somebody else holds it. */
  lease(partition: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
  /** Commits what `work` wrote if the lease still stands; throws `LeaseLost` if not. */
  turn<T>(lease: Lease, work: (book: TurnBook) => Promise<T>): Promise<T>;
  partitionsWithWork(now: Instant, skip_owing: boolean): Promise<readonly number[]>;
  /** The moment at which the next thing falls due, of everything that waits. */
  nextDue(): Promise<Instant | null>;
  /** The moment of the next merge that waits to be decided. */
  nextMerge(): Promise<Instant | null>;
  /** Asks every contact anew that was decided since then, or ever, in bounded steps: the project's rules have changed. */
  askAnew(now: Instant, decided_since?: Instant): Promise<void>;
  databaseNow(): Promise<Instant>;
  claim(now: Instant, limit: number): Promise<Claim>;
  /** Writes only where the claim still stands; tells the ids that were written. */
  mark(token: string, marks: readonly MessageMark[]): Promise<ReadonlySet<string>>;
  suppress(channel: string, address: string, reason: string, at: Instant): Promise<void>;
  /**
   * Takes back what processes held that ended or whose time ran out: partitions, and claims, which are owed again, or
   * uncertain where the handing over had begun.
   */
  recover(): Promise<void>;
  hasOwed(now: Instant): Promise<boolean>;
  /** Whether a message that could be sent by now has not come to its end, also one that is just being handed over. */
  hasUnsettled(now: Instant): Promise<boolean>;
  close(): Promise<void>;
}

/** A write under a lease that somebody else has taken over since. */
export class LeaseLost extends Error {}

/** One message, ready to be handed over. */
export interface Parcel {
  readonly id: string;
  readonly to: string;
  readonly from: { readonly name: string; readonly email: string };
  readonly reply_to: string | undefined;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly date: Instant;
  readonly language: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The way out, for promotions (RFC 8058). */
  readonly unsubscribe_url: string | undefined;
}

/** What came of handing over. */
export type Delivery =
  | { readonly outcome: 'accepted'; readonly response: string }
  /** Not now; nothing has left the house. */
  | { readonly outcome: 'deferred'; readonly response: string }
  /** No, for good. `address` when the address itself is at fault. */
  | {
      readonly outcome: 'refused';
      readonly response: string;
      readonly fault: 'address' | 'sender' | 'content';
    }
  /** The final dot went out and no answer came back (RFC 1047). */
  | { readonly outcome: 'uncertain'; readonly response: string };

/** A way by which messages leave. */
export interface Channel {
  readonly name: string;
  /**
   * Never throws. `beforeHandingOver` is awaited before the last octet that makes the receiver responsible; when it
   * answers false, the message must not go.
   */
  deliver(parcel: Parcel, beforeHandingOver: () => Promise<boolean>): Promise<Delivery>;
  close(): Promise<void>;
}

/** Words of one message in one language and tone, compiled. */
export interface Templates {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly preheader: string;
  readonly greeting: string;
  readonly sign_off: string;
}

export interface RenderJob {
  /** Names the templates: equal keys mean equal templates. */
  readonly key: string;
  readonly templates: Templates;
  readonly context: JsonObject;
}

export type Rendered =
  | { readonly ok: true; readonly subject: string; readonly html: string; readonly text: string }
  | { readonly ok: false; readonly reason: string };

export interface Renderer {
  renderBatch(jobs: readonly RenderJob[]): Promise<readonly Rendered[]>;
  close(): Promise<void>;
}
