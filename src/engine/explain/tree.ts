/** The answer to a condition, part by part, as it was written. */
import type { Facts } from '../../core/conditions/answer.ts';
import { compileCondition, type Condition, type Conditions } from '../../core/conditions/condition.ts';
import type { Instant } from '../../core/events/event.ts';
import type { Project } from '../../core/project.ts';
import type { Reason } from '../../core/reason.ts';

export interface Tree {
  /** `one` is a single question; the others are made of parts. */
  readonly kind: 'all' | 'any' | 'none' | 'one';
  readonly holds: boolean;
  /** When time alone changes it; null: never. */
  readonly until: Instant | null;
  readonly because: Reason;
  readonly parts: readonly Tree[];
}

/** `scope: 'entry'`: events count from the entry that the facts name. */
export function treeOf(
  condition: Condition,
  project: Project,
  facts: Facts,
  scope: 'ever' | 'entry' = 'ever',
): Tree {
  const around = conditionsOf(project);
  const grow = (written: Condition): Tree => {
    const question = compileCondition(written, around, scope);
    const { holds, until } = question.answer(facts);
    const because = question.because(facts);
    return { ...partsOf(written, grow), holds, until: momentOrNever(until), because };
  };
  return grow(condition);
}

function partsOf(condition: Condition, grow: (part: Condition) => Tree): Pick<Tree, 'kind' | 'parts'> {
  switch (condition.subject) {
    case 'all':
      return { kind: 'all', parts: condition.all.map(grow) };
    case 'any':
      return { kind: 'any', parts: condition.any.map(grow) };
    case 'none':
      return { kind: 'none', parts: condition.none.map(grow) };
    default:
      return { kind: 'one', parts: [] };
  }
}

function conditionsOf({ moods, personas, segments }: Project): Conditions {
  return { moods, personas, segment: (id) => segments.find((segment) => segment.id === id)?.when };
}

export function momentOrNever(until: Instant): Instant | null {
  return until === Infinity ? null : until;
}
