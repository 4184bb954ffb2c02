import { sayingsOf, proofIn, type Consents } from '../core/contacts/consent.ts';
import type { Contact, EventMemory } from '../core/contacts/contact.ts';
import { remember } from '../core/contacts/memory.ts';
import { factsOf, type Counted } from '../core/map/count.ts';
import { decide, isRuledAnew, nextDueOf, type Decision, type Happening } from '../core/decide.ts';
import type { Instant } from '../core/events/event.ts';
import type { Message } from '../core/messages/message.ts';
import type { Project } from '../core/project.ts';
import {
  partitionOf,
  Unwritable,
  type Asking,
  type Batch,
  type Clock,
  type ContactChange,
  type MergeDone,
  type Places,
  type Store,
  type StoredHappening,
  type Trouble,
  type TurnBook,
  type TurnWrites,
  type SaidConsent,
} from './ports.ts';

export interface TurnReport {
  readonly decided: number;
  /** Messages and calls that are now owed. */
  readonly owed: number;
  /** Partitions to which what was new about others has moved. */
  readonly moved_to: readonly number[];
  /** Where there is more to do. */
  readonly rest: Places;
  /** Partitions that somebody else is at. */
  readonly elsewhere: readonly number[];
  /** Who could not be decided, and is put aside. */
  readonly troubles: readonly Trouble[];
}

export interface Turning extends Omit<Asking, 'now'> {
  /** Asked when the contacts are locked, so that a deployment waits for this turn or the turn knows of it. */
  project(): Project;
  readonly clock: Clock;
  newId(): string;
}

interface Deciding {
  readonly project: Project;
  readonly now: Instant;
  /** Under a moved clock each contact is decided moment by moment. */
  readonly moment_by_moment: boolean;
  newId(): string;
}

/**
 * One turn: a batch of contacts of some partitions, with everything new and everything due, in one transaction. A contact
 * that cannot be decided is put aside, and the others are decided without it.
 *
 * @throws UnwritableBatch where what came of it cannot be written; nothing is, then.
 */
export function takeTurn(store: Store, turning: Turning): Promise<TurnReport> {
  const { clock, newId } = turning;
  return store.turn([...turning.from.keys()], async (book) => {
    const elsewhere = [...turning.from.keys()].filter((partition) => !book.held.includes(partition));
    const now = clock.at(book.database_now);
    const batch = await book.read({ ...turning, now, from: heldOf(turning.from, book) });
    if (batch.contacts.size === 0) return { ...NOTHING_DONE, elsewhere };
    const deciding = { project: turning.project(), now, moment_by_moment: clock.moved, newId };
    const memories = await refold(book, batch, deciding);
    const writes = decideBatch(batch, memories, deciding);
    await write(book, writes);
    const { changes, troubles } = writes;
    const owed = changes.reduce((sum, change) => sum + owedIn(change), 0);
    const moved_to = placesOfNews(writes);
    return { decided: changes.length, owed, moved_to, rest: batch.rest, elsewhere, troubles };
  });
}

/** Each contact of a batch that could not be written has a turn of its own; who cannot be written even so is put aside. */
export async function takeTurnsAlone(
  store: Store,
  { contact_ids }: UnwritableBatch,
  turning: Turning,
): Promise<readonly TurnReport[]> {
  const reports: TurnReport[] = [];
  for (const contact_id of contact_ids) {
    const partition = partitionOf(contact_id);
    const alone = { ...turning, from: new Map([[partition, '']]), only: [contact_id] };
    try {
      reports.push(await takeTurn(store, alone));
    } catch (error) {
      if (!(error instanceof UnwritableBatch)) throw error;
      const trouble = { contact_id, because: wordsOfTrouble(error.cause) };
      await store.turn([partition], (book) => book.write({ ...NO_WRITES, troubles: [trouble] }));
      reports.push({ ...NOTHING_DONE, troubles: [trouble] });
    }
  }
  return reports;
}

