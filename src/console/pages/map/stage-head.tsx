import type { MapStage } from '../../../api/map/shapes.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { stageColor } from '../../parts/stage.ts';
import classes from './map.module.css';
import { WORDS } from './words.ts';

/** The name of a stage, what people want there, and whether it decides everything. */
export function StageHead({ stage }: { readonly stage: MapStage }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { customer_goal, moment_of_truth } = stage.planned;
  return (
    <>
      <svg className={classes.stageBar} width="100%" height={4} aria-hidden="true">
        <rect width="100%" height={4} fill={stageColor(stage.stage)} />
      </svg>
      <span className={classes.stageTitle}>{inLanguage(stage.title, language)}</span>
      {customer_goal && <span className={classes.wish}>{inLanguage(customer_goal, language)}</span>}
      {moment_of_truth && <span className={classes.truth}>◆ {words.moment_of_truth}</span>}
    </>
  );
}
