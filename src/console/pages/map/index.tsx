import { Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { JourneyMap } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { CellDrawer } from './cell-drawer.tsx';
import { MapExport } from './map-export.tsx';
import { MapFilters } from './map-filters.tsx';
import { comparisonOf, useMap } from './map-query.ts';
import { MapSections } from './map-sections.tsx';
import { MapTable } from './map-table.tsx';
import { Moves } from './moves.tsx';
import { Opportunities } from './opportunities.tsx';
import { WORDS } from './words.ts';

/** The journey as it really is: what people did, felt and got, stage by stage. */
export default function MapPage() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [search] = useFilter();
  const query = useMap(search);
  const map = query.data;
  return (
    <Page
      title={words.title}
      about={map && <About map={map} />}
      actions={map && <MapExport map={map} />}
      tab={map ? inLanguage(map.title, language) : words.title}
    >
      <MapFilters choices={map?.choices} />
      <Load of={query} isEmpty={isEmpty} empty={<Text c="dimmed">{words.empty}</Text>}>
        {(loaded) => <Body map={loaded} />}
      </Load>
    </Page>
  );
}

function About({ map: { title, period, compared } }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { date } = useFormat();
  const told = words.period(date(period.from), date(period.to), period.days);
  const before = compared ? [words.compared(date(compared.from), date(compared.to))] : [];
  return [inLanguage(title, language), told, ...before].join(' · ');
}

function Body({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const { date } = useFormat();
  const [search] = useFilter();
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const View = narrow ? MapSections : MapTable;
  return (
    <Stack gap="xl">
      <View map={map} against_plan={comparisonOf(search) === 'plan'} />
      <Opportunities map={map} />
      <Moves map={map} />
      {map.counted_since !== null && (
        <Text c="dimmed" fz="xs">
          {words.counted_since(date(map.counted_since))}
        </Text>
      )}
      <CellDrawer map={map} />
    </Stack>
  );
}

function isEmpty({ stages }: JourneyMap): boolean {
  return stages.every(
    ({ people, doing }) => people.at_end === 0 && people.entered === 0 && doing.length === 0,
  );
}
