import type { Facts, Question } from '../conditions/answer.ts';
import type { Instant } from '../events/event.ts';
import type { Reason } from '../reason.ts';

/** People with something in common. A contact can be in any number of them. */
export interface Segment {
  readonly id: string;
  readonly title: Reason;
  readonly when: Question;
}

/** A contact came into a segment, or went out of it. */
export interface SegmentMove {
  readonly segment: string;
  readonly way: 'enters' | 'leaves';
  readonly at: Instant;
  readonly because: Reason;
}

export interface SegmentsNow {
  /** The segments that the contact is in, each with the moment from which on. The same object when nothing moved. */
  readonly segments: Readonly<Record<string, Instant>>;
  readonly moves: readonly SegmentMove[];
  /** The first moment at which time alone could move the contact. */
  readonly until: Instant;
}

/** Whoever fulfils the condition is in the segment, from the very moment to the very moment. */
export function segmentsOf(list: readonly Segment[], facts: Facts): SegmentsNow {
  const before = facts.contact.segments;
  const moves: SegmentMove[] = [];
  let until = Infinity;
  for (const { id, when } of list) {
    const answer = when.answer(facts);
    until = Math.min(until, answer.until);
    if (answer.holds === Object.hasOwn(before, id)) continue;
    const way = answer.holds ? 'enters' : 'leaves';
    moves.push({ segment: id, way, at: facts.now, because: when.because(facts) });
  }
  const isGone = Object.keys(before).some((id) => !isIn(list, id));
  if (moves.length === 0 && !isGone) return { segments: before, moves, until };
  const left = new Set(moves.flatMap(({ segment, way }) => (way === 'leaves' ? [segment] : [])));
  const kept = Object.entries(before).filter(([id]) => isIn(list, id) && !left.has(id));
  const come = moves.flatMap(({ segment, way, at }) =>
    way === 'enters' ? [[segment, at] as [string, Instant]] : [],
  );
  return { segments: Object.fromEntries([...kept, ...come]), moves, until };
}

function isIn(list: readonly Segment[], id: string): boolean {
  return list.some((segment) => segment.id === id);
}
