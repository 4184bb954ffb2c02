import { Fragment } from 'react';
import type { JourneyMap, MapStage } from '../../../api/map/shapes.ts';
import { useWords } from '../../app/words.ts';
import { Curve } from './curve.tsx';
import classes from './map.module.css';
import { ROWS, type MapRow } from './map-rows.ts';
import { StageHead } from './stage-head.tsx';
import { WORDS } from './words.ts';

export interface MapViewProps {
  readonly map: JourneyMap;
  readonly against_plan: boolean;
}

/** The map where there is room: a column for each stage. */
export function MapTable({ map: { stages }, against_plan }: MapViewProps) {
  const words = useWords(WORDS);
  return (
    // Whoever has no mouse scrolls it with the arrow keys.
    <section className={classes.scroll} aria-label={words.scroll} tabIndex={0}>
      <table className={classes.map}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              {words.stage}
            </th>
            {stages.map((stage) => (
              <th key={stage.stage} scope="col" className={classes.stage}>
                <StageHead stage={stage} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <Fragment key={row.title}>
              {row.title === 'row_feeling' && <CurveRow stages={stages} />}
              <Row row={row} stages={stages} against_plan={against_plan} />
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly row: MapRow;
  readonly stages: readonly MapStage[];
  readonly against_plan: boolean;
}

function Row({ row: { title, Cell }, stages, against_plan }: RowProps) {
  const words = useWords(WORDS);
  const afterCurve = title === 'row_feeling';
  return (
    <tr className={afterCurve ? classes.afterCurve : undefined}>
      <th scope="row" className={classes.rowHead}>
        {words[title]}
      </th>
      {stages.map((stage, place) => (
        <td key={stage.stage}>
          <Cell stage={stage} against_plan={against_plan} last={place === stages.length - 1} />
        </td>
      ))}
    </tr>
  );
}

function CurveRow({ stages }: { readonly stages: readonly MapStage[] }) {
  const words = useWords(WORDS);
  return (
    <tr>
      <td className={classes.rowHead}>
        <span className={classes.quiet}>{words.feeling_scale}</span>
      </td>
      <td colSpan={stages.length} className={classes.curveCell}>
        <Curve stages={stages} />
      </td>
    </tr>
  );
}
