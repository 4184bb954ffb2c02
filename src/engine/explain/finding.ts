/** One reason why something was not got. */
import type { Instant } from '../../core/events/event.ts';
import type { MessageState } from '../../core/messages/message.ts';
import type { Reason } from '../../core/reason.ts';
import type { LoadedProject } from '../../project/load.ts';
import type { Gate } from './gates.ts';
import type { Records } from './records.ts';
import type { Tree } from './tree.ts';

/** Of messages their state; of workflows what stood against a run, or where one stands. */
export interface Finding {
  readonly kind:
    | MessageState
    | Gate['kind']
    | 'no_sender'
    | 'not_live'
    | 'held_out'
    | 'stands'
    | 'ended'
    | 'other_way'
    | 'not_triggered'
    | 'would_be_held_back';
  readonly workflow: string | null;
  /** Without times, which stand in `at` and `until`. */
  readonly says: Reason;
  /** When it was so; null: it is a matter of the rules. */
  readonly at: Instant | null;
  readonly until: Instant | null;
  /** The condition that did not hold, part by part. */
  readonly tree: Tree | null;
}

/** What is looked through. */
export interface Looking {
  /** Up to the moment that is asked about. */
  readonly records: Records;
  /** Up to now: what was so earlier is told from what came after. */
  readonly all: Records;
  readonly loaded: LoadedProject;
  readonly at: Instant;
}

export function finding(kind: Finding['kind'], says: Reason, more: Partial<Finding> = {}): Finding {
  return { kind, workflow: null, says, at: null, until: null, tree: null, ...more };
}
