import { Paper, SimpleGrid, Table, Text, Title } from '@mantine/core';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { DAY } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { ReasonText } from '../../parts/reason-text.tsx';
import { hoursText } from './day-panel.tsx';
import type { Hours } from './day.ts';

const WORDS = {
  en: {
    closed: 'closed',
    never: 'no promotions',
    quiet: (code: string) => `Promotions to people in ${code}`,
    by_clock: 'By the clock of each person.',
    holidays: (country: string) => `Closed on public holidays of ${country}.`,
    no_quiet_hours: 'No jurisdiction is named in etapa.yaml: promotions may go at any time.',
  },
  es: {
    closed: 'cerrado',
    never: 'sin promociones',
    quiet: (code: string) => `Promociones a personas en ${code}`,
    by_clock: 'Según el reloj de cada persona.',
    holidays: (country: string) => `Cierra los festivos de ${country}.`,
    no_quiet_hours:
      'etapa.yaml no nombra ninguna jurisdicción: las promociones pueden salir a cualquier hora.',
  },
};

/** The usual hours of each calendar, and when promotions may go. */
export function OpeningHours({ year: { calendars, quiet_hours } }: { readonly year: CalendarYear }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {calendars.map(({ id, title, week, country, region }) => (
          <Paper key={id} withBorder p="md">
            <Title order={3}>{inLanguage(title, language)}</Title>
            <Text fz="xs" c="dimmed" mb="xs">
              {words.by_clock}{' '}
              {country !== null && words.holidays(region === null ? country : `${country}-${region}`)}
            </Text>
            <Week week={week} closed={words.closed} />
          </Paper>
        ))}
        {quiet_hours.map(({ code, rule, week }) => (
          <Paper key={code} withBorder p="md">
            <Title order={3}>{words.quiet(code)}</Title>
            <Text fz="xs" c="dimmed" mb="xs">
              <ReasonText of={rule} />
            </Text>
            <Week week={week} closed={words.never} />
          </Paper>
        ))}
      </SimpleGrid>
      {quiet_hours.length === 0 && (
        <Text fz="sm" c="dimmed" mt="sm">
          {words.no_quiet_hours}
        </Text>
      )}
    </>
  );
}

/** 1 June 2026 is a Monday. */
const MONDAY = Date.UTC(2026, 5, 1);

function Week({ week, closed }: { readonly week: readonly Hours[]; readonly closed: string }) {
  const language = useLanguage();
  const names = new Intl.DateTimeFormat(language === 'es' ? 'es' : 'en-GB', {
    weekday: 'long',
    timeZone: 'UTC',
  });
  return (
    <Table verticalSpacing={2} withRowBorders={false}>
      <Table.Tbody>
        {week.map((hours, weekday) => {
          const name = names.format(MONDAY + weekday * DAY);
          return (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td>{hoursText(hours, closed)}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
