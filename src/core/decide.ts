import type { Contact } from './contacts/contact.ts';
import { byOccurrence, fold } from './contacts/fold.ts';
import { mergeContacts } from './contacts/merge.ts';
import { isPaused, runKey, type Draft } from './deciding/draft.ts';
import { enterRuns } from './deciding/enter.ts';
import { nothingKnown, soonestOf, type Known } from './deciding/known.ts';
import { leaveRuns } from './deciding/leave.ts';
import { moveContact } from './deciding/move.ts';
import { oweWishes } from './deciding/send.ts';
import { adoptRuns, tellRuns, walkDueRuns } from './deciding/walk.ts';
import type { Event, Instant } from './events/event.ts';
import type { Message } from './messages/message.ts';
import type { Project } from './project.ts';
import type { SegmentMove } from './segments/segments.ts';
import type { StageMove } from './stages/stages.ts';
import type { Run } from './workflows/run.ts';
import type { Call } from './workflows/step.ts';

/** Something new about a contact. */
export type Happening =
  | { readonly kind: 'event'; readonly event: Event }
  /** Another contact turned out to be the same person. */
  | { readonly kind: 'merge'; readonly gone: Contact };

/** What becomes of a contact, and what must be done. */
export interface Decision {
  readonly contact: Contact;
  readonly moves: readonly StageMove[];
  readonly segment_moves: readonly SegmentMove[];
  /** Runs that began, went on or ended. */
  readonly runs: readonly Run[];
  readonly messages: readonly Message[];
  readonly calls: readonly Call[];
  /** The moment at which time alone asks for the next decision; null: never. */
  readonly next_due_at: Instant | null;
  /** Handed to the next decision about this very contact, it spares asking again what has not changed. */
  readonly known: Known;
}

/**
 * One contact, its happenings, one moment: the whole of Etapa's judgement, with no clock, no chance and no I/O.
 *
 * Happenings are taken in the order in which they occurred, each at its own moment, and what changes by time alone
 * (stages, exits, triggers that are conditions) changes at the very moment it falls due, also between them. Waits
 * of runs end last and at `now`: after an interruption nobody gets three reminders at once.
 */
export function decide(
  contact: Contact,
  happenings: readonly Happening[],
  project: Project,
  now: Instant,
  known?: Known,
): Decision {
  const draft = begin(contact, project, now, known);
  for (const happening of happenings) if (happening.kind === 'merge') mergeIn(draft, happening.gone);
  adoptRuns(draft);
  for (const event of eventsOf(happenings)) {
    const moment = Math.max(event.occurred_at, draft.contact.decided_at ?? -Infinity);
    passTime(draft, moment - 1);
    draft.contact = { ...draft.contact, profile: fold(draft.contact.profile, event, project.memory) };
    settle(draft, moment, event);
  }
  passTime(draft, now);
  if (walkDueRuns(draft) || draft.contact.settled_until <= now) settle(draft, now);
  return conclude(draft);
}

/** By other rules than it was decided by last, a contact is decided anew; up to when these went live, quietly. */
function begin(contact: Contact, project: Project, clock: Instant, known?: Known): Draft {
  const { rules, decided_at } = contact;
  const isRuledAnew = decided_at !== null && rules !== project.rules;
  const isQuiet = isRuledAnew && project.live_since !== -Infinity;
  const changed_at = isQuiet ? Math.min(clock, Math.max(decided_at, project.live_since)) : clock;
  return {
    contact: isRuledAnew
      ? { ...contact, settled_until: Math.min(contact.settled_until, changed_at) }
      : contact,
    project,
    clock,
    ruled_anew: isRuledAnew,
    quiet_until: isQuiet ? changed_at : -Infinity,
    settled_before: contact.settled_until,
    moves: [],
    segment_moves: [],
    runs: new Map(),
    messages: [],
    calls: [],
    wishes: [],
    starts: [],
    known: known?.of === contact && known.project === project ? known : nothingKnown(contact, project),
    starts_left: 0,
    told: { moves: 0, segment_moves: 0 },
    stirred: false,
  };
}

function mergeIn(draft: Draft, gone: Contact): void {
  const { memory, stages } = draft.project;
  const order = stages.list.map((stage) => stage.id);
  const { contact, ended } = mergeContacts(draft.contact, gone, memory, order, draft.clock);
  draft.contact = contact;
  draft.known = nothingKnown(contact, draft.project);
  for (const run of [...contact.runs, ...ended]) draft.runs.set(runKey(run), run);
}

function eventsOf(happenings: readonly Happening[]): readonly Event[] {
  return happenings.flatMap((one) => (one.kind === 'event' ? [one.event] : [])).sort(byOccurrence);
}

/** Lets the moments up to and with `end` come, at which something may change by itself. */
function passTime(draft: Draft, end: Instant): void {
  for (let step = 0; draft.contact.settled_until <= end && step < MOST_MOMENTS; step++) {
    settle(draft, Math.max(draft.contact.settled_until, draft.contact.decided_at ?? -Infinity));
  }
}

/** A rule that flickers more often than this within one decision is answered at its end only. */
const MOST_MOMENTS = 1000;

/** Decides everything that depends on what is known at one moment. */
function settle(draft: Draft, moment: Instant, event?: Event): void {
  draft.starts_left = MOST_STARTS;
  let until = decideAt(draft, moment, event);
  for (let round = 0; draft.stirred && round < MOST_ROUNDS; round++) until = decideAt(draft, moment);
  draft.starts.splice(0);
  oweWishes(draft, moment);
  draft.contact = {
    ...draft.contact,
    decided_at: Math.max(moment, draft.contact.decided_at ?? -Infinity),
    settled_until: until > moment ? until : moment + 1,
  };
}

/** Workflows that set each other going at one moment more often than this, or start more of each other, have no end. */
const MOST_ROUNDS = 10;
const MOST_STARTS = 100;

function decideAt(draft: Draft, moment: Instant, event?: Event): Instant {
  draft.stirred = false;
  const { contact: seen, project } = draft;
  const moved = moveContact(draft, moment, event);
  const exits = leaveRuns(draft, moment, event);
  if (event || moment > draft.quiet_until) tellRuns(draft, moment, event);
  const triggers = enterRuns(draft, moment, event);
  draft.known = { project, of: seen, seen, ...moved, exits, triggers };
  return soonestOf(draft.known);
}

function conclude(draft: Draft): Decision {
  const { project, moves, segment_moves, runs, messages, calls } = draft;
  const { rules } = project;
  const contact = draft.contact.rules === rules ? draft.contact : { ...draft.contact, rules };
  const next_due_at = nextDueOf(contact, project);
  const known = { ...draft.known, of: contact };
  return { contact, moves, segment_moves, runs: [...runs.values()], messages, calls, next_due_at, known };
}

/** The moment at which time alone asks for the next decision; null: never. */
export function nextDueOf(contact: Contact, project: Project): Instant | null {
  const waits = contact.runs.flatMap((run) =>
    run.due_at === null || isPaused(project, run) ? [] : [run.due_at],
  );
  const next = Math.min(contact.settled_until, ...waits);
  return next === Infinity ? null : next;
}
