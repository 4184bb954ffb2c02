import { looksOf, type Facts, type Question } from '../conditions/answer.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import type { Instant } from '../events/event.ts';
import type { Reason } from '../reason.ts';

/** A kind of customer, as the map tells of it. */
export interface Persona {
  readonly id: string;
  /** Null for the one that is left when none other fits. */
  readonly when: Question | null;
}

export interface PersonaNow {
  /** Null where the project has none, or none fits. */
  readonly persona: string | null;
  readonly until: Instant;
  readonly because: Reason | null;
}

/** The personas of a project: the first that fits is the contact's. */
export interface Personas {
  of(facts: Facts): PersonaNow;
  readonly memory: readonly MemorySpec[];
  /** As of `Question`. */
  readonly looks_at?: number | undefined;
}

export function personasOf(list: readonly Persona[]): Personas {
  return {
    of(facts) {
      let until = Infinity;
      for (const { id, when } of list) {
        if (!when) return { persona: id, until, because: null };
        const answer = when.answer(facts);
        until = Math.min(until, answer.until);
        if (answer.holds) return { persona: id, until, because: when.because(facts) };
      }
      return { persona: null, until, because: null };
    },
    memory: list.flatMap(({ when }) => when?.memory ?? []),
    looks_at: looksOf(list.flatMap(({ when }) => when ?? [])),
  };
}