/** What came of a batch cannot be written as one. */
export class UnwritableBatch extends Error {
  readonly contact_ids: readonly string[];

  constructor(contact_ids: readonly string[], cause: Unwritable) {
    super(cause.message, { cause });
    this.contact_ids = contact_ids;
  }
}

async function write(book: TurnBook, writes: TurnWrites): Promise<void> {
  try {
    await book.write(writes);
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    const ids = [
      ...writes.changes.map(({ contact }) => contact.id),
      ...writes.forwards.map(({ from }) => from),
    ];
    throw new UnwritableBatch(ids, error);
  }
}

const NOTHING_DONE: TurnReport = {
  decided: 0,
  owed: 0,
  moved_to: [],
  rest: new Map(),
  elsewhere: [],
  troubles: [],
};

const NO_WRITES: TurnWrites = {
  shape: '',
  changes: [],
  merges: [],
  consumed: [],
  forwards: [],
  remerges: [],
  troubles: [],
  taken_back: [],
  facts: [],
};

function heldOf(from: Places, { held }: TurnBook): Places {
  return new Map([...from].filter(([partition]) => held.includes(partition)));
}

/** What was new about those who became somebody else waits there now. */
function placesOfNews({ merges, forwards, remerges }: TurnWrites): readonly number[] {
  const places = [...merges, ...remerges].map(({ kept_id }) => kept_id);
  return [...new Set([...places, ...forwards.map(({ to }) => to)].map(partitionOf))];
}

function owedIn({ messages, calls }: ContactChange): number {
  return messages.filter(({ held_back }) => !held_back).length + calls.length;
}

type Memories = ReadonlyMap<string, Readonly<Record<string, EventMemory>>>;

/** Contacts that were folded when the project asked for other memories are folded anew, from all their events. */
async function refold(book: TurnBook, batch: Batch, { project, now }: Deciding): Promise<Memories> {
  const { memory } = project;
  const stale = [...batch.contacts.values()].filter(
    ({ shape, contact, merged_into }) =>
      shape !== memory.shape && contact.decided_at !== null && merged_into === null,
  );
  if (stale.length === 0) return new Map();
  const histories = await book.history(
    stale.map(({ contact }) => contact.id),
    now,
  );
  return new Map(
    [...histories].map(([id, events]) => [
      id,
      events.reduce((known, event) => remember(known, event, memory), {}),
    ]),
  );
}

interface Writing {
  readonly changes: ContactChange[];
  readonly merges: MergeDone[];
  readonly consumed: { contact_id: string; id: number }[];
  readonly forwards: { from: string; to: string }[];
  readonly remerges: { kept_id: string; gone_id: string }[];
  /** What the map counts. */
  readonly counted: Counted[];
}

function decideBatch(batch: Batch, memories: Memories, turning: Deciding): TurnWrites {
  const writing = emptyWriting();
  const troubles: Trouble[] = [];
  const taken_back: string[] = [];
  const going = goingAway(batch);
  for (const [id, stored] of batch.contacts) {
    const happenings = batch.happenings.get(id) ?? [];
    if (stored.merged_into !== null) {
      if (happenings.length > 0) writing.forwards.push({ from: id, to: stored.merged_into });
    } else if (!going.has(id)) {
      const contact = refreshed(stored.contact, memories, turning.now);
      const because = tryContact(contact, happenings, batch, memories, turning, writing);
      if (because !== undefined) troubles.push({ contact_id: id, because });
      else if (stored.was_aside) taken_back.push(id);
    }
  }
  const { counted, ...writes } = writing;
  const { project } = turning;
  return { shape: project.memory.shape, ...writes, troubles, taken_back, facts: factsOf(counted, project) };
}

function emptyWriting(): Writing {
  return { changes: [], merges: [], consumed: [], forwards: [], remerges: [], counted: [] };
}

