import type { Consents, ConsentWord, Proof } from '../core/contacts/consent.ts';
import type { Contact } from '../core/contacts/contact.ts';
import type { Event, IncomingEvent, Instant } from '../core/events/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Fact } from '../core/map/fact.ts';
import type { Message, MessageState, Purpose } from '../core/messages/message.ts';
import type { Project } from '../core/project.ts';
import type { Reason } from '../core/reason.ts';
import type { SegmentMove } from '../core/segments/segments.ts';
import type { StageMove } from '../core/stages/stages.ts';
import type { Run } from '../core/workflows/run.ts';
import type { Call, CallSpec } from '../core/workflows/step.ts';

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

/** The right to do what is done once for the whole installation, until it runs out by the database's clock. */
export interface Leadership {
  /** Grows with each leadership; a write under an older one is refused. */
  readonly fence: number;
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
  /** It could not be decided when it was tried before. */
  readonly was_aside?: boolean;
}

/** Something new about a contact that waits to be decided. */
export type StoredHappening = { readonly id: number; readonly due_at: Instant } & (
  { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'merge'; readonly gone_id: string }
);

export interface Asking {
  readonly now: Instant;
  /** In each of these partitions contacts with happenings are taken in the order of their ids, after this one. */
  readonly from: Places;
  /** About so many happenings, shared by the partitions. */
  readonly happenings: number;
  /** So many contacts that are due by time, shared by the partitions. */
  readonly due: number;
  /** Only these contacts; absent: whoever there is something to do about. */
  readonly only?: readonly string[];
  /** Leaves out contacts to whom a message is owed that could be sent by now. */
  readonly skip_owing: boolean;
}

/** For each partition the contact after which it goes on; empty: from the first. */
export type Places = ReadonlyMap<number, string>;

/** A batch of contacts of some partitions, locked, with everything new about them. */
export interface Batch {
  readonly contacts: ReadonlyMap<string, StoredContact>;
  readonly happenings: ReadonlyMap<string, readonly StoredHappening[]>;
  /** Contacts about whom there is more than a batch holds: what was due until then is here. */
  readonly cut: ReadonlyMap<string, Instant>;
  /** Where there is more to do than this batch holds. */
  readonly rest: Places;
}

/** What one event said about one consent. */
export interface SaidConsent extends Proof {
  readonly event_id: string;
  /** `email`, or `email/tips`. */
  readonly key: string;
  readonly said: ConsentWord;
  readonly at: Instant;
}

export interface ContactChange {
  readonly contact: Contact;
  readonly next_due_at: Instant | null;
  /** Those that have changed. */
  readonly consents: Consents;
  /** What was said of them, for the record. */
  readonly consents_said: readonly SaidConsent[];
  readonly moves: readonly StageMove[];
  readonly runs: readonly Run[];
  readonly segment_moves: readonly SegmentMove[];
  readonly messages: readonly (Message & { readonly id: string })[];
  readonly calls: readonly (Call & { readonly id: string })[];
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
  /** Who could not be decided is left alone for a while. */
  readonly troubles: readonly Trouble[];
  /** Who had been put aside before, and could be decided now. */
  readonly taken_back: readonly string[];
  /** What the journey map adds up. */
  readonly facts: readonly Fact[];
  /** Happenings of contacts that were merged away go to who they became. */
  readonly forwards: readonly { readonly from: string; readonly to: string }[];
}

/** A contact that could not be decided, and why: in one line, without what was given. */
export interface Trouble {
  readonly contact_id: string;
  readonly because: string;
}

/** Such a contact, while it waits. */
export interface PutAside extends Trouble {
  readonly attempts: number;
  readonly since: Instant;
  /** Null: not tried again by itself. */
  readonly retry_at: Instant | null;
}

/** What was given cannot be written, whenever it is tried: the fault is in the rows. */
export class Unwritable extends Error {}

/** One turn's transaction. */
export interface TurnBook {
  /** Those of the partitions asked for that nobody else is at; nobody else will be until this turn has ended. */
  readonly held: readonly number[];
  readonly database_now: Instant;
  read(asking: Asking): Promise<Batch>;
  /** All events of contacts that must be folded anew, by contact. */
  history(contact_ids: readonly string[], until: Instant): Promise<ReadonlyMap<string, readonly Event[]>>;
  /** @throws Unwritable where one of them cannot be written at all. */
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
  /** Read in the claim: what the contact said last about this channel, and whether the address is suppressed. */
  readonly consents: Consents;
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
  /** What it is about, where consent is asked for once more. */
  readonly topic?: string;
  /** Where its links lead, by their numbers, if they are followed. */
  readonly links?: readonly string[];
}

/** What else is to be known of marks. */
export interface Telling {
  /** What was sent also happens to the contact, as the event `message_sent`. */
  readonly sent: boolean;
  /** The zone in whose days the journey map counts. */
  readonly zone: string;
}

