import type { Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
import type { Reason } from '../reason.ts';

/** How a run can end: at an end of its steps, by `exit_when`, by its goal, by a merge, or because it could not go on. */
export type Outcome = 'completed' | 'exited' | 'converted' | 'merged' | 'failed';

/** One contact's walk through one workflow. */
export interface Run {
  readonly workflow: string;
  /** The version of the workflow that the contact walks: the one it entered, or one that it has followed since. */
  readonly version: string;
  /** First, second, … run of this workflow by this contact. Contact, workflow and number name the run. */
  readonly number: number;
  readonly entered_at: Instant;
  /** The event that started it, with its properties; null where the trigger was a condition. */
  readonly event: { readonly id: string; readonly name: string; readonly properties: JsonObject } | null;
  /** What the run is about, where `re_enter` is per key: the number of an order, for one. */
  readonly key: string | null;
  /** It gets nothing and is only watched, so that the effect of the workflow can be measured. */
  readonly held_out: boolean;
  /** Which variant it took, by the id of the step `ab_test`. */
  readonly variants: Readonly<Record<string, string>>;
  /** Why it began. */
  readonly because: Reason;
  /** The step that it stands at. */
  readonly step: string;
  /** How many steps it has walked: names this stay at this step, also in a loop. */
  readonly visit: number;
  readonly arrived_at: Instant;
  /** When the step wants to go on by time alone; null: never. */
  readonly due_at: Instant | null;
  /** The step before which it is held, because its workflow is paused or a notice is on; empty before the end. Absent: not held. */
  readonly held_before?: string;
  readonly ended_at: Instant | null;
  readonly outcome: Outcome | null;
  /** Why it ended. */
  readonly ended_because: Reason | null;
}

/** A run came to a step, or left it. */
export interface StepPass {
  readonly workflow: string;
  readonly step: string;
  readonly at: Instant;
  /** For how long it had stood there, in milliseconds; null: it came. */
  readonly stayed: number | null;
}

export type WorkingRun = { -readonly [Key in keyof Run]: Run[Key] };

/** A copy to work on. Written out, because copying a copy by `...` again and again is ten times as slow. */
export function copyRun(run: Run): WorkingRun {
  const copy: WorkingRun = {
    workflow: run.workflow,
    version: run.version,
    number: run.number,
    entered_at: run.entered_at,
    event: run.event,
    key: run.key,
    held_out: run.held_out,
    variants: run.variants,
    because: run.because,
    step: run.step,
    visit: run.visit,
    arrived_at: run.arrived_at,
    due_at: run.due_at,
    ended_at: run.ended_at,
    outcome: run.outcome,
    ended_because: run.ended_because,
  };
  if (run.held_before !== undefined) copy.held_before = run.held_before;
  return copy;
}

export function endRun(run: Run, outcome: Outcome, because: Reason, at: Instant): Run {
  const ended = copyRun(run);
  ended.outcome = outcome;
  ended.ended_because = because;
  ended.ended_at = at;
  ended.due_at = null;
  return ended;
}
