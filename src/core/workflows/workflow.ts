import type { Question } from '../conditions/answer.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import type { Event } from '../events/event.ts';
import type { Purpose } from '../messages/message.ts';
import type { Duration } from '../time/duration.ts';
import type { Step } from './step.ts';

/** What starts a run. */
export type Trigger =
  /** One of these events happens. */
  | { readonly by: 'event'; matches(event: Event): boolean }
  /** The condition was not true and becomes true. */
  | { readonly by: 'condition'; readonly when: Question };

export type ReEntry = 'never' | 'always' | { readonly after: Duration };

export interface Goal {
  readonly reached: Question;
  /** Counted from the entry; null: for as long as the run lasts. */
  readonly within: Duration | null;
}

/** A workflow made ready to walk. */
export interface Workflow {
  readonly id: string;
  readonly version: string;
  readonly status: 'draft' | 'live' | 'paused';
  readonly purpose: Purpose;
  readonly trigger: Trigger;
  readonly only_if: Question;
  readonly re_enter: ReEntry;
  /** Each is a way out. */
  readonly exits: readonly Question[];
  readonly goal: Goal | null;
  readonly steps: readonly Step[];
  /** The index of the first step; `END` where there is none. */
  readonly first: number;
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
