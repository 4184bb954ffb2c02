import type { MapStage } from '../../../api/map/shapes.ts';
import type { Cell } from './open-cell.ts';

/** What was counted of something, and which cell tells more. Null: it is not measured. */
export interface Counted {
  readonly cell: Cell | undefined;
  readonly n: number | null;
  readonly before: number | undefined;
}

export interface CountedTouchpoint {
  readonly key: string;
  readonly name: { readonly en: string; readonly es: string };
  readonly counted: Counted;
}

/** Planned touchpoints with what was counted of them: of the event that tells of it, else of what its workflow sent. */
export function touchpointsOf(stage: MapStage): CountedTouchpoint[] {
  return stage.planned.touchpoints.map(({ name, measured_by, workflow }) => ({
    key: `${name.en} ${measured_by ?? workflow ?? ''}`,
    name,
    counted: countOf(stage, measured_by, workflow),
  }));
}

const MOST_OTHERS = 3;

export interface OtherEvent {
  readonly event: string;
  readonly n: number;
  readonly before: number | undefined;
}

/** The most frequent events that no touchpoint of the plan names. */
export function eventsBeyondPlan(stage: MapStage): OtherEvent[] {
  const planned = new Set(stage.planned.touchpoints.map(({ measured_by }) => measured_by));
  return stage.doing
    .filter(({ event }) => !planned.has(event))
    .toSorted((a, b) => b.n - a.n)
    .slice(0, MOST_OTHERS)
    .map(({ event, n }) => ({ event, n, before: stage.before ? eventsIn(stage.before, event) : undefined }));
}

function countOf(stage: MapStage, event: string | null, workflow: string | null): Counted {
  const { before } = stage;
  if (event !== null)
    return {
      cell: { kind: 'event', stage: stage.stage, key: event },
      n: eventsIn(stage, event),
      before: before ? eventsIn(before, event) : undefined,
    };
  if (workflow === null) return { cell: undefined, n: null, before: undefined };
  return {
    cell: { kind: 'workflow', stage: stage.stage, key: workflow },
    n: sentIn(stage, workflow),
    before: before ? sentIn(before, workflow) : undefined,
  };
}

type Doing = Pick<MapStage, 'doing'>;
type Sending = Pick<MapStage, 'sending'>;

function eventsIn({ doing }: Doing, event: string): number {
  return sum(doing.filter((one) => one.event === event).map(({ n }) => n));
}

function sentIn({ sending }: Sending, workflow: string): number {
  return sum(sending.filter((one) => one.workflow === workflow).map(({ sent }) => sent));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
