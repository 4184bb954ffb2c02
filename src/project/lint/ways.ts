/** The ways of branches, as they are written. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Path } from '../../core/schema.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import { everyStep, written } from './steps.ts';

export interface BranchWay {
  /** What it is called in sentences: `"Big cart"`, or `way 2`. */
  readonly name: string;
  /** Null for `otherwise`. */
  readonly when: Condition | null;
  /** From the top of the file. */
  readonly path: Path;
  /** Those that stand above it. */
  readonly before: readonly BranchWay[];
}

export function everyWay(steps: readonly StepSource[]): BranchWay[] {
  return everyStep(steps).flatMap(({ step, path }) => {
    const list = step.verb === 'branch' ? (written(step, 'branch') as readonly WrittenWay[]) : [];
    const ways: BranchWay[] = [];
    list.forEach(({ name, when }, index) => {
      ways.push({
        name: name === undefined ? `way ${index + 1}` : `"${name}"`,
        when: when ?? null,
        path: [...path, 'branch', index],
        before: [...ways],
      });
    });
    return ways;
  });
}

interface WrittenWay {
  readonly name?: string | undefined;
  readonly when?: Condition | undefined;
}
