import { ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { WorkflowExperiments } from '../../../api/workflows/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { WORDS } from './words.ts';

/** What the tests and the holdout have come to, and how sure that is. */
export function Experiments({ id }: { readonly id: string }) {
  const words = useWords(WORDS);
  const query = useQuery({
    queryKey: ['workflow', id, 'experiments'],
    queryFn: () => apiGet<WorkflowExperiments>(`/v1/workflows/${encodeURIComponent(id)}/experiments`),
  });
  return (
    <Stack gap="xs">
      <Title order={2} fz="lg">
        {words.experiments}
      </Title>
      <Load
        of={query}
        isEmpty={({ tests, holdout }) => tests.length === 0 && holdout === null}
        empty={<Text c="dimmed">{words.noExperiments}</Text>}
      >
        {(told) => (
          <Stack gap="md">
            {told.tests.map((test) => (
              <Test key={test.step} test={test} />
            ))}
            {told.holdout && <Holdout holdout={told.holdout} currency={told.currency} />}
          </Stack>
        )}
      </Load>
    </Stack>
  );
}

function Test({ test }: { readonly test: WorkflowExperiments['tests'][number] }) {
  const words = useWords(WORDS);
  return (
    <Stack gap={4}>
      <Text fw={600}>{test.step}</Text>
      <Groups
        rows={test.variants.map((one) => ({
          ...one,
          name: `${one.variant} · ${one.share} %${one.variant === test.winner ? ` · ${words.winner}` : ''}`,
        }))}
      />
      <Text fz="sm">
        <ReasonText of={test.because} />
      </Text>
    </Stack>
  );
}

function Holdout({
  holdout,
  currency,
}: {
  readonly holdout: NonNullable<WorkflowExperiments['holdout']>;
  readonly currency: string;
}) {
  const words = useWords(WORDS);
  const { number, money } = useFormat();
  const { treated, held_out, lift, revenue, still_open } = holdout;
  const points = (share: number): string => `${share > 0 ? '+' : ''}${number(Math.round(share * 1000) / 10)}`;
  return (
    <Stack gap={4}>
      <Groups
        rows={[
          { ...treated, name: words.treated },
          { ...held_out, name: `${words.heldOut} · ${holdout.percent} %` },
        ]}
      />
      <Text fz="sm">
        {lift
          ? `${words.lift}: ${points(lift.absolute)} ${words.points} (${points(lift.interval.low)} … ${points(lift.interval.high)}). `
          : ''}
        {revenue ? `${words.revenue}: ${money(revenue.difference, currency)}. ` : ''}
        {words.soon(still_open)}
      </Text>
    </Stack>
  );
}

interface Row {
  readonly name: string;
  readonly people: number;
  readonly successes: number;
  readonly rate: number | null;
  readonly interval: { readonly low: number; readonly high: number };
}

function Groups({ rows }: { readonly rows: readonly Row[] }) {
  const words = useWords(WORDS);
  const { number, percent } = useFormat();
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': words.experiments }}>
      <Table miw={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.variant}</Table.Th>
            <Table.Th className="figure">{words.people}</Table.Th>
            <Table.Th className="figure">{words.successes}</Table.Th>
            <Table.Th className="figure">{words.rate}</Table.Th>
            <Table.Th className="figure">{words.between}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Th scope="row" fw={400}>
                {row.name}
              </Table.Th>
              <Table.Td className="figure">{number(row.people)}</Table.Td>
              <Table.Td className="figure">{number(row.successes)}</Table.Td>
              <Table.Td className="figure">{row.rate === null ? '–' : percent(row.rate)}</Table.Td>
              <Table.Td className="figure">
                {row.people === 0 ? '–' : `${percent(row.interval.low)} … ${percent(row.interval.high)}`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
