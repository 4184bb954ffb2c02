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
  /** The step before which it is held, because its workflow is paused; empty before the end. Absent: not held. */
  readonly held_before?: string;
  readonly ended_at: Instant | null;
  readonly outcome: Outcome | null;
  /** Why it ended. */
  readonly ended_because: Reason | null;
}

export function endRun(run: Run, outcome: Outcome, because: Reason, at: Instant): Run {
  return { ...run, outcome, ended_because: because, ended_at: at, due_at: null };
}
