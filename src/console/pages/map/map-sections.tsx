import { Paper, Stack, Title } from '@mantine/core';
import type { MapStage } from '../../../api/map/shapes.ts';
import { useWords } from '../../app/words.ts';
import { Curve } from './curve.tsx';
import classes from './map.module.css';
import { ROWS } from './map-rows.ts';
import type { MapViewProps } from './map-table.tsx';
import { StageHead } from './stage-head.tsx';
import { WORDS } from './words.ts';

/** The map on a phone: the curve, then one stage below the other. */
export function MapSections({ map: { stages }, against_plan }: MapViewProps) {
  return (
    <Stack gap="md">
      <Paper withBorder p="xs">
        <Curve stages={stages} />
      </Paper>
      {stages.map((stage, place) => (
        <StageSection
          key={stage.stage}
          stage={stage}
          against_plan={against_plan}
          last={place === stages.length - 1}
        />
      ))}
    </Stack>
  );
}

interface StageSectionProps {
  readonly stage: MapStage;
  readonly against_plan: boolean;
  readonly last: boolean;
}

function StageSection({ stage, against_plan, last }: StageSectionProps) {
  const words = useWords(WORDS);
  return (
    <Paper component="section" withBorder className={classes.section}>
      <Title order={2} className={classes.stage}>
        <StageHead stage={stage} />
      </Title>
      {ROWS.map(({ title, Cell }) => (
        <div key={title} className={classes.sectionRow}>
          <Title order={3} className={classes.label}>
            {words[title]}
          </Title>
          <Cell stage={stage} against_plan={against_plan} last={last} />
        </div>
      ))}
    </Paper>
  );
}
