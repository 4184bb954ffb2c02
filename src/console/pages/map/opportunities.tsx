import { Badge, Group, Text, Title } from '@mantine/core';
import type { JourneyMap, Opportunity } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { ReasonText } from '../../parts/reason-text.tsx';
import { StageBadge } from '../../parts/stage-badge.tsx';
import classes from './map.module.css';
import { Sure } from './sure.tsx';
import { WORDS } from './words.ts';

/** What could be done, the most important first. */
export function Opportunities({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  return (
    <section aria-labelledby="opportunities">
      <Title order={2} id="opportunities">
        {words.opportunities}
      </Title>
      <Text c="dimmed" fz="sm" mb="xs">
        {map.opportunities.length === 0 ? words.no_opportunities : words.opportunities_about}
      </Text>
      <ol className={classes.opportunities}>
        {map.opportunities.map((one) => (
          <One key={keyOf(one)} opportunity={one} map={map} />
        ))}
      </ol>
    </section>
  );
}

interface OneProps {
  readonly opportunity: Opportunity;
  readonly map: JourneyMap;
}

function One({ opportunity, map }: OneProps) {
  const words = useWords(WORDS);
  const { number, money } = useFormat();
  const { kind, stage, words: told, people, money: cost, sure } = opportunity;
  const title = map.stages.find((one) => one.stage === stage)?.title;
  return (
    <li>
      <Group gap={6} mb={4}>
        <StageBadge stage={stage} {...(title && { title })} />
        <Badge variant="default" tt="none" fw={500}>
          {words[`kind_${kind}`]}
        </Badge>
      </Group>
      <Text fz="sm">
        <ReasonText of={told} />
      </Text>
      <p className={classes.facts}>
        <span>{words.about_people(people, number(people))}</span>
        {cost !== null && <strong>{words.may_cost(money(cost, map.currency))}</strong>}
        <Sure of={sure} />
      </p>
    </li>
  );
}

function keyOf({ kind, stage, persona, touchpoint }: Opportunity): string {
  return [kind, stage, persona ?? '', touchpoint?.en ?? ''].join(' ');
}
