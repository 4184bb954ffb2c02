/** Workflows that start each other in a circle. */
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { flowOf, reached } from './flow.ts';
import { problemAt, reEntryOf, workflowFile, type Lint } from './input.ts';
import { written, type PlacedStep } from './steps.ts';

/** Each circle is told once, at the workflow whose name comes first. */
export const startingCircles: Lint = (input) => {
  const starts = input.workflows.flatMap(({ source }) => startsOf(source));
  return starts.flatMap((start) => {
    const circle = circleThrough(start, starts);
    if (!circle) return [];
    const names = [...circle.map(({ by }) => by.workflow), start.by.workflow].join(' → ');
    const waits = circle.some(({ waits: one, by }) => one || reEntryOf(by) !== 'always');
    const message = waits
      ? `these workflows start each other for ever: ${names}; let one of them end with "exit"`
      : `these workflows start each other for ever at one moment: ${names}; put a "wait" before one of the starts, or let one of them be entered once with "re_enter: never"`;
    const path = [...start.step.path, 'start_workflow'];
    return [problemAt(input, waits ? 'warning' : 'error', workflowFile(start.by), path, message)];
  });
};

interface Start {
  readonly by: WorkflowSource;
  readonly step: PlacedStep;
  readonly starts: string;
  /** Whether time surely passes between the entry and this step. */
  readonly waits: boolean;
}

/** A workflow that is entered once, or once for each key, ends every circle. */
function startsOf(source: WorkflowSource): Start[] {
  const re_enter = reEntryOf(source);
  const isEndless = re_enter === 'always' || (typeof re_enter === 'object' && 'after' in re_enter);
  if (!isEndless || source.status !== 'live') return [];
  const flow = flowOf(source.steps);
  const seen = reached(flow);
  const at_once = reached(flow, (way) => !way.waits);
  return flow.steps
    .filter(({ step, id }) => step.verb === 'start_workflow' && seen.has(id))
    .map((step) => ({
      by: source,
      step,
      starts: String(written(step.step, 'start_workflow')),
      waits: !at_once.has(step.id),
    }));
}

/** The shortest circle that begins with this start and in which no workflow has a smaller name. */
function circleThrough(start: Start, starts: readonly Start[]): readonly Start[] | undefined {
  const home = start.by.workflow;
  const seen = new Set<string>();
  let paths: readonly (readonly Start[])[] = [[start]];
  while (paths.length > 0) {
    const closed = paths.find((path) => path.at(-1)?.starts === home);
    if (closed) return closed;
    paths = paths.flatMap((path) => {
      const here = path.at(-1)?.starts ?? '';
      if (here < home || seen.has(here)) return [];
      seen.add(here);
      return starts.filter(({ by }) => by.workflow === here).map((next) => [...path, next]);
    });
  }
  return undefined;
}
