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

export interface MoodNow {
  readonly mood: string;
  readonly until: Instant;
  readonly because: Reason | null;
}

/** The moods of a project: the first that holds is the contact's. */
export interface Moods {
  of(facts: Facts): MoodNow;
  readonly memory: readonly MemorySpec[];
  /** As of `Question`. */
  readonly looks_at?: number | undefined;
}

export function moodsOf(list: readonly Mood[]): Moods {
  return {
    of(facts) {
      let until = Infinity;
      for (const mood of list) {
        if (!mood.when) return { mood: mood.id, until, because: null };
        const answer = mood.when.answer(facts);
        if (answer.holds && !hasEnded(mood, mood.when, facts)) {
          return { mood: mood.id, until: Math.min(until, answer.until), because: mood.when.because(facts) };
        }
        until = Math.min(until, answer.until);
      }
      return { mood: 'none', until, because: null };
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
