import type { ComponentType } from 'react';
import { DoingCell } from './doing-cell.tsx';
import { FeelingCell } from './feeling-cell.tsx';
import { FrictionCell } from './friction-cell.tsx';
import { PeopleCell, type CellProps } from './people-cell.tsx';
import { SendingCell } from './sending-cell.tsx';

export interface MapRow {
  /** A key of the words. */
  readonly title: 'row_people' | 'row_doing' | 'row_feeling' | 'row_sending' | 'row_friction';
  readonly Cell: ComponentType<CellProps>;
}

/** The rows of the map, from above. */
export const ROWS: readonly MapRow[] = [
  { title: 'row_people', Cell: PeopleCell },
  { title: 'row_doing', Cell: DoingCell },
  { title: 'row_feeling', Cell: FeelingCell },
  { title: 'row_sending', Cell: SendingCell },
  { title: 'row_friction', Cell: FrictionCell },
];