/** A mark with the token of the claim under which its message is held. */
export interface ClaimedMark extends MessageMark {
  readonly claim: string;
}

/** A call that this process alone may make now. */
export interface ClaimedCall {
  readonly id: string;
  readonly contact: Contact;
  /** By which ids the shop knows the contact. */
  readonly user_ids: readonly string[];
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly spec: CallSpec;
  readonly event: JsonObject;
  readonly owed_at: Instant;
  /** This one included. */
  readonly attempts: number;
}

export interface CallClaim {
  readonly token: string;
  readonly database_now: Instant;
  readonly calls: readonly ClaimedCall[];
}

/** What became of a claimed call; `response` in one line. */
export type CallMark = { readonly id: string; readonly at: Instant; readonly response: string } & (
  | { readonly state: 'owed'; readonly due_at: Instant }
  /** `answer` is null where none was given that can be kept. */
  | { readonly state: 'done'; readonly answer: Json }
  /** For good; `response` says why. */
  | { readonly state: 'failed' }
);

/** How far new rules have got on their way through the contacts. */
export interface Recomputation {
  readonly rules: string;
  readonly asked: number;
  readonly total: number;
  readonly finished: boolean;
}

/** What is left to do at a moment, as of one moment of the database. */
export interface Unfinished {
  /** Where something is new or due for somebody to whom nothing is owed. */
  readonly partitions: readonly number[];
  /** Whether a message or a call that could leave by now has not come to its end, also one that is just leaving. */
  readonly unsettled: boolean;
}

/** The book: all that is true, in PostgreSQL. */
export interface Store {
  append(events: readonly ReceivedEvent[], appending: Appending): Promise<Appended>;
  reject(rows: readonly RejectedEvent[], source: string, at: Instant): Promise<void>;
  /**
   * One transaction, which holds the partitions that nobody else is at. They are free when it ends, however it ends:
   * a process that died, or keeps silent in the midst of it for too long, has its transaction ended by the database,
   * and can write no more.
   */
  turn<T>(partitions: readonly number[], work: (book: TurnBook) => Promise<T>): Promise<T>;
  partitionsWithWork(now: Instant, skip_owing: boolean): Promise<readonly number[]>;
  /** What is left to do at `now` under a moved clock. */
  unfinished(now: Instant): Promise<Unfinished>;
  /** The moment at which the next thing falls due, of everything that waits; with `after`, of what is not due by then. */
  nextDue(after?: Instant): Promise<Instant | null>;
  /** The moment of the next merge that waits to be decided. */
  nextMerge(): Promise<Instant | null>;
  /**
   * Lets new rules go on their way through the contacts: asks the next so many anew, unless more than that are due
   * already. Of several processes that call it one does it, and only by the rules that it works by itself. What it
   * has come to; undefined when there is nothing to do. Under a leadership, only while that stands: throws
   * `LeadershipLost`.
   */
  recompute(
    now: Instant,
    most: number,
    rules: string,
    under?: Leadership,
  ): Promise<Recomputation | undefined>;
  databaseNow(): Promise<Instant>;
  claim(now: Instant, limit: number): Promise<Claim>;
  /** Writes only where the claim still stands; tells which of the list were written, by their places in it. */
  mark(marks: readonly ClaimedMark[], telling: Telling): Promise<ReadonlySet<number>>;
  suppress(channel: string, address: string, reason: string, at: Instant): Promise<void>;
  claimCalls(now: Instant, limit: number): Promise<CallClaim>;
  /** Just before a call is made: false where the claim is no longer ours, and then it must not be. */
  holdCall(token: string, id: string): Promise<boolean>;
  /**
   * Writes only where the claim still stands. What a run waits for happens in the same transaction, as the event
   * `call:answered`; tells the partitions where it did, and undefined where nothing was written.
   */
  markCall(token: string, mark: CallMark): Promise<readonly number[] | undefined>;
  /**
   * Takes back claims of processes that ended or whose time ran out. They are owed again, or uncertain where the
   * handing over of a message had begun. Under a leadership, only while that stands: throws `LeadershipLost`.
   */
  recover(under?: Leadership): Promise<void>;
  /** Adds up what turns and senders have counted for the journey map; tells whether there is more. */
  foldFacts(under?: Leadership): Promise<boolean>;
  /** Mends the kept counts of who stands where, if they differ from a count of everybody; tells whether they did. */
  recountPeople(
    project: Pick<Project, 'languages' | 'time_zone' | 'stages'>,
    now: Instant,
    under?: Leadership,
  ): Promise<boolean>;
  /** Keeps the lead, or takes it where nobody has it; undefined while another process leads. */
  lead(held: Leadership | undefined): Promise<Leadership | undefined>;
  /** Lets others lead at once. */
  resign(held: Leadership): Promise<void>;
  /** Whether a message or a call could leave by now. */
  hasOwed(now: Instant): Promise<boolean>;
  close(): Promise<void>;
}

