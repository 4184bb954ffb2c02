/** Steps that no run ever comes to. */
import { flowOf, reached, type Flow } from './flow.ts';
import { problemAt, workflowFile, type Lint } from './input.ts';
import type { PlacedStep } from './steps.ts';

/** Of a row of such steps the first is told. */
export const unreachedSteps: Lint = (input) =>
  input.workflows.flatMap(({ source }) => {
    const flow = flowOf(source.steps);
    const seen = reached(flow);
    return flow.steps
      .filter(({ id, above }) => !seen.has(id) && above !== null && seen.has(above))
      .map((step) => problemAt(input, 'error', workflowFile(source), step.path, sentence(step, flow)));
  });

function sentence({ above }: PlacedStep, { steps }: Flow): string {
  const verb = steps.find(({ id }) => id === above)?.step.verb;
  const why =
    verb === 'exit' || verb === 'goto'
      ? `"${verb}" stands above it`
      : `every way through the "${verb}" above ends or leads elsewhere`;
  return `no run ever comes to this step, as ${why}; delete it, or give it an id and lead to it with "goto"`;
}
