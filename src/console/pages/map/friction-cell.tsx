import type { MapStage } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { CellButton } from './cell-button.tsx';
import { Delta } from './delta.tsx';
import classes from './map.module.css';
import type { CellProps } from './people-cell.tsx';
import { PlannedTexts } from './planned-texts.tsx';
import { Sure } from './sure.tsx';
import { WORDS } from './words.ts';

/** Where people stall, leave, complain and ask. */
export function FrictionCell({ stage, against_plan }: CellProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  const lines = useFrictionLines(stage).filter(({ n, before }) => n > 0 || (before ?? 0) > 0);
  return (
    <>
      <CellButton
        cell={{ kind: 'friction', stage: stage.stage, key: undefined }}
        name={words.row_friction}
        stage_title={inLanguage(stage.title, language)}
      >
        {lines.length === 0 && <span className={classes.quiet}>{words.no_friction}</span>}
        {lines.map(({ name, n, before }) => (
          <span key={name} className={classes.block}>
            <span className={classes.line}>
              <span>{name}</span>
              <span className={classes.count}>{number(n)}</span>
            </span>
            <Delta now={n} before={before} say={number} />
          </span>
        ))}
        <Sure of={stage.friction.sure} />
      </CellButton>
      {against_plan && (
        <>
          <PlannedTexts title={words.plan_pains} texts={stage.planned.pains} />
          <PlannedTexts title={words.plan_ideas} texts={stage.planned.ideas} />
        </>
      )}
    </>
  );
}

export interface FigureLine {
  readonly name: string;
  readonly n: number;
  readonly before: number | undefined;
}

/** Each kind of friction with how often it was seen. */
export function useFrictionLines({ friction, before }: MapStage): FigureLine[] {
  const words = useWords(WORDS);
  const { days } = useFormat();
  const names = {
    stalled: words.stalled(days(friction.stalled_after_days)),
    went_back: words.went_back,
    complained: words.complained,
    unsubscribed: words.unsubscribed,
    asked: words.asked,
    bounced: words.bounced,
  };
  return (Object.keys(names) as (keyof typeof names)[]).map((kind) => ({
    name: names[kind],
    n: friction[kind],
    before: before?.friction[kind],
  }));
}
