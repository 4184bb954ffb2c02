import { Table, Text } from '@mantine/core';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { dateIn } from './day.ts';

const WORDS = {
  en: {
    workflow: 'Workflow',
    when: 'When',
    next: 'Next time',
    empty: 'No workflow is started by the calendar.',
    each: 'each person on a day of their own',
    draft: 'draft',
    paused: 'paused',
    stopped: 'stopped',
  },
  es: {
    workflow: 'Flujo',
    when: 'Cuándo',
    next: 'Próxima vez',
    empty: 'El calendario no inicia ningún flujo.',
    each: 'cada persona en su propio día',
    draft: 'borrador',
    paused: 'en pausa',
    stopped: 'detenido',
  },
};

/** Workflows that a schedule or a date starts. */
export function Campaigns({ year: { campaigns, zone, today } }: { readonly year: CalendarYear }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const format = useFormat();
  if (campaigns.length === 0) return <Text c="dimmed">{words.empty}</Text>;
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.workflow}</Table.Th>
            <Table.Th>{words.when}</Table.Th>
            <Table.Th>{words.next}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {campaigns.map(({ workflow, title, status, when, times, date_field }) => {
            const next = times.find((time) => dateIn(zone, time) >= today);
            return (
              <Table.Tr key={workflow}>
                <Table.Td>
                  <LinkTo to="/workflows/$id" params={{ id: workflow }} fz="sm">
                    {inLanguage(title, language)}
                  </LinkTo>
                  {status !== 'live' && status in words && ` (${words[status as 'draft']})`}
                </Table.Td>
                <Table.Td>
                  <ReasonText of={when} />
                </Table.Td>
                <Table.Td>{date_field === null ? next && format.moment(next) : words.each}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