/** Questions to the book that change nothing. Moments after `until` are left out. */
export interface Reader {
  /** All contacts, or a share of them chosen by chance but always the same, in batches. */
  contacts(options: { readonly share?: number }): AsyncIterable<readonly StoredContact[]>;
  /** By its id, by an id of the shop, or by its e-mail address. */
  findContact(who: string): Promise<StoredContact | undefined>;
  /** In the order in which they occurred. */
  eventsOf(ids: readonly string[], until: Instant): Promise<ReadonlyMap<string, readonly Event[]>>;
  stageMoves(id: string, until: Instant): Promise<readonly StageMove[]>;
  segmentMoves(id: string, until: Instant): Promise<readonly SegmentMove[]>;
  /** As they stand now. */
  runs(id: string, until: Instant): Promise<readonly Run[]>;
  messages(id: string, until: Instant): Promise<readonly RecordedMessage[]>;
  identities(id: string): Promise<readonly { readonly kind: string; readonly value: string }[]>;
  /** How many runs stand at each step of each version. */
  runCounts(): Promise<
    readonly {
      readonly workflow: string;
      readonly version: string;
      readonly step: string;
      readonly runs: number;
    }[]
  >;
  countContacts(): Promise<number>;
  countEvents(until: Instant): Promise<number>;
}

/** A message as it is kept. */
export interface RecordedMessage {
  readonly id: string;
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly message: string;
  readonly channel: string;
  readonly purpose: Purpose;
  readonly state: MessageState;
  readonly owed_at: Instant;
  readonly sent_at: Instant | null;
  /** When it is tried next, while it waits; else null. */
  readonly due_at: Instant | null;
  readonly stage: string;
  readonly language: string;
  readonly tone: string;
  /** Why this tone. */
  readonly because: Reason;
  /** Why it was held back, refused or left uncertain. */
  readonly held_because: Reason | null;
  readonly subject: string | null;
  readonly response: string | null;
  readonly event: JsonObject;
}

/** A write of a process that leads no more. */
export class LeadershipLost extends Error {}

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
  /** Which message of the project it is, and in which tone; absent where it is none of them. */
  readonly about?: { readonly message: string; readonly tone: string };
  /** The way out, for promotions (RFC 8058). */
  readonly unsubscribe_url: string | undefined;
  /** The Message-ID that it answers automatically (RFC 3834); empty where that has none. Absent: it answers nothing. */
  readonly answers?: string;
}

/** Who does not want a message now. */
export type PutOffBy =
  /** This one, for now: greylisting, and whatever else says nothing about others. */
  | 'recipient'
  /** A mailbox that is full or resting. */
  | 'mailbox'
  /** The receiving domain asks for fewer, or for none for a while. */
  | 'domain'
  /** So does its server, before it heard of any recipient: the attempt is not the recipient's. */
  | 'closed'
  /** We are not let in: ours to mend. */
  | 'us'
  /** Nobody said anything. */
  | 'connection'
  /** An answer that no server should give. */
  | 'nonsense';

/** What came of handing over. */
export type Delivery =
  | { readonly outcome: 'accepted'; readonly response: string }
  /** Not now; nothing has left the house. Without `by` the trouble was our own, and over when it is tried again. */
  | {
      readonly outcome: 'deferred';
      readonly response: string;
      readonly by?: PutOffBy;
      /** At least so many milliseconds, where the receiver said so. */
      readonly wait?: number;
    }
  /** No, for good. `address` when the address itself is at fault, `sender` when we are. */
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

/** A request to another system. */
export interface WebhookRequest {
  /** The same on every attempt, so that the other side can tell a repeat. */
  readonly id: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; null for a request without one. */
  readonly body: string | null;
  /** By a clock that is right: the other side compares it with its own. */
  readonly at: Instant;
}

/** What came of it, with `response` in one line. */
export type WebhookAnswer =
  | { readonly outcome: 'answered'; readonly response: string; readonly answer: Json }
  /** Not now; perhaps after so many milliseconds. */
  | { readonly outcome: 'later'; readonly response: string; readonly retry_after: number | null }
  /** Asking again would change nothing. */
  | { readonly outcome: 'refused'; readonly response: string };

/** The way to other systems. */
export interface Webhook {
  /** Never throws. */
  call(request: WebhookRequest): Promise<WebhookAnswer>;
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
  /** One result per job, each as soon as it is there. */
  render(jobs: readonly RenderJob[]): readonly Promise<Rendered>[];
  renderBatch(jobs: readonly RenderJob[]): Promise<readonly Rendered[]>;
  close(): Promise<void>;
}
