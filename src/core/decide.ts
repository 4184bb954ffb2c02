import { workingCopy, type Contact } from './contacts/contact.ts';
import { byOccurrence, fold } from './contacts/fold.ts';
import { mergeContacts } from './contacts/merge.ts';
import { isPaused, runKey, type Draft } from './deciding/draft.ts';
import { enterRuns } from './deciding/enter.ts';
import { nothingKnown, seenOf, soonestOf, type Known } from './deciding/known.ts';
import { leaveRuns } from './deciding/leave.ts';
import { moveContact } from './deciding/move.ts';
import { oweWishes } from './deciding/send.ts';
import { adoptRuns, tellRuns, walkDueRuns } from './deciding/walk.ts';
import type { Event, Instant } from './events/event.ts';
import type { Message } from './messages/message.ts';
import type { Project } from './project.ts';
import type { SegmentMove } from './segments/segments.ts';
import type { StageMove } from './stages/stages.ts';
import type { Run, StepPass } from './workflows/run.ts';
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
  readonly passes: readonly StepPass[];
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
    draft.passed = moment - 1;
    draft.contact.profile = fold(draft.contact.profile, event, project.memory);
    settle(draft, moment, event);
  }
  passTime(draft, now);
  if (walkDueRuns(draft) || draft.contact.settled_until <= now) settle(draft, now);
  return conclude(draft);
}

/** By other rules than it was decided by last, a contact is decided anew; up to when these went live, quietly. */
function begin(contact: Contact, project: Project, clock: Instant, known?: Known): Draft {
  const ruled_anew = isRuledAnew(contact, project);
  const isQuiet = ruled_anew && project.live_since !== -Infinity;
  const decided_at = contact.decided_at ?? -Infinity;
  const changed_at = isQuiet ? Math.min(clock, Math.max(decided_at, project.live_since)) : clock;
  const copy = workingCopy(contact);
  if (ruled_anew) copy.settled_until = Math.min(contact.settled_until, changed_at);
  return {
    contact: copy,
    project,
    clock,
    ruled_anew,
    quiet_until: isQuiet ? changed_at : -Infinity,
    settled_before: contact.settled_until,
    moves: [],
    segment_moves: [],
    runs: new Map(),
    passes: [],
    messages: [],
    calls: [],
    wishes: [],
    starts: [],
    known: known?.of === contact && known.project === project ? known : nothingKnown(copy, project),
    starts_left: 0,
    passed: -Infinity,
    told: { moves: 0, segment_moves: 0 },
    stirred: false,
  };
}

/** Whether a contact was decided by other rules than these. */
export function isRuledAnew({ rules, decided_at }: Contact, project: Project): boolean {
  return decided_at !== null && rules !== project.rules;
}

function mergeIn(draft: Draft, gone: Contact): void {
  const { memory, stages } = draft.project;
  const order = stages.list.map((stage) => stage.id);
  const { contact, ended } = mergeContacts(draft.contact, gone, memory, order, draft.clock);
  draft.contact = workingCopy(contact);
  draft.known = nothingKnown(contact, draft.project);
  for (const run of [...contact.runs, ...ended]) draft.runs.set(runKey(run), run);
}

function eventsOf(happenings: readonly Happening[]): readonly Event[] {
  const events: Event[] = [];
  for (const one of happenings) if (one.kind === 'event') events.push(one.event);
  return events.length > 1 ? events.sort(byOccurrence) : events;
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
  draft.passed = Math.max(draft.passed, moment - 1);
  for (let round = 0; draft.stirred && round < MOST_ROUNDS; round++) until = decideAt(draft, moment);
  draft.starts.splice(0);
  oweWishes(draft, moment);
  draft.contact.decided_at = Math.max(moment, draft.contact.decided_at ?? -Infinity);
  draft.contact.settled_until = until > moment ? until : moment + 1;
}

/** Workflows that set each other going at one moment more often than this, or start more of each other, have no end. */
const MOST_ROUNDS = 10;
const MOST_STARTS = 100;

function decideAt(draft: Draft, moment: Instant, event?: Event): Instant {
  draft.stirred = false;
  const { contact, project } = draft;
  const seen = seenOf(contact);
  const { stage, segments, persona } = moveContact(draft, moment, event);
  const exits = leaveRuns(draft, moment, event);
  if (event || moment > draft.quiet_until) tellRuns(draft, moment, event);
  const triggers = enterRuns(draft, moment, event);
  draft.known = { project, of: contact, seen, stage, segments, persona, exits, triggers };
  return soonestOf(draft.known);
}

function conclude(draft: Draft): Decision {
  const { contact, project, known, moves, segment_moves, runs, passes, messages, calls } = draft;
  contact.rules = project.rules;
  const next_due_at = nextDueOf(contact, project);
  return {
    ...{ contact, moves, segment_moves, passes, messages, calls, next_due_at, known },
    runs: [...runs.values()],
  };
}

/** The moment at which time alone asks for the next decision; null: never. */
export function nextDueOf(contact: Contact, project: Project): Instant | null {
  let next = contact.settled_until;
  for (const run of contact.runs)
    if (run.due_at !== null && run.due_at < next && !isPaused(project, run)) next = run.due_at;
  return next === Infinity ? null : next;
}
