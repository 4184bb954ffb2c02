import { useFilter } from '../../app/search.ts';

export const CELLS = ['people', 'event', 'orders', 'feeling', 'workflow', 'friction'] as const;

/** The cell whose numbers are shown; in the address as `people.decision` or `event.decision.product_added`. */
export interface Cell {
  readonly kind: (typeof CELLS)[number];
  readonly stage: string;
  /** The event or the workflow. */
  readonly key: string | undefined;
}

export function useOpenCell(): [Cell | undefined, (cell: Cell | undefined) => void] {
  const [search, change] = useFilter();
  return [
    readCell(search['cell']),
    (cell) =>
      change({ cell: cell && [cell.kind, cell.stage, cell.key].filter(Boolean).join('.') }, { keep: true }),
  ];
}

function readCell(text: string | undefined): Cell | undefined {
  const [name, stage, ...key] = text?.split('.') ?? [];
  const kind = CELLS.find((one) => one === name);
  return kind && stage ? { kind, stage, key: key.join('.') || undefined } : undefined;
}
