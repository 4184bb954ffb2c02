import { looksOf, type Facts, type Question } from '../conditions/answer.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import type { Instant } from '../events/event.ts';
import type { Reason } from '../reason.ts';

/** One emotional state, from what happened. */
export interface Mood {
  readonly id: string;
  /** Null for the one that is left when none other holds. */
  readonly when: Question | null;
  /** What ends it before its time: the events of this memory, once they are later than those of `when`. */
  readonly ends_when: MemorySpec | null;
}

/** Which mood holds, without the reason. */
export interface HoldingMood {
  readonly mood: string;
  readonly until: Instant;
}

export interface MoodNow extends HoldingMood {
  readonly because: Reason | null;
}

/** The moods of a project: the first that holds is the contact's. */
export interface Moods {
  of(facts: Facts): MoodNow;
  /** The same without putting the reason into words, which costs more than the finding. */
  holding(facts: Facts): HoldingMood;
  readonly memory: readonly MemorySpec[];
  /** As of `Question`. */
  readonly looks_at?: number | undefined;
}

export function moodsOf(list: readonly Mood[]): Moods {
  const first = (facts: Facts): { found: Mood | undefined; until: Instant } => {
    let until = Infinity;
    for (const found of list) {
      if (!found.when) return { found, until };
      const answer = found.when.answer(facts);
      until = Math.min(until, answer.until);
      if (answer.holds && !hasEnded(found, found.when, facts)) return { found, until };
    }
    return { found: undefined, until };
  };
  return {
    of(facts) {
      const { found, until } = first(facts);
      return { mood: found?.id ?? 'none', until, because: found?.when?.because(facts) ?? null };
    },
    holding(facts) {
      const { found, until } = first(facts);
      return { mood: found?.id ?? 'none', until };
    },
    memory: list.flatMap((mood) => [...beginnings(mood), ...(mood.ends_when ? [mood.ends_when] : [])]),
    looks_at: looksOf(list.flatMap(({ when }) => when ?? [])),
  };
}

/** What can be ended must be known by the time of its beginning, also where only its having happened is asked for. */
function beginnings({ when, ends_when }: Mood): readonly MemorySpec[] {
  const specs = when?.memory ?? [];
  return ends_when ? specs.map((spec) => ({ ...spec, keep: Math.max(spec.keep, 1) })) : specs;
}

function hasEnded(mood: Mood, when: Question, { contact }: Facts): boolean {
  if (!mood.ends_when) return false;
  const ended = contact.profile.memory[mood.ends_when.key]?.times.at(-1) ?? -Infinity;
  const began = Math.max(
    ...when.memory.map(({ key }) => contact.profile.memory[key]?.times.at(-1) ?? -Infinity),
  );
  return ended > began;
}
