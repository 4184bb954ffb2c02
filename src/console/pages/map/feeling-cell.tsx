import type { MapStage } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { CellButton } from './cell-button.tsx';
import { Delta } from './delta.tsx';
import classes from './map.module.css';
import { readable, signed } from './names.ts';
import type { CellProps } from './people-cell.tsx';
import { Sure } from './sure.tsx';
import { sum } from './touchpoints.ts';
import { WORDS } from './words.ts';

/** The figures below the curve: how they feel against what was expected, NPS, CSAT and moods. */
export function FeelingCell({ stage }: CellProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  const { feeling, planned, before } = stage;
  const difference = (value: number): string => number(Math.round(value * 10) / 10);
  return (
    <CellButton
      cell={{ kind: 'feeling', stage: stage.stage, key: undefined }}
      name={words.row_feeling}
      stage_title={inLanguage(stage.title, language)}
    >
      <span>
        {feeling.actual === null ? (
          words.no_answers
        ) : (
          <>
            <strong>{signed(feeling.actual, language)}</strong> {words.actual}
          </>
        )}
      </span>
      <Delta now={feeling.actual} before={before?.feeling.actual} say={difference} />
      {planned.feeling && (
        <span className={classes.quiet}>
          {signed(planned.feeling.expected, language)} {words.expected}
          {planned.feeling.words && `: ${inLanguage(planned.feeling.words, language)}`}
        </span>
      )}
      <Scores stage={stage} />
      <Moods stage={stage} />
      <Sure of={feeling.sure} />
    </CellButton>
  );
}

function Scores({ stage: { feeling } }: { readonly stage: MapStage }) {
  const words = useWords(WORDS);
  const { number } = useFormat();
  const scores = [
    { name: words.nps, value: feeling.nps, n: feeling.nps_answers },
    { name: words.csat, value: feeling.csat, n: feeling.csat_answers },
  ];
  return scores.map(
    ({ name, value, n }) =>
      value !== null && (
        <span key={name} className={classes.line}>
          <span>
            {name} <span className={classes.quiet}>({words.answers(n, number(n))})</span>
          </span>
          <span className={classes.count}>{number(Math.round(value * 10) / 10)}</span>
        </span>
      ),
  );
}

const MOST_MOODS = 3;

function Moods({ stage: { feeling } }: { readonly stage: MapStage }) {
  const words = useWords(WORDS);
  const { percent } = useFormat();
  const all = sum(feeling.moods.map(({ contact_days }) => contact_days));
  if (all === 0) return null;
  const most = feeling.moods.toSorted((a, b) => b.contact_days - a.contact_days).slice(0, MOST_MOODS);
  return (
    <span className={classes.quiet}>
      {words.moods}:{' '}
      {most.map(({ mood, contact_days }) => `${readable(mood)} ${percent(contact_days / all)}`).join(', ')}
    </span>
  );
}