/** What comes of a contact is written only where all of it could be decided; otherwise tells what went wrong. */
function tryContact(
  contact: Contact,
  happenings: readonly StoredHappening[],
  batch: Batch,
  memories: Memories,
  turning: Deciding,
  writing: Writing,
): string | undefined {
  const own = emptyWriting();
  try {
    decideContact(contact, happenings, batch, memories, turning, own);
  } catch (error) {
    return wordsOfTrouble(error);
  }
  writing.changes.push(...own.changes);
  writing.merges.push(...own.merges);
  writing.consumed.push(...own.consumed);
  writing.remerges.push(...own.remerges);
  writing.counted.push(...own.counted);
  return undefined;
}

/** The kind of the error and the place in the code: its words may hold what somebody has sent. */
function wordsOfTrouble(error: unknown): string {
  if (!(error instanceof Error)) return 'something was thrown that is no error';
  const { name, message, stack = '' } = error.cause instanceof Error ? error.cause : error;
  const place = /\/((?:src|dist)\/[^\s)]+)/.exec(stack)?.[1] ?? 'an unknown place';
  const kind =
    /^(Cannot read|Invalid time|.* is not a function|invalid input|value too long)/.exec(message)?.[0] ?? '';
  return `${name} in ${place}${kind === '' ? '' : `: ${kind}`}`;
}

/** Who is merged away by another of this batch: decided with that one. Of two that go into each other, one stays. */
function goingAway({ happenings }: Batch): ReadonlySet<string> {
  const going = new Set<string>();
  for (const [id, list] of happenings) {
    if (going.has(id)) continue;
    for (const one of list) if (one.kind === 'merge' && one.gone_id !== id) going.add(one.gone_id);
  }
  return going;
}

function refreshed(contact: Contact, memories: Memories, now: Instant): Contact {
  const memory = memories.get(contact.id);
  if (!memory) return contact;
  return {
    ...contact,
    profile: { ...contact.profile, memory },
    settled_until: Math.min(contact.settled_until, now),
  };
}

function decideContact(
  contact: Contact,
  happenings: readonly StoredHappening[],
  batch: Batch,
  memories: Memories,
  turning: Deciding,
  writing: Writing,
): void {
  const decisions: Decision[] = [];
  const heard: Happening[] = [];
  let current = contact;
  const end = batch.cut.get(contact.id) ?? turning.now;
  for (const { now, taken } of momentsOf(happenings, end, turning, () => current)) {
    const told: Happening[] = [];
    for (const one of taken) told.push(...tell(one, current, told, batch, memories, turning, writing));
    const decision = decide(current, told, turning.project, now, decisions.at(-1)?.known);
    decisions.push(decision);
    current = decision.contact;
    heard.push(...told);
    writing.consumed.push(...taken.map(({ id }) => ({ contact_id: contact.id, id })));
    if (turning.moment_by_moment && (decision.calls.length > 0 || decision.messages.some(isOwed))) break;
  }
  const last = decisions.at(-1);
  if (!last) return;
  const change = { ...changeOf(contact, decisions, last, turning), consents_said: heard.flatMap(saidIn) };
  writing.changes.push(change);
  writing.counted.push(countedOf(contact, change, decisions, heard));
}

function countedOf(
  before: Contact,
  { contact: after, moves, messages }: ContactChange,
  decisions: readonly Decision[],
  heard: readonly Happening[],
): Counted {
  return {
    ...{ before, after, moves, messages },
    passes: decisions.flatMap((decision) => decision.passes),
    gone: heard.flatMap((one) => (one.kind === 'merge' ? [one.gone] : [])),
    events: heard.flatMap((one) => (one.kind === 'event' ? [one.event] : [])),
  };
}

function saidIn(happening: Happening): readonly SaidConsent[] {
  if (happening.kind === 'merge') return [];
  const { event } = happening;
  const { id: event_id, occurred_at: at } = event;
  return sayingsOf(event).map(({ key, word: said }) => ({ event_id, key, said, at, ...proofIn(event) }));
}

