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
  readonly entered_at?: Instant | undefined;
  /** The event that is being decided, for exits and waits of a run: it counts even when it happened before the entry. */
  readonly happening?: Event | undefined;
  /** The moment lies ahead and is asked about for `until` alone: then an early `until` will do. */
  readonly looks_ahead?: boolean;
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
  /** What else of the contact it looks at, as `LOOKS` added up; absent: it may be anything. */
  readonly looks_at?: number | undefined;
}

/** The parts of a contact that conditions look at, besides what is remembered of its events. */
export const LOOKS = { fields: 1, cart: 2, orders: 4, consent: 8, stage: 16 } as const;

/** What all of them look at together. */
export function looksOf(list: readonly Pick<Question, 'looks_at'>[]): number | undefined {
  let all = 0;
  for (const { looks_at } of list) {
    if (looks_at === undefined) return undefined;
    all |= looks_at;
  }
  return all;
}

const YES: Answer = { holds: true, until: Infinity };
const NO: Answer = { holds: false, until: Infinity };

export function always(holds: boolean): Answer {
  return holds ? YES : NO;
}
