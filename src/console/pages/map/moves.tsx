import { Table, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { JourneyMap } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import classes from './map.module.css';
import { useStageTitle } from './stage-title.ts';
import { WORDS } from './words.ts';

const MovesChart = lazy(() => import('./moves-chart.tsx'));

/** Who went from where to where: drawn, and as a table that says the same. */
export function Moves({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  return (
    <section aria-labelledby="moves">
      <Title order={2} id="moves">
        {words.moves}
      </Title>
      <Text c="dimmed" fz="sm" mb="xs">
        {map.moves.length === 0 ? words.moves_none : words.moves_about}
      </Text>
      {map.moves.length > 0 && (
        <>
          <Suspense fallback={<div className={classes.movesChart} />}>
            <MovesChart map={map} />
          </Suspense>
          <details>
            <summary>{words.moves_table}</summary>
            <MovesTable map={map} />
          </details>
        </>
      )}
    </section>
  );
}

function MovesTable({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const { number, days } = useFormat();
  const titleOf = useStageTitle(map);
  return (
    <Table mt="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.move_from}</Table.Th>
          <Table.Th>{words.move_to}</Table.Th>
          <Table.Th className="figure">{words.move_people}</Table.Th>
          <Table.Th className="figure">{words.move_days}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {map.moves.map(({ from, to, n, mean_days }) => (
          <Table.Tr key={`${from} ${to}`}>
            <Table.Td>{titleOf(from)}</Table.Td>
            <Table.Td>{titleOf(to)}</Table.Td>
            <Table.Td className="figure">{number(n)}</Table.Td>
            <Table.Td className="figure">{mean_days === null ? '' : days(mean_days)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
