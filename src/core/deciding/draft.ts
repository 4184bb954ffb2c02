import type { Facts } from '../conditions/answer.ts';
import type { WorkflowEntries, WorkingContact } from '../contacts/contact.ts';
import { zoneOf } from '../contacts/locale.ts';
import type { Event, Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
import type { ChannelName, Message } from '../messages/message.ts';
import type { Project } from '../project.ts';
import type { Reason } from '../reason.ts';
import type { SegmentMove } from '../segments/segments.ts';
import type { StageMove } from '../stages/stages.ts';
import { endRun, type Outcome, type Run, type StepPass } from '../workflows/run.ts';
import type { Call, Walk } from '../workflows/step.ts';
import type { Workflow } from '../workflows/workflow.ts';
import type { Known } from './known.ts';

/** A message that a step wants to send: which of several come first is settled at the end of the moment. */
export interface Wish {
  readonly workflow: Workflow;
  readonly run: Run;
  readonly message: string;
  readonly channel: ChannelName;
}

/** A workflow that a step wants to start. */
export interface Start {
  readonly workflow: string;
  readonly data: JsonObject;
  readonly because: Reason;
}

/** The work in progress. It lives only inside one call of `decide`. */
export interface Draft {
  /** A copy of its own, which only becomes somebody else's when the decision is made. */
  contact: WorkingContact;
  readonly project: Project;
  readonly clock: Instant;
  /** The contact was decided by other rules last. */
  readonly ruled_anew: boolean;
  /** Up to then only the rules have changed, and nothing else happened: what they move starts nothing. */
  readonly quiet_until: Instant;
  /** Before the rules changed, the next moment that changes something by itself. */
  readonly settled_before: Instant;
  readonly moves: StageMove[];
  readonly segment_moves: SegmentMove[];
  readonly runs: Map<string, Run>;
  /** Steps that runs came to and left, in this order. */
  readonly passes: StepPass[];
  readonly messages: Message[];
  readonly calls: Call[];
  readonly wishes: Wish[];
  readonly starts: Start[];
  /** How many more workflows may be started by others at this moment. */
  starts_left: number;
  /** What the last round found out. */
  known: Known;
  /** Up to then everything has been looked at that was to come by time alone. */
  passed: Instant;
  /** Where stage and segments had moved to when triggers were last looked at. */
  told: { moves: number; segment_moves: number };
  /** Whether steps have changed something that the stage, an exit or a trigger may ask about. */
  stirred: boolean;
}

/** With a run, as its conditions see it. */
export function factsAt({ contact, project }: Draft, now: Instant, run?: Run, happening?: Event): Facts {
  return { contact, now, zone: zoneOf(contact, project), entered_at: run?.entered_at, happening };
}

export function walkOf(draft: Draft, run: Run, now: Instant): Walk {
  const { calendars, winners } = draft.project;
  return {
    facts: factsAt(draft, now, run),
    run,
    now,
    clock: Math.max(now, draft.clock),
    calendars,
    winner: (step) => winners[`${run.workflow}/${step}`],
  };
}

export function isPaused(project: Project, run: Run): boolean {
  return project.workflows.get(run.workflow)?.status === 'paused';
}

export function versionOf({ project }: Draft, run: Run): Workflow | undefined {
  const live = project.workflows.get(run.workflow);
  return live?.version === run.version ? live : project.version(run.workflow, run.version);
}

type EntryNote = Partial<WorkflowEntries>;

export function noteEntry(draft: Draft, workflow: string, note: EntryNote): void {
  const known = draft.contact.entries[workflow] ?? { count: 0, ended_at: null };
  draft.contact.entries = { ...draft.contact.entries, [workflow]: { ...known, ...note } };
}

export function finish(draft: Draft, run: Run, outcome: Outcome, because: Reason, at: Instant): void {
  noteLeaving(draft, run, at);
  put(draft, endRun(run, outcome, because, at));
  noteEntry(draft, run.workflow, { ended_at: at });
}

/** Who is held out stands at no step, and so does a run that has only just begun. */
export function noteLeaving(draft: Draft, { workflow, step, arrived_at }: Run, at: Instant): void {
  if (step !== '') draft.passes.push({ workflow, step, at, stayed: Math.max(0, at - arrived_at) });
}

export function put(draft: Draft, run: Run): void {
  const others = draft.contact.runs.filter(
    ({ workflow, number }) => number !== run.number || workflow !== run.workflow,
  );
  draft.contact.runs = run.ended_at === null ? [...others, run] : others;
  draft.runs.set(runKey(run), run);
}

export function runKey(run: Run): string {
  return `${run.workflow}#${run.number}`;
}
