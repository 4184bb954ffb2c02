/** Where each step of a workflow can lead, whether time passes on the way, and how much. */
import type { Condition } from '../../core/conditions/condition.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import { holdsOfNothing } from './implies-event.ts';
import { everyStep, innerLists, written, type PlacedStep } from './steps.ts';

/** A way from one step to another. */
export interface Way {
  /** Null: the end of the workflow. */
  readonly to: string | null;
  /** Time surely passes on it. */
  readonly waits: boolean;
  /** The most milliseconds that it takes while every calendar is open. */
  readonly takes: number;
  /** Whether it takes just that. */
  readonly exact: boolean;
}

export interface Flow {
  readonly first: string | null;
  readonly steps: readonly PlacedStep[];
  /** None: the run ends there. */
  waysFrom(id: string): readonly Way[];
}

const flows = new WeakMap<readonly StepSource[], Flow>();

export function flowOf(steps: readonly StepSource[]): Flow {
  const known = flows.get(steps) ?? makeFlow(steps);
  flows.set(steps, known);
  return known;
}

function makeFlow(steps: readonly StepSource[]): Flow {
  const list = everyStep(steps);
  const ids = new Map(list.map(({ step, id }) => [step, id]));
  const known = new Set(ids.values());
  const ways = new Map<string, readonly Way[]>();
  const begin = (inner: readonly StepSource[], after: string | null): string | null =>
    inner[0] ? (ids.get(inner[0]) ?? after) : after;
  connect(steps, null);
  return { first: begin(steps, null), steps: list, waysFrom: (id) => ways.get(id) ?? [] };

  function connect(inner: readonly StepSource[], after: string | null): void {
    inner.forEach((step, index) => {
      const next = begin(inner.slice(index + 1), after);
      const lists = innerLists(step);
      ways.set(
        ids.get(step) ?? '',
        exitsOf(step, next, (name) =>
          begin(lists.find((one) => one.name === name)?.steps ?? [], next),
        ).filter(({ to }) => to === null || known.has(to)),
      );
      for (const one of lists) connect(one.steps, next);
    });
  }
}

/** `start` tells where a list in the step begins; what follows the step where the list is empty or not there. */
function exitsOf(
  step: StepSource,
  next: string | null,
  start: (list: string) => string | null,
): readonly Way[] {
  switch (step.verb) {
    case 'exit':
      return [];
    case 'goto':
      return [atOnce(String(written(step, 'goto')))];
    case 'wait':
      return [waits(step, next)];
    case 'wait_until':
      return [waitUntil(step, next)];
    case 'wait_for':
      return [
        { ...arrives(step, next), waits: needsEvent(written(step, 'wait_for') as Condition) },
        { ...arrives(step, start('if_not')), exact: true },
      ];
    case 'ask':
      if (written(step, 'up_to') === undefined) return [atOnce(next)];
      return [arrives(step, next), { ...arrives(step, start('if_not')), exact: true }];
    case 'call_webhook':
      return [
        arrives(step, next),
        ...(hasList(step, 'if_failed') ? [arrives(step, start('if_failed'))] : []),
      ];
    case 'branch':
      return [
        ...innerLists(step).map(({ name }) => atOnce(start(name))),
        ...(hasList(step, 'otherwise') ? [] : [atOnce(next)]),
      ];
    case 'ab_test':
      return innerLists(step).map(({ name }) => atOnce(start(name)));
    default:
      return [atOnce(next), ...innerLists(step).map(({ name }) => atOnce(start(name)))];
  }
}

function atOnce(to: string | null): Way {
  return { to, waits: false, takes: 0, exact: true };
}

/** After at most `up_to`. */
function arrives(step: StepSource, to: string | null): Way {
  return { to, waits: true, takes: lengthOf(step, 'up_to'), exact: false };
}

/** With `since` it takes as long as events come. */
function waits(step: StepSource, next: string | null): Way {
  if (written(step, 'since') !== undefined) return { to: next, waits: true, takes: UNBOUNDED, exact: false };
  return { to: next, waits: true, takes: lengthOf(step, 'wait'), exact: true };
}

/** Open hours, a date that has passed and the very minute are gone through at once. */
function waitUntil(step: StepSource, next: string | null): Way {
  const until = written(step, 'wait_until') as object;
  return 'hours' in until ? atOnce(next) : { to: next, waits: false, takes: UNBOUNDED, exact: false };
}

/** Longer than any window, and finite, so that what follows keeps its distance. */
const UNBOUNDED = 1e13;

function lengthOf(step: StepSource, key: string): number {
  const length = written(step, key) as Duration | undefined;
  return exactMilliseconds(length ?? ONE_HOUR);
}

/** As long as a call is tried where nothing else is written. */
const ONE_HOUR: Duration = { amount: 1, unit: 'hour' };

function hasList(step: StepSource, name: string): boolean {
  return innerLists(step).some((list) => list.name === name);
}

/** Events count from the arrival, so they must still happen; anything else may hold already. */
function needsEvent(condition: Condition): boolean {
  switch (condition.subject) {
    case 'all':
      return condition.all.some(needsEvent);
    case 'any':
      return condition.any.every(needsEvent);
    case 'event':
    case 'message':
      return holdsOfNothing(condition) === false;
    default:
      return false;
  }
}

/** Every step that can be come to from the first. */
export function reached({ first, waysFrom }: Flow, follows: (way: Way) => boolean = () => true): Set<string> {
  const seen = new Set<string>();
  const waiting = first === null ? [] : [first];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const way of waysFrom(id)) if (way.to !== null && follows(way)) waiting.push(way.to);
  }
  return seen;
}
