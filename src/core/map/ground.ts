/** What the journey map is drawn of: the project's plan, and what was counted. */
import type { Reason } from '../reason.ts';
import type { FactKind } from './fact.ts';
import type { JourneyMap, MapPeriod, PlannedStage } from './shapes.ts';

/** What the map of a project is drawn upon. */
export interface MapGround {
  readonly title: Reason;
  readonly zone: string;
  readonly currency: string;
  readonly choices: JourneyMap['choices'];
  /** In the order of the journey. */
  readonly stages: readonly GroundStage[];
}

export interface GroundStage {
  readonly stage: string;
  readonly title: Reason;
  readonly planned: PlannedStage;
  /** The stage that our goal is a move to; null where it is something else. */
  readonly goal_stage: string | null;
  /** Whoever stands in it for longer has come to a standstill. */
  readonly stalled_after_days: number;
}

/** One sum of facts. */
export interface Sum {
  readonly fact: FactKind;
  readonly stage: string;
  readonly key: string;
  readonly persona: string;
  readonly n: number;
  readonly total: number;
}

/** What was counted in a period. */
export interface Counted {
  readonly period: MapPeriod;
  readonly sums: readonly Sum[];
  readonly people: readonly {
    readonly stage: string;
    readonly persona: string;
    readonly at_begin: number;
    readonly at_end: number;
  }[];
  /** Since which day those who stand in a stage now stand there. */
  readonly since: readonly { readonly stage: string; readonly day: string; readonly n: number }[];
  readonly counted_since: string | null;
}
