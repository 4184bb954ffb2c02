/** `goto` and `moved_to` that lead to a step which is not there. */
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { orMeant } from '../did-you-mean.ts';
import type { Problem } from '../problem.ts';
import { problemAt, workflowFile, type Lint, type LintInput } from './input.ts';
import { everyStep, written } from './steps.ts';

export const lostTargets: Lint = (input) =>
  input.workflows.flatMap(({ source }) => [...lostGotos(input, source), ...lostMoves(input, source)]);

function lostGotos(input: LintInput, source: WorkflowSource): Problem[] {
  const steps = everyStep(source.steps);
  const named = steps.flatMap(({ step }) => step.id ?? []);
  return steps.flatMap(({ step, path }) => {
    const target = written(step, 'goto');
    if (typeof target !== 'string' || named.includes(target)) return [];
    return problemAt(input, 'error', workflowFile(source), [...path, 'goto'], noStep(target, named));
  });
}

function lostMoves(input: LintInput, source: WorkflowSource): Problem[] {
  const steps = everyStep(source.steps);
  const named = steps.flatMap(({ step }) => step.id ?? []);
  const ids = new Set(steps.map(({ id }) => id));
  return Object.entries(source.moved_to).flatMap(([old, target]): Problem[] => {
    const path = ['moved_to', old];
    if (!ids.has(target))
      return [problemAt(input, 'error', workflowFile(source), path, noStep(target, named))];
    // The same id for another verb: people arrive at it anew.
    if (!named.includes(old) || target === old) return [];
    const message = `step "${old}" is still there, and people who stand at it would be moved to "${target}"; delete this line, or the step`;
    return [problemAt(input, 'warning', workflowFile(source), path, message, 'key')];
  });
}

function noStep(id: string, named: readonly string[]): string {
  const mend = orMeant(id, named);
  return `there is no step with the id "${id}"${mend === '' ? `; write "id: ${id}" beside the step that is meant` : mend}`;
}
