import { Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { OneWorkflow, WaitingPage } from '../../../api/workflows/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';

const WORDS = {
  en: {
    step: 'At the step',
    all: 'All steps',
    nobody: 'Nobody waits here.',
    who: 'Who',
    where: 'Waits at',
    since: 'There since',
    until: 'Goes on at',
    never: 'when something happens',
    held: 'held by a pause or a notice',
    more: 'Show more',
  },
  es: {
    step: 'En el paso',
    all: 'Todos los pasos',
    nobody: 'Nadie espera aquí.',
    who: 'Quién',
    where: 'Espera en',
    since: 'Ahí desde',
    until: 'Sigue',
    never: 'cuando ocurra algo',
    held: 'retenido por una pausa o un aviso',
    more: 'Mostrar más',
  },
};

/** Who stands where, until when and for what. */
export function WaitingTab({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { moment, ago } = useFormat();
  const [{ step = '' }, change] = useFilter();
  const path = `/v1/workflows/${encodeURIComponent(workflow.id)}/waiting`;
  const query = useInfiniteQuery({
    queryKey: ['workflow', workflow.id, 'waiting', step],
    queryFn: ({ pageParam }) => apiGet<WaitingPage>(path, { step, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const steps = workflow.steps.filter(({ id }) => !id.startsWith(':'));
  return (
    <Stack gap="md">
      <Select
        label={words.step}
        value={step}
        onChange={(value) => change({ step: value ?? '' })}
        data={[
          { value: '', label: words.all },
          ...steps.map(({ id, words: told, standing }) => ({
            value: id,
            label: `${inLanguage(told, language)} (${standing})`,
          })),
        ]}
        maw={520}
        allowDeselect={false}
      />
      <Load
        of={query}
        isEmpty={({ pages }) => pages[0]?.waiting.length === 0}
        empty={<Text c="dimmed">{words.nobody}</Text>}
      >
        {({ pages }) => (
          <Table.ScrollContainer minWidth={620}>
            <Table striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.who}</Table.Th>
                  <Table.Th>{words.where}</Table.Th>
                  <Table.Th>{words.since}</Table.Th>
                  <Table.Th>{words.until}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {pages
                  .flatMap(({ waiting }) => waiting)
                  .map((one) => (
                    <Table.Tr key={`${one.contact_id}/${one.entered_at}`}>
                      <Table.Th scope="row" fw={400}>
                        <LinkTo to="/contacts/$id" params={{ id: one.contact_id }}>
                          {one.name ?? one.email ?? one.contact_id.slice(0, 8)}
                        </LinkTo>
                      </Table.Th>
                      <Table.Td>{one.words ? inLanguage(one.words, language) : one.step}</Table.Td>
                      <Table.Td>{ago(one.arrived_at)}</Table.Td>
                      <Table.Td>
                        {one.held ? words.held : one.until === null ? words.never : moment(one.until)}
                      </Table.Td>
                    </Table.Tr>
                  ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Load>
      {query.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {words.more}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
