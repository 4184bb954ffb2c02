/** Ways of a branch that are never taken, because those before them take everybody who could. */
import type { Condition } from '../../core/conditions/condition.ts';
import { areExhaustive, type Choices } from './exhaustive.ts';
import { excludes, implies } from './implies.ts';
import { problemAt, workflowFile, type Lint, type LintInput } from './input.ts';
import { everyWay, type BranchWay } from './ways.ts';

export const unreachedWays: Lint = (input) =>
  input.workflows.flatMap(({ source }) =>
    everyWay(source.steps).flatMap((way) => {
      const found = way.when ? neverTaken(way.when, way) : leavesNobody(way, choicesOf(input));
      if (!found) return [];
      const { severity, message, key } = found;
      return problemAt(input, severity, workflowFile(source), [...way.path, key], message, 'key');
    }),
  );

function choicesOf({ stages, tone }: LintInput): Choices {
  return {
    stage: stages.stages.map(({ id }) => id),
    mood: tone.moods.map((mood) => ('otherwise' in mood ? mood.otherwise : mood.id)),
  };
}

interface Found {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly key: string;
}

function neverTaken(when: Condition, { before }: BranchWay): Found | undefined {
  const earlier = before.flatMap((way) => way.when ?? []);
  if (contradicts(when)) {
    const message = 'these conditions never hold together, so this way is never taken; take one of them away';
    return { severity: 'error', message, key: 'when' };
  }
  if (earlier.length === 0 || !implies(when, { subject: 'any', any: earlier })) return undefined;
  const taker = before.find((way) => way.when && implies(when, way.when));
  const who = taker ? `${taker.name} holds` : 'one of the ways above holds';
  const message = `this way is never taken, as ${who} whenever it does and stands above; put it further up, or delete it`;
  return { severity: 'error', message, key: 'when' };
}

/** Two parts that exclude each other. */
export function contradicts(condition: Condition): boolean {
  if (condition.subject === 'any') return condition.any.every(contradicts);
  if (condition.subject !== 'all') return false;
  return condition.all.some(
    (one, index) => contradicts(one) || condition.all.slice(index + 1).some((other) => excludes(one, other)),
  );
}

function leavesNobody({ before }: BranchWay, choices: Choices): Found | undefined {
  const earlier = before.flatMap((way) => way.when ?? []);
  if (!areExhaustive(earlier, choices)) return undefined;
  const message =
    '"otherwise" is never taken, as one of the ways above always holds; delete it, or narrow the ways above';
  return { severity: 'warning', message, key: 'otherwise' };
}
