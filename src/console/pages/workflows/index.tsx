import { Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { WorkflowAbout, WorkflowList } from '../../../api/workflows/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useMay } from '../../app/session.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { StatusBadge } from '../workflow/status-badge.tsx';
import { NewWorkflow } from './new-workflow.tsx';

const WORDS = {
  en: {
    title: 'Workflows',
    about: 'What we do for people when something happens. Figures are of the last 30 days.',
    empty: 'There is no workflow yet. Make the first one.',
    make: 'New workflow',
    workflow: 'Workflow',
    status: 'Status',
    purpose: 'Purpose',
    purposes: { promotion: 'Promotion', service: 'Service' },
    inside: 'In it now',
    entered: 'Entered',
    converted: 'Reached the goal',
    sent: 'Sent',
    heldBack: 'Held back',
    problems: (errors: number, warnings: number) =>
      [errors > 0 ? `${errors} to mend` : '', warnings > 0 ? `${warnings} could be better` : '']
        .filter(Boolean)
        .join(', '),
  },
  es: {
    title: 'Flujos',
    about: 'Lo que hacemos por las personas cuando algo ocurre. Las cifras son de los últimos 30 días.',
    empty: 'Todavía no hay ningún flujo. Cree el primero.',
    make: 'Nuevo flujo',
    workflow: 'Flujo',
    status: 'Estado',
    purpose: 'Propósito',
    purposes: { promotion: 'Promoción', service: 'Servicio' },
    inside: 'Dentro ahora',
    entered: 'Entraron',
    converted: 'Lograron el objetivo',
    sent: 'Enviados',
    heldBack: 'Retenidos',
    problems: (errors: number, warnings: number) =>
      [errors > 0 ? `${errors} por corregir` : '', warnings > 0 ? `${warnings} mejorables` : '']
        .filter(Boolean)
        .join(', '),
  },
};

/** All workflows, with what they have come to. */
export default function WorkflowsPage() {
  const words = useWords(WORDS);
  const may = useMay('publish');
  const [making, dialog] = useDisclosure();
  const query = useQuery({ queryKey: ['workflows'], queryFn: () => apiGet<WorkflowList>('/v1/workflows') });
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={may && <Button onClick={dialog.open}>{words.make}</Button>}
    >
      <Load
        of={query}
        isEmpty={({ workflows }) => workflows.length === 0}
        empty={<Text c="dimmed">{words.empty}</Text>}
      >
        {({ workflows }) => <List workflows={workflows} />}
      </Load>
      {making && <NewWorkflow onClose={dialog.close} />}
    </Page>
  );
}

function List({ workflows }: { readonly workflows: readonly WorkflowAbout[] }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number, percent } = useFormat();
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table striped highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.workflow}</Table.Th>
            <Table.Th>{words.status}</Table.Th>
            <Table.Th>{words.purpose}</Table.Th>
            <Table.Th className="figure">{words.inside}</Table.Th>
            <Table.Th className="figure">{words.entered}</Table.Th>
            <Table.Th className="figure">{words.converted}</Table.Th>
            <Table.Th className="figure">{words.sent}</Table.Th>
            <Table.Th className="figure">{words.heldBack}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Th scope="row" fw={400} maw={360}>
                <LinkTo to="/workflows/$id" params={{ id: one.id }} fw={600}>
                  {inLanguage(one.title, language)}
                </LinkTo>
                <Text fz="xs" c="dimmed">
                  {inLanguage(one.starts, language)}
                </Text>
                {one.errors + one.warnings > 0 && (
                  <Text fz="xs">{words.problems(one.errors, one.warnings)}</Text>
                )}
              </Table.Th>
              <Table.Td>
                <StatusBadge status={one.status} />
              </Table.Td>
              <Table.Td>{words.purposes[one.purpose]}</Table.Td>
              <Table.Td className="figure">{number(one.inside)}</Table.Td>
              <Table.Td className="figure">{number(one.entered)}</Table.Td>
              <Table.Td className="figure">
                {one.conversion === null ? '–' : `${number(one.converted)} (${percent(one.conversion)})`}
              </Table.Td>
              <Table.Td className="figure">{number(one.sent)}</Table.Td>
              <Table.Td className="figure">{number(one.held_back)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
