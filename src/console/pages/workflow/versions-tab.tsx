import { Button, Group, ScrollArea, Skeleton, Stack, Table, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { OneVersion, OneWorkflow, WorkflowVersions } from '../../../api/workflows/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';

const Diff = lazy(() => import('./diff.tsx'));

const WORDS = {
  en: {
    version: 'Version',
    since: 'Live for the first time',
    inside: 'People in it',
    live: 'live now',
    compare: 'Compare with the live one',
    diff: (version: string) => `From ${version} (left) to the live version (right)`,
    take: 'Edit from this version',
  },
  es: {
    version: 'Versión',
    since: 'En marcha por primera vez',
    inside: 'Personas dentro',
    live: 'en marcha',
    compare: 'Comparar con la que está en marcha',
    diff: (version: string) => `De ${version} (izquierda) a la que está en marcha (derecha)`,
    take: 'Editar a partir de esta versión',
  },
};

export interface VersionsTabProps {
  readonly workflow: OneWorkflow;
  /** Puts the text of a version where it is edited. */
  readonly onTake: (text: string) => void;
}

/** What was live once, and how it differs. */
export function VersionsTab({ workflow, onTake }: VersionsTabProps) {
  const words = useWords(WORDS);
  const { moment, number } = useFormat();
  const [chosen, setChosen] = useState<string>();
  const path = `/v1/workflows/${encodeURIComponent(workflow.id)}/versions`;
  const query = useQuery({
    queryKey: ['workflow', workflow.id, 'versions'],
    queryFn: () => apiGet<WorkflowVersions>(path),
  });
  return (
    <Stack gap="md">
      <Load of={query}>
        {({ versions }) => (
          <ScrollArea
            type="auto"
            viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': words.version }}
          >
            <Table striped miw={520}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.version}</Table.Th>
                  <Table.Th>{words.since}</Table.Th>
                  <Table.Th className="figure">{words.inside}</Table.Th>
                  <Table.Th aria-label={words.compare} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {versions.map((one) => (
                  <Table.Tr key={one.version}>
                    <Table.Th scope="row" fw={400}>
                      {one.version}
                      {one.live && ` · ${words.live}`}
                    </Table.Th>
                    <Table.Td>{moment(one.deployed_at)}</Table.Td>
                    <Table.Td className="figure">{number(one.inside)}</Table.Td>
                    <Table.Td className="figure">
                      {!one.live && (
                        <Button size="compact-sm" variant="default" onClick={() => setChosen(one.version)}>
                          {words.compare}
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea>
        )}
      </Load>
      {chosen !== undefined && <Compared path={path} version={chosen} live={workflow.text} onTake={onTake} />}
    </Stack>
  );
}

function Compared({
  path,
  version,
  live,
  onTake,
}: {
  readonly path: string;
  readonly version: string;
  readonly live: string;
  readonly onTake: (text: string) => void;
}) {
  const words = useWords(WORDS);
  const may = useMay('publish');
  const [, change] = useFilter();
  const query = useQuery({
    queryKey: ['version', path, version],
    queryFn: () => apiGet<OneVersion>(`${path}/${version}`),
  });
  return (
    <Load of={query}>
      {({ text }) => (
        <Stack gap="xs">
          <Group justify="space-between">
            <Title order={2} fz="md">
              {words.diff(version)}
            </Title>
            {may && (
              <Button
                variant="default"
                onClick={() => {
                  onTake(text);
                  change({ tab: 'edit' });
                }}
              >
                {words.take}
              </Button>
            )}
          </Group>
          <Suspense fallback={<Skeleton h={320} />}>
            <Diff before={text} after={live} label={words.diff(version)} />
          </Suspense>
        </Stack>
      )}
    </Load>
  );
}
