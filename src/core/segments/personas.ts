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

/** Which persona fits, without the reason. */
export interface FittingPersona {
  /** Null where the project has none, or none fits. */
  readonly persona: string | null;
  readonly until: Instant;
}

export interface PersonaNow extends FittingPersona {
  readonly because: Reason | null;
}

/** The personas of a project: the first that fits is the contact's. */
export interface Personas {
  of(facts: Facts): PersonaNow;
  /** The same without putting the reason into words, which costs more than the finding. */
  fitting(facts: Facts): FittingPersona;
  readonly memory: readonly MemorySpec[];
  /** As of `Question`. */
  readonly looks_at?: number | undefined;
}

export function personasOf(list: readonly Persona[]): Personas {
  const first = (facts: Facts): { found: Persona | undefined; until: Instant } => {
    let until = Infinity;
    for (const found of list) {
      if (!found.when) return { found, until };
      const answer = found.when.answer(facts);
      until = Math.min(until, answer.until);
      if (answer.holds) return { found, until };
    }
    return { found: undefined, until };
  };
  return {
    of(facts) {
      const { found, until } = first(facts);
      return { persona: found?.id ?? null, until, because: found?.when?.because(facts) ?? null };
    },
    fitting(facts) {
      const { found, until } = first(facts);
      return { persona: found?.id ?? null, until };
    },
    memory: list.flatMap(({ when }) => when?.memory ?? []),
    looks_at: looksOf(list.flatMap(({ when }) => when ?? [])),
  };
}
