/** Everything that is recorded of a contact, and what the contact was at an earlier moment as far as that tells. */
import {
  emptyProfile,
  type Contact,
  type Profile,
  type WorkflowEntries,
} from '../../core/contacts/contact.ts';
import { byOccurrence, fold } from '../../core/contacts/fold.ts';
import { remember } from '../../core/contacts/memory.ts';
import type { Event, Instant } from '../../core/events/event.ts';
import { own } from '../../core/json.ts';
import type { Project } from '../../core/project.ts';
import type { SegmentMove } from '../../core/segments/segments.ts';
import type { StageMove } from '../../core/stages/stages.ts';
import type { Run } from '../../core/workflows/run.ts';
import type { Reader, RecordedMessage, StoredContact } from '../ports.ts';

export interface Records {
  readonly stored: StoredContact;
  /** Up to when they were read. */
  readonly now: Instant;
  /** In the order in which they are folded. */
  readonly events: readonly Event[];
  readonly stage_moves: readonly StageMove[];
  readonly segment_moves: readonly SegmentMove[];
  readonly runs: readonly Run[];
  readonly messages: readonly RecordedMessage[];
  readonly identities: readonly { readonly kind: string; readonly value: string }[];
}

export async function readRecords(reader: Reader, stored: StoredContact, now: Instant): Promise<Records> {
  const { id } = stored.contact;
  const [events, stage_moves, segment_moves, runs, messages, identities] = await Promise.all([
    reader.eventsOf([id], now),
    reader.stageMoves(id, now),
    reader.segmentMoves(id, now),
    reader.runs(id, now),
    reader.messages(id, now),
    reader.identities(id),
  ]);
  const in_order = [...(events.get(id) ?? [])].sort(byOccurrence);
  return { stored, now, events: in_order, stage_moves, segment_moves, runs, messages, identities };
}

/** As `readRecords`, but for the events: read only where the contact has yet to remember what this project asks for. */
export async function readStanding(
  reader: Reader,
  stored: StoredContact,
  { memory }: Project,
  now: Instant,
): Promise<Records> {
  const remembers = stored.shape === memory.shape;
  return readRecords(remembers ? { ...reader, eventsOf: NO_EVENTS } : reader, stored, now);
}

const NO_EVENTS: Reader['eventsOf'] = async () => new Map();

/** What is recorded up to and with a moment. Runs stand as they stood then, messages as they stand now. */
export function recordsUntil(records: Records, at: Instant): Records {
  if (at >= records.now) return records;
  return {
    ...records,
    events: records.events.filter(({ occurred_at }) => occurred_at <= at),
    stage_moves: records.stage_moves.filter((move) => move.at <= at),
    segment_moves: records.segment_moves.filter((move) => move.at <= at),
    runs: records.runs.flatMap((run) => (run.entered_at <= at ? [runAt(run, at)] : [])),
    messages: records.messages.filter(({ owed_at }) => owed_at <= at),
  };
}

/** Of a run that has gone on since, it is not recorded at which step it stood: that step is empty. */
function runAt(run: Run, at: Instant): Run {
  if (run.ended_at !== null && run.ended_at <= at) return run;
  const still = { ...run, ended_at: null, outcome: null, ended_because: null };
  return run.arrived_at <= at ? still : { ...still, step: '', due_at: null };
}

/** The contact now, remembering what this project's rules ask for. */
export function contactNow({ stored, events }: Records, { memory }: Project): Contact {
  const { contact, shape } = stored;
  if (shape === memory.shape) return contact;
  const memories = events.reduce((all, event) => remember(all, event, memory), {});
  return { ...contact, profile: { ...contact.profile, memory: memories } };
}

/**
 * The contact as it was: stage, segments, runs and messages as recorded, everything else folded from the events up to
 * then. Who has folded these already hands over the profile.
 */
export function contactAt(records: Records, project: Project, at: Instant, folded?: Profile): Contact {
  if (at >= records.now) return contactNow(records, project);
  const then = recordsUntil(records, at);
  const { contact } = records.stored;
  return {
    ...contact,
    ...stageAt(records, at),
    profile: withFieldsOf(contact, folded ?? foldAll(then.events, project), at),
    segments: segmentsAt(then.segment_moves),
    decided_at: at,
    settled_until: Infinity,
    entries: entriesOf(then.runs, contact),
    sent: then.messages.flatMap(({ owed_at, purpose, state }) =>
      state === 'suppressed' ? [] : [{ at: owed_at, purpose }],
    ),
    runs: then.runs.filter(({ ended_at }) => ended_at === null),
  };
}

function foldAll(events: readonly Event[], { memory }: Project): Profile {
  return events.reduce((profile, event) => fold(profile, event, memory), emptyProfile());
}

/** Fields that workflows wrote are in no event: those that were known by then and are still the same are taken over. */
function withFieldsOf({ profile: { fields } }: Contact, profile: Profile, at: Instant): Profile {
  const written = Object.entries(fields).filter(
    ([name, field]) => field.at <= at && field.at >= (own(profile.fields, name)?.at ?? -Infinity),
  );
  return { ...profile, fields: { ...profile.fields, ...Object.fromEntries(written) } };
}

function stageAt(
  { stage_moves, stored, events }: Records,
  at: Instant,
): Pick<Contact, 'stage' | 'stage_since' | 'stages_left'> {
  const past = stage_moves.filter((move) => move.at <= at);
  const last = past.at(-1);
  const next = stage_moves.find((move) => move.at > at);
  const began = events[0]?.occurred_at ?? stored.contact.stage_since;
  return {
    stage: last?.to ?? next?.from ?? stored.contact.stage,
    stage_since: last?.at ?? (next ? began : stored.contact.stage_since),
    stages_left: Object.fromEntries(past.map((move) => [move.from, move.at])),
  };
}

function segmentsAt(moves: readonly SegmentMove[]): Contact['segments'] {
  const inside = new Map<string, Instant>();
  for (const { segment, way, at } of moves) {
    if (way === 'enters') inside.set(segment, at);
    else inside.delete(segment);
  }
  return Object.fromEntries(inside);
}

/** What a trigger held, and up to when moments were looked for, is not recorded: as it is now. */
function entriesOf(runs: readonly Run[], { entries }: Contact): Contact['entries'] {
  const known: Record<string, WorkflowEntries> = {};
  for (const { workflow, ended_at, key } of runs) {
    const before = own(known, workflow) ?? { ...own(entries, workflow), count: 0, ended_at: null, keys: [] };
    known[workflow] = {
      ...before,
      count: before.count + 1,
      ended_at: ended_at === null ? before.ended_at : Math.max(ended_at, before.ended_at ?? -Infinity),
      keys: key === null ? (before.keys ?? []) : [...(before.keys ?? []), key],
    };
  }
  return known;
}
