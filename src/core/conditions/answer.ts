import type { Contact } from '../contacts/contact.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import type { Event, Instant } from '../events/event.ts';
import type { Reason } from '../reason.ts';

/** What a condition looks at: one contact at one moment. */
export interface Facts {
  readonly contact: Contact;
  readonly now: Instant;
  /** IANA zone of the contact. */
  readonly zone: string;
  /** Conditions of a run count from here when they say so. */
  readonly entered_at?: Instant;
  /** The event that is being decided, for exits and waits of a run: it counts even when it happened before the entry. */
  readonly happening?: Event | undefined;
}

/** Whether a condition holds, and the first moment at which time alone could change that. */
export interface Answer {
  readonly holds: boolean;
  /** Exclusive: the answer stands for every moment before it. `Infinity` when only an event could change it. */
  readonly until: Instant;
}

/** A condition made ready to be asked many times. */
export interface Question {
  answer(facts: Facts): Answer;
  /** Why it holds, or why not. */
  because(facts: Facts): Reason;
  /** What a profile must remember for it. */
  readonly memory: readonly MemorySpec[];
}

const YES: Answer = { holds: true, until: Infinity };
const NO: Answer = { holds: false, until: Infinity };

export function always(holds: boolean): Answer {
  return holds ? YES : NO;
}
