import type { Facts, Question } from '../conditions/answer.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import type { Event, Instant } from '../events/event.ts';
import type { Purpose } from '../messages/message.ts';
import type { Duration } from '../time/duration.ts';
import type { Run } from './run.ts';
import type { Step } from './step.ts';

/** What starts a run. Every live workflow can also be started by hand and by other workflows. */
export type Trigger =
  /** One of these events happens. */
  | { readonly by: 'event'; matches(event: Event): boolean }
  /** The condition was not true and becomes true. */
  | {
      readonly by: 'condition';
      readonly when: Question;
      /** What a run would be about: then runs start for as long as it holds, and `re_enter` lets in once for each. */
      about?(facts: Facts): Run['event'];
    }
  /** The contact enters or leaves one of these stages or segments. */
  | {
      readonly by: 'move';
      readonly of: 'stage' | 'segment';
      readonly way: 'enters' | 'leaves';
      readonly ids: readonly string[];
    }
  /** A date of the contact or a schedule: the first such moment after `after`; undefined: never again. */
  | {
      readonly by: 'moment';
      next(facts: Facts, after: Instant): Instant | undefined;
      /** As of `Question`. */
      readonly looks_at?: number;
      /** What the run of this moment is about. */
      about?(facts: Facts, fired: Instant): Run['event'];
    }
  /** Only by hand, by the API or by another workflow. */
  | { readonly by: 'hand' };

/** `per`: once for each value of this property of the starting event, also side by side. */
export type ReEntry = 'never' | 'always' | { readonly after: Duration } | { readonly per: string };

export interface Goal {
  readonly reached: Question;
  /** Counted from the entry; null: for as long as the run lasts. */
  readonly within: Duration | null;
}

/** A step as it stands in the file: what a later version is compared with. */
export interface StepOutline {
  readonly id: string;
  /** Whether the id was written, and not made from the place. */
  readonly named: boolean;
  readonly verb: string;
  /** What is written in it, without its nested steps; equal text means an equal step. */
  readonly text: string;
  /** The id of the step in whose nested list it stands, and the name of that list; empty at the top. */
  readonly under: string;
}

/** A workflow made ready to walk. */
export interface Workflow {
  readonly id: string;
  readonly version: string;
  readonly status: 'draft' | 'live' | 'paused' | 'stopped';
  readonly purpose: Purpose;
  /** Who writes first where several want to at once: higher before lower. */
  readonly priority: number;
  readonly trigger: Trigger;
  readonly only_if: Question;
  readonly re_enter: ReEntry;
  /** Each is a way out. */
  readonly exits: readonly Question[];
  readonly goal: Goal | null;
  /** Percent of those who enter that get nothing. */
  readonly holdout: number;
  readonly when_edited: 'finish_old' | 'follow';
  /** Where runs go that stand at a step which is no longer there: old id → id. */
  readonly moved_to: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** The index of the first step; `END` where there is none. */
  readonly first: number;
  /** In the order of the file, nested steps after the one that holds them. */
  readonly outline: readonly StepOutline[];
  readonly memory: readonly MemorySpec[];
}

export function stepIndex(workflow: Workflow, id: string): number {
  let known = indexes.get(workflow);
  if (!known) {
    known = new Map(workflow.steps.map((step, index) => [step.id, index]));
    indexes.set(workflow, known);
  }
  return known.get(id) ?? -1;
}

const indexes = new WeakMap<Workflow, Map<string, number>>();
