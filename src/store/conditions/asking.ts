import type { SQL } from 'drizzle-orm';
import type { Condition } from '../../core/conditions/condition.ts';
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import type { Instant } from '../../core/events/event.ts';

/** What moods, segments and personas of a project say, as they were written; moods and personas in their order. */
export interface Written {
  /** IANA zone of contacts whose own is not known. */
  readonly time_zone: string;
  readonly moods: readonly {
    readonly id: string;
    /** Null for the one that is left when none other holds. */
    readonly when: Condition | null;
    readonly ends_when: EventCondition | null;
  }[];
  readonly segments: Readonly<Record<string, Condition>>;
  readonly personas: readonly { readonly id: string; readonly when: Condition | null }[];
}

/** One condition on its way to SQL. */
export interface Asking {
  readonly written: Written;
  readonly now: Instant;
  /** A condition inside of another, with what it may refer to. */
  compile(condition: Condition, written: Written): SQL;
}

/** What the conditions of a segment may refer to: other segments. One that comes round to itself answers no. */
export function aroundSegment(written: Written, id: string): Written {
  const others = Object.entries(written.segments).filter(([other]) => other !== id);
  return { ...written, moods: [], personas: [], segments: Object.fromEntries(others) };
}

/** Personas may refer to segments. */
export function aroundPersonas(written: Written): Written {
  return { ...written, moods: [], personas: [] };
}

/** Moods may refer to segments and personas. */
export function aroundMoods(written: Written): Written {
  return { ...written, moods: [] };
}
