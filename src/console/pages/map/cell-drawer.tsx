import { Drawer, Group, Stack, Table, Title } from '@mantine/core';
import type { JourneyMap, MapStage } from '../../../api/map/shapes.ts';
import { useFilter, type Search } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { ButtonTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { DaysChart } from './days-chart.tsx';
import { useCellFigures, type CellFigure } from './cell-figures.ts';
import { useMapDays, type Fact } from './map-query.ts';
import { readable } from './names.ts';
import { useOpenCell, type Cell } from './open-cell.ts';
import { peopleBehind } from './people-behind.ts';
import { WORDS } from './words.ts';

/** The numbers behind a cell: its figures, the same day by day, and the way to the people. */
export function CellDrawer({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [cell, open] = useOpenCell();
  const stage = map.stages.find((one) => one.stage === cell?.stage);
  return (
    <Drawer
      opened={cell !== undefined && stage !== undefined}
      onClose={() => open(undefined)}
      position="right"
      size="md"
      title={words.numbers_behind}
    >
      {cell && stage && (
        <Stack gap="md">
          <Title order={2}>
            {cell.key === undefined ? words[ROW_OF[cell.kind]] : readable(cell.key)},{' '}
            {inLanguage(stage.title, language)}
          </Title>
          <Figures cell={cell} stage={stage} currency={map.currency} />
          {FACTS_OF[cell.kind].map((fact) => (
            <Days key={fact} cell={cell} fact={fact} stage={stage} />
          ))}
          <Ways cell={cell} />
        </Stack>
      )}
    </Drawer>
  );
}

const ROW_OF = {
  people: 'row_people',
  event: 'row_doing',
  orders: 'orders',
  feeling: 'row_feeling',
  workflow: 'row_sending',
  friction: 'row_friction',
} as const;

const FACTS_OF: Readonly<Record<Cell['kind'], readonly Fact[]>> = {
  people: ['people', 'move'],
  event: ['event'],
  orders: ['order'],
  feeling: ['feeling'],
  workflow: ['message'],
  friction: [],
};

interface FiguresProps {
  readonly cell: Cell;
  readonly stage: MapStage;
  readonly currency: string;
}

function Figures({ cell, stage, currency }: FiguresProps) {
  const words = useWords(WORDS);
  const figures = useCellFigures(cell, stage, currency);
  const compared = figures.some(({ before }) => before !== undefined);
  if (figures.length === 0) return null;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.figure}</Table.Th>
          <Table.Th className="figure">{words.in_period}</Table.Th>
          {compared && <Table.Th className="figure">{words.in_before}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {figures.map((figure) => (
          <FigureRow key={figure.name} {...figure} compared={compared} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function FigureRow({ name, now, before, compared }: CellFigure & { readonly compared: boolean }) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td className="figure">{now}</Table.Td>
      {compared && <Table.Td className="figure">{before ?? ''}</Table.Td>}
    </Table.Tr>
  );
}

interface DaysProps {
  readonly cell: Cell;
  readonly fact: Fact;
  readonly stage: MapStage;
}

function Days({ cell, fact, stage }: DaysProps) {
  const words = useWords(WORDS);
  const [search] = useFilter();
  const days = useMapDays(search, { fact, stage: stage.stage, keys: keysOf(cell, stage) });
  return (
    <Load of={days}>
      {(loaded) => (
        <DaysChart
          title={words[`chart_${fact}`]}
          days={loaded.days}
          show={fact === 'feeling' ? 'mean' : 'n'}
        />
      )}
    </Load>
  );
}

/** Messages are counted by workflow, tone, channel and what became of them. */
function keysOf({ kind, key }: Cell, { sending }: MapStage): string[] {
  if (key === undefined) return [];
  if (kind !== 'workflow') return [key];
  const ways = sending.filter(({ workflow }) => workflow === key);
  // A key that nothing was counted by: no key would stand for all.
  return ways.length === 0 ? [`${key}/`] : ways.map(({ tone, channel }) => `${key}/${tone}/${channel}/sent`);
}

function Ways({ cell }: { readonly cell: Cell }) {
  const words = useWords(WORDS);
  const [search] = useFilter();
  const maySeePeople = useMay('people');
  const where: Search = { where: peopleBehind(cell, search) };
  return (
    <Group gap="xs">
      {cell.kind === 'workflow' && cell.key !== undefined && (
        <ButtonTo variant="default" to="/workflows/$id" params={{ id: cell.key }}>
          {words.see_workflow}
        </ButtonTo>
      )}
      {maySeePeople && (
        <ButtonTo to="/contacts" search={where}>
          {words.see_people}
        </ButtonTo>
      )}
    </Group>
  );
}