function isOwed({ held_back }: Message): boolean {
  return held_back === null;
}

interface Moment {
  readonly now: Instant;
  readonly taken: readonly StoredHappening[];
}

/** In production one moment, now; under a moved clock every moment up to `end` at which something happened or fell due. */
function* momentsOf(
  happenings: readonly StoredHappening[],
  end: Instant,
  { project, now: moment, moment_by_moment }: Deciding,
  current: () => Contact,
): Generator<Moment> {
  if (!moment_by_moment) {
    yield { now: moment, taken: happenings };
    return;
  }
  const waiting = [...happenings].sort((a, b) => a.due_at - b.due_at || a.id - b.id);
  for (;;) {
    const next = Math.min(
      waiting[0]?.due_at ?? Infinity,
      nextDueOf(current(), project) ?? Infinity,
      isRuledAnew(current(), project) ? end : Infinity,
    );
    if (next > end) return;
    const now = Math.max(next, current().decided_at ?? next);
    const count = waiting.findIndex((one) => one.due_at > next);
    yield { now, taken: waiting.splice(0, count === -1 ? waiting.length : count) };
  }
}

/** What a stored happening tells the core; a merge that was done already tells nothing. */
function tell(
  happening: StoredHappening,
  contact: Contact,
  before: readonly Happening[],
  batch: Batch,
  memories: Memories,
  { now }: Deciding,
  writing: Writing,
): readonly Happening[] {
  if (happening.kind === 'event') return [{ kind: 'event', event: happening.event }];
  const stored = batch.contacts.get(happening.gone_id);
  if (!stored || stored.merged_into === contact.id || happening.gone_id === contact.id) return [];
  if (stored.merged_into !== null) {
    writing.remerges.push({ kept_id: contact.id, gone_id: stored.merged_into });
    return [];
  }
  const gone = refreshed(stored.contact, memories, now);
  writing.merges.push({
    kept_id: contact.id,
    gone_id: gone.id,
    renumber: renumbering(contact, before, gone),
  });
  return [{ kind: 'merge', gone }];
}

/** Numbers go on after those of the contact itself and of whoever was merged into it at the same moment. */
function renumbering(kept: Contact, before: readonly Happening[], gone: Contact): Record<string, number> {
  const all = [kept, ...before.flatMap((one) => (one.kind === 'merge' ? [one.gone] : []))];
  const countOf = (workflow: string): number =>
    all.reduce((sum, { entries }) => sum + (entries[workflow]?.count ?? 0), 0);
  return Object.fromEntries(Object.keys(gone.entries).map((workflow) => [workflow, countOf(workflow)]));
}

function changeOf(
  before: Contact,
  decisions: readonly Decision[],
  last: Decision,
  { newId }: Deciding,
): Omit<ContactChange, 'consents_said'> {
  const runs = new Map(
    decisions.flatMap(({ runs: some }) => some.map((run) => [`${run.workflow}#${run.number}`, run])),
  );
  return {
    contact: last.contact,
    next_due_at: last.next_due_at,
    consents: changedConsents(before.profile.consent, last.contact.profile.consent),
    moves: decisions.flatMap(({ moves }) => moves),
    runs: [...runs.values()],
    segment_moves: decisions.flatMap(({ segment_moves }) => segment_moves),
    messages: decisions.flatMap(({ messages }) => messages.map((message) => ({ ...message, id: newId() }))),
    calls: decisions.flatMap(({ calls }) => calls.map((call) => ({ ...call, id: newId() }))),
  };
}

function changedConsents(before: Consents, after: Consents): Consents {
  if (before === after) return NO_CONSENTS;
  return Object.fromEntries(Object.entries(after).filter(([key, consent]) => before[key] !== consent));
}

const NO_CONSENTS: Consents = {};
