/** Loops by `goto`: those in which no time passes, and those out of which no step leads. */
import { flowOf, reached, type Flow, type Way } from './flow.ts';
import { problemAt, workflowFile, type Lint } from './input.ts';
import { written, type PlacedStep } from './steps.ts';

export const endlessLoops: Lint = (input) =>
  input.workflows.flatMap(({ source }) => {
    const flow = flowOf(source.steps);
    const seen = reached(flow);
    const ways_out = [...(source.exit_when ?? []), ...(source.goal ? [source.goal] : [])].length > 0;
    return flow.steps
      .filter(({ step, id }) => step.verb === 'goto' && seen.has(id))
      .flatMap((step) => {
        const found = loopAt(step, flow, ways_out);
        return found
          ? [problemAt(input, found.severity, workflowFile(source), [...step.path, 'goto'], found.message)]
          : [];
      });
  });

function loopAt(
  { step, id }: PlacedStep,
  flow: Flow,
  ways_out: boolean,
): { severity: 'error' | 'warning'; message: string } | undefined {
  const target = String(written(step, 'goto'));
  if (from(target, flow, (way) => !way.waits).has(id)) {
    const message =
      `from "${target}" a run comes back here without any wait, and would go round for ever in one moment; ` +
      'put a "wait" into the loop ("wait_until", and what holds already, let a run through at once)';
    return { severity: 'error', message };
  }
  const round = from(target, flow);
  if (!round.has(id) || canEnd(round, flow)) return undefined;
  const message = ways_out
    ? `no step leads out of the loop that begins at "${target}", so only "exit_when" or the goal ever ends a run; put a "branch" with an "exit" into it`
    : `no step leads out of the loop that begins at "${target}", and there is neither "exit_when" nor a goal, so nobody ever leaves; put a "branch" with an "exit" into it`;
  return { severity: 'warning', message };
}

/** Every step that can be come to from a step, with that one. */
function from(id: string, flow: Flow, follows?: (way: Way) => boolean): Set<string> {
  return reached({ ...flow, first: id }, follows);
}

function canEnd(ids: ReadonlySet<string>, { waysFrom }: Flow): boolean {
  return [...ids].some((id) => {
    const ways = waysFrom(id);
    return ways.length === 0 || ways.some(({ to }) => to === null);
  });
}
