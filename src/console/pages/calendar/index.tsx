import { Button, Grid, Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFilter } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import './calendar.css';
import { Campaigns } from './campaigns.tsx';
import { DayPanel } from './day-panel.tsx';
import { daysOf } from './day.ts';
import { ForecastSection } from './forecast-section.tsx';
import { Notices } from './notices.tsx';
import { OpeningHours } from './opening-hours.tsx';
import { YearGrid } from './year-grid.tsx';

const WORDS = {
  en: {
    title: 'Calendar',
    about: (zone: string) => `Days begin by the clock of ${zone}.`,
    before: 'The year before',
    after: 'The year after',
    this_year: 'This year',
    notices: 'Notices',
    campaigns: 'Started by the calendar',
    hours: 'Opening hours and quiet hours',
  },
  es: {
    title: 'Calendario',
    about: (zone: string) => `Los días empiezan según el reloj de ${zone}.`,
    before: 'El año anterior',
    after: 'El año siguiente',
    this_year: 'Este año',
    notices: 'Avisos',
    campaigns: 'Lo que inicia el calendario',
    hours: 'Horarios de apertura y de silencio',
  },
};

export default function CalendarPage() {
  const words = useWords(WORDS);
  const [search] = useFilter();
  const asked = /^\d{4}$/.test(search['year'] ?? '') ? search['year'] : undefined;
  const year = useQuery({
    queryKey: ['calendar', asked ?? ''],
    queryFn: () => apiGet<CalendarYear>('/v1/calendar', { year: asked }),
    placeholderData: (before) => before,
  });
  const about = year.data && words.about(year.data.zone);
  return (
    <Page title={words.title} about={about} actions={year.data && <Years year={year.data} />}>
      <Load of={year}>{(data) => <Year year={data} />}</Load>
    </Page>
  );
}

function Years({ year: { year, today } }: { readonly year: CalendarYear }) {
  const words = useWords(WORDS);
  const [, change] = useFilter();
  const go = (to: number): void => change({ year: String(to), day: undefined });
  return (
    <Group gap={6}>
      <Button variant="default" size="xs" onClick={() => go(year - 1)} aria-label={words.before}>
        <Icon name="back" size={16} />
      </Button>
      <Title order={2} className="figures" aria-live="polite">
        {year}
      </Title>
      <Button variant="default" size="xs" onClick={() => go(year + 1)} aria-label={words.after}>
        <Icon name="right" size={16} />
      </Button>
      {!today.startsWith(`${year}-`) && (
        <Button variant="subtle" size="xs" onClick={() => change({ year: undefined, day: undefined })}>
          {words.this_year}
        </Button>
      )}
    </Group>
  );
}

function Year({ year }: { readonly year: CalendarYear }) {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const days = daysOf(year);
  const chosen = days.get(search['day'] ?? '') ?? days.get(year.today);
  return (
    <Stack gap="xl">
      <ForecastSection />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 9 }}>
          <YearGrid year={year} days={days} chosen={search['day'] ?? ''} choose={(day) => change({ day })} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 3 }}>{chosen && <DayPanel year={year} day={chosen} />}</Grid.Col>
      </Grid>
      <section>
        <Title order={2} mb="sm">
          {words.notices}
        </Title>
        <Notices year={year} />
      </section>
      <section>
        <Title order={2} mb="sm">
          {words.campaigns}
        </Title>
        <Campaigns year={year} />
      </section>
      <section>
        <Title order={2} mb="sm">
          {words.hours}
        </Title>
        <OpeningHours year={year} />
      </section>
    </Stack>
  );
}
