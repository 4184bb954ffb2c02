import { Badge } from '@mantine/core';
import { inLanguage, useLanguage } from '../app/words.ts';
import { stageColor, stageTitle } from './stage.ts';

export interface StageBadgeProps {
  readonly stage: string;
  /** As the project calls it. */
  readonly title?: { readonly en: string; readonly es: string };
}

export function StageBadge({ stage, title = stageTitle(stage) }: StageBadgeProps) {
  const language = useLanguage();
  return (
    <Badge variant="default" tt="none" fw={500} leftSection={<Dot color={stageColor(stage)} />}>
      {inLanguage(title, language)}
    </Badge>
  );
}

function Dot({ color }: { readonly color: string }) {
  return (
    <svg width={8} height={8} viewBox="0 0 8 8" aria-hidden="true">
      <circle cx={4} cy={4} r={4} fill={color} />
    </svg>
  );
}
