import { useElementSize } from '@mantine/hooks';
import type { MapStage } from '../../../api/map/shapes.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { placeOnScale, pathThrough, type Point } from './curve-path.ts';
import classes from './map.module.css';
import { signed } from './names.ts';
import { WORDS } from './words.ts';

const HEIGHT = 132;
const EDGE = 18;

/** The emotional curve over all stages: what they feel against what was expected. The cells below say it in figures. */
export function Curve({ stages }: { readonly stages: readonly MapStage[] }) {
  const words = useWords(WORDS);
  const { ref, width } = useElementSize();
  const label = useCurveLabel(stages);
  const expected = pointsOf(stages, width, ({ planned }) => planned.feeling?.expected ?? null);
  const actual = pointsOf(stages, width, ({ feeling }) => feeling.actual);
  return (
    <div ref={ref}>
      <svg className={classes.curve} width="100%" height={HEIGHT} role="img" aria-label={label}>
        <Scale />
        <path d={pathThrough(expected)} className={classes.expected} />
        <path d={pathThrough(actual)} className={classes.actual} />
        {expected.map(({ x, y }) => (
          <circle key={x} cx={x} cy={y} r={3.5} className={classes.expectedPoint} />
        ))}
        {actual.map(({ x, y, n }) => (
          <g key={x}>
            <circle cx={x} cy={y} r={5} className={classes.actualPoint} />
            <text x={x} y={y + 19} textAnchor="middle" className={classes.scaleText}>
              {n}
            </text>
          </g>
        ))}
      </svg>
      <p className={classes.legend} aria-hidden="true">
        <LegendLine className={classes.actual} /> {words.actual} (n)
        <LegendLine className={classes.expected} /> {words.expected}
      </p>
    </div>
  );
}

function Scale() {
  const words = useWords(WORDS);
  const middle = placeOnScale(0, HEIGHT, EDGE);
  return (
    <>
      <line x1={0} x2="100%" y1={middle} y2={middle} className={classes.middle} />
      <text x={6} y={EDGE - 4} className={classes.scaleText}>
        {words.very_good}
      </text>
      <text x={6} y={HEIGHT - 6} className={classes.scaleText}>
        {words.very_bad}
      </text>
    </>
  );
}

function LegendLine({ className }: { readonly className: string | undefined }) {
  return (
    <svg width={26} height={8}>
      <line x1={0} x2={26} y1={4} y2={4} className={className} />
    </svg>
  );
}

interface CurvePoint extends Point {
  readonly n: string;
}

function pointsOf(
  stages: readonly MapStage[],
  width: number,
  feelingOf: (stage: MapStage) => number | null,
): CurvePoint[] {
  return stages.flatMap((stage, place) => {
    const feeling = feelingOf(stage);
    if (feeling === null || width === 0) return [];
    const x = ((place + 0.5) / stages.length) * width;
    return [{ x, y: placeOnScale(feeling, HEIGHT, EDGE), n: `n ${stage.feeling.n}` }];
  });
}

function useCurveLabel(stages: readonly MapStage[]): string {
  const words = useWords(WORDS);
  const language = useLanguage();
  const told = (value: number | null | undefined): string =>
    value === null || value === undefined ? words.unknown : signed(value, language);
  const parts = stages.map(({ title, feeling, planned }) =>
    words.curve_stage(inLanguage(title, language), told(feeling.actual), told(planned.feeling?.expected)),
  );
  return words.curve(parts.join(' '));
}
