import type { MapStage } from '../../../api/map/shapes.ts';
import { sum } from './touchpoints.ts';

export interface WorkflowSending {
  readonly workflow: string;
  readonly sent: number;
  readonly held_back: number;
  readonly refused: number;
  /** Most used first; those that were never sent in are left out. */
  readonly tones: readonly { readonly tone: string; readonly sent: number }[];
}

/** What each workflow sent, whatever the channel; the busiest first. */
export function sendingByWorkflow(sending: MapStage['sending']): WorkflowSending[] {
  const groups = Map.groupBy(sending, ({ workflow }) => workflow);
  return [...groups]
    .map(([workflow, rows]) => ({
      workflow,
      sent: sum(rows.map(({ sent }) => sent)),
      held_back: sum(rows.map(({ held_back }) => held_back)),
      refused: sum(rows.map(({ refused }) => refused)),
      tones: tonesOf(rows),
    }))
    .toSorted((a, b) => b.sent - a.sent || b.held_back - a.held_back);
}

function tonesOf(rows: MapStage['sending']): WorkflowSending['tones'] {
  return [...Map.groupBy(rows, ({ tone }) => tone)]
    .map(([tone, some]) => ({ tone, sent: sum(some.map(({ sent }) => sent)) }))
    .filter(({ sent }) => sent > 0)
    .toSorted((a, b) => b.sent - a.sent);
}
