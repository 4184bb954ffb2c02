import type { Instant } from '../core/events/event.ts';
import type { Outcome } from '../core/workflows/run.ts';

/** Who stands at a step now. Those who are held out stand nowhere and are told apart. */
export interface Standing {
  readonly workflow: string;
  readonly version: string;
  readonly step: string;
  readonly held_out: boolean;
  readonly people: number;
  /** How long they have been there, in milliseconds, on average. */
  readonly mean_ms: number;
}

/** Runs that began since a moment, by where they stand now or ended. */
export interface Walked {
  readonly workflow: string;
  readonly step: string;
  readonly held_out: boolean;
  readonly outcome: Outcome | null;
  readonly runs: number;
}

/** How often runs came to a step since a moment, and how long those stayed that left it, as far back as that is counted. */
export interface Passed {
  readonly workflow: string;
  readonly step: string;
  readonly visits: number;
  /** How long those that left had been there, in milliseconds, on average; null: nobody left. */
  readonly mean_ms: number | null;
}

/** Messages that were owed since a moment. */
export interface Sent {
  readonly workflow: string;
  readonly step: string;
  readonly sent: number;
  readonly held_back: number;
  /** On their way. */
  readonly waiting: number;
}

export interface WorkflowCounts {
  readonly since: Instant;
  readonly at: Instant;
  readonly standing: readonly Standing[];
  readonly walked: readonly Walked[];
  readonly passed: readonly Passed[];
  readonly sent: readonly Sent[];
}

export interface Waiting {
  readonly contact_id: string;
  readonly number: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly step: string;
  readonly version: string;
  readonly entered_at: Instant;
  readonly arrived_at: Instant;
  /** When it goes on by time alone; null: never. */
  readonly due_at: Instant | null;
  /** It is held before the next step: by a pause or a notice. */
  readonly held: boolean;
}

/** The last one of a page before. */
export type WaitingPlace = readonly [contact_id: string, number: number];

export interface WorkflowVersion {
  readonly version: string;
  readonly deployed_at: Instant;
  readonly text: string;
}

/** What workflows have come to, counted from runs and messages. */
export interface WorkflowBook {
  /** Of all workflows; kept for a while where it takes long. */
  counts(): Promise<WorkflowCounts>;
  waiting(
    workflow: string,
    step: string | null,
    after: WaitingPlace | null,
    limit: number,
  ): Promise<{ readonly list: readonly Waiting[]; readonly next: WaitingPlace | null }>;
  /** Those that were ever live, newest first. */
  versions(workflow: string, limit: number): Promise<readonly WorkflowVersion[]>;
  version(workflow: string, version: string): Promise<WorkflowVersion | undefined>;
}
