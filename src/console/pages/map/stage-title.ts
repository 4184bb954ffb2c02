import type { JourneyMap } from '../../../api/map/shapes.ts';
import { inLanguage, useLanguage } from '../../app/words.ts';
import { stageTitle } from '../../parts/stage.ts';

/** What the project calls a stage. */
export function useStageTitle({ stages }: JourneyMap): (stage: string) => string {
  const language = useLanguage();
  return (stage) =>
    inLanguage(stages.find((one) => one.stage === stage)?.title ?? stageTitle(stage), language);
}
