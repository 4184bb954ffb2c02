/** When a run sends what, counted from its entry, on each way that it can take. */
import type { StepSource } from '../../core/workflows/verb.ts';
import { flowOf, type Flow, type Way } from './flow.ts';
import { messageOf } from './steps.ts';
import type { Path } from '../../core/schema.ts';

/** A message of a run, while every calendar is open. */
export interface Sending {
  readonly message: string;
  /** Milliseconds after the entry, at most. */
  readonly at: number;
  /** Whether it is just then. */
  readonly exact: boolean;
  readonly path: Path;
}

/** Loops are walked once. None for a workflow with very many ways. */
export function timelinesOf(steps: readonly StepSource[]): readonly (readonly Sending[])[] {
  const flow = flowOf(steps);
  const done: (readonly Sending[])[] = [];
  const walks: Walk[] = [];
  if (flow.first !== null) walks.push({ step: flow.first, at: 0, exact: true, sent: [], seen: new Set() });
  for (let walk = walks.pop(); walk && done.length <= MOST_WAYS; walk = walks.pop()) {
    const sent = sentOn(walk, flow);
    const ways = flow.waysFrom(walk.step);
    const on = goOn({ ...walk, sent }, ways);
    if (on.length < Math.max(ways.length, 1)) done.push(sent);
    walks.push(...on.toReversed());
  }
  return done.length > MOST_WAYS ? [] : done;
}

const MOST_WAYS = 200;

interface Walk {
  readonly step: string;
  readonly at: number;
  readonly exact: boolean;
  readonly sent: readonly Sending[];
  readonly seen: ReadonlySet<string>;
}

function goOn(walk: Walk, ways: readonly Way[]): Walk[] {
  const seen = new Set([...walk.seen, walk.step]);
  return ways.flatMap(({ to, takes, exact }) =>
    to === null || seen.has(to)
      ? []
      : { ...walk, step: to, at: walk.at + takes, exact: walk.exact && exact, seen },
  );
}

/** What was sent with the step at which the walk stands. */
function sentOn({ step: id, at, exact, sent }: Walk, { steps }: Flow): readonly Sending[] {
  const here = steps.find((one) => one.id === id);
  const message = here && messageOf(here.step);
  return message === undefined ? sent : [...sent, { message, at, exact, path: here?.path ?? [] }];
}
