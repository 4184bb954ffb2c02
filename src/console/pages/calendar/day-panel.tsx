import { List, Paper, Stack, Text, Title } from '@mantine/core';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { hoursOn, type Day, type Hours } from './day.ts';
import { fullDate } from './year-grid.tsx';

const WORDS = {
  en: { closed: 'closed', notices: 'Notices that are on', campaigns: 'Campaigns that begin', hours: 'Open' },
  es: { closed: 'cerrado', notices: 'Avisos vigentes', campaigns: 'Campañas que empiezan', hours: 'Abierto' },
};

export interface DayPanelProps {
  readonly year: CalendarYear;
  readonly day: Day;
}

/** One day: who is open when, and what is on. */
export function DayPanel({ year, day }: DayPanelProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <Paper withBorder p="md" role="region" aria-live="polite" aria-label={fullDate(day.date, language)}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{fullDate(day.date, language)}</Title>
          {day.names.length > 0 && (
            <Text fz="sm">{day.names.map((name) => inLanguage(name, language)).join(', ')}</Text>
          )}
        </div>
        <div>
          <Text fz="sm" fw={500}>
            {words.hours}
          </Text>
          {year.calendars.map((calendar) => (
            <Text key={calendar.id} fz="sm">
              {inLanguage(calendar.title, language)}: {hoursText(hoursOn(calendar, day.date), words.closed)}
            </Text>
          ))}
        </div>
        {day.notices.length > 0 && (
          <div>
            <Text fz="sm" fw={500}>
              {words.notices}
            </Text>
            <List size="sm">
              {[...new Set(day.notices)].map(({ id }) => (
                <List.Item key={id}>{id}</List.Item>
              ))}
            </List>
          </div>
        )}
        {day.campaigns.length > 0 && (
          <div>
            <Text fz="sm" fw={500}>
              {words.campaigns}
            </Text>
            <List size="sm">
              {[...new Set(day.campaigns)].map(({ workflow, title }) => (
                <List.Item key={workflow}>
                  <LinkTo to="/workflows/$id" params={{ id: workflow }} fz="sm">
                    {inLanguage(title, language)}
                  </LinkTo>
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Paper>
  );
}

export function hoursText(hours: Hours, closed: string): string {
  return hours.length === 0 ? closed : hours.map(({ from, to }) => `${from}–${to}`).join(', ');
}
