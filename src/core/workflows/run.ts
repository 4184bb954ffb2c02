import type { Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
import type { Reason } from '../reason.ts';

/** How a run can end: at an end of its steps, by `exit_when`, by its goal, by a merge, or because it could not go on. */
export type Outcome = 'completed' | 'exited' | 'converted' | 'merged' | 'failed';

/** One contact's walk through one workflow. */
export interface Run {
  readonly workflow: string;
  /** The version of the workflow that the contact entered, and walks to the end. */
  readonly version: string;
  /** First, second, … run of this workflow by this contact. Contact, workflow and number name the run. */
  readonly number: number;
  readonly entered_at: Instant;
  /** The event that started it, with its properties; null where the trigger was a condition. */
  readonly event: { readonly id: string; readonly name: string; readonly properties: JsonObject } | null;
  /** Why it began. */
  readonly because: Reason;
  /** The step that it stands at. */
  readonly step: string;
  /** How many steps it has walked: names this stay at this step, also in a loop. */
  readonly visit: number;
  readonly arrived_at: Instant;
  /** When the step wants to go on by time alone; null: never. */
  readonly due_at: Instant | null;
  readonly ended_at: Instant | null;
  readonly outcome: Outcome | null;
  /** Why it ended. */
  readonly ended_because: Reason | null;
}

export function endRun(run: Run, outcome: Outcome, because: Reason, at: Instant): Run {
  return { ...run, outcome, ended_because: because, ended_at: at, due_at: null };
}
