import { Button, Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import type { JourneyMap } from '../../../api/map/shapes.ts';
import { useFilter } from '../../app/search.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { comparisonOf, lengthOf, periodOf, PERIODS } from './map-query.ts';
import { WORDS } from './words.ts';

type Choices = JourneyMap['choices'];

/** Who and when the map is about. Everything chosen stands in the address. */
export function MapFilters({ choices }: { readonly choices: Choices | undefined }) {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const isFiltered = [search['persona'], search['segment'], search['language']].some(Boolean);
  return (
    <Group
      component="section"
      aria-label={words.filters}
      className="not-printed"
      align="flex-end"
      gap="sm"
      wrap="wrap"
    >
      <PeriodFilter />
      {choices && <PeopleFilters choices={choices} />}
      <CompareFilter />
      {isFiltered && (
        <Button
          variant="subtle"
          onClick={() => change({ persona: undefined, segment: undefined, language: undefined })}
        >
          {words.reset}
        </Button>
      )}
    </Group>
  );
}

const OWN = 'own';

function PeriodFilter() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const { from, to } = periodOf(search);
  const own = search['from'] !== undefined;
  return (
    <>
      <Select
        label={words.days}
        w={160}
        allowDeselect={false}
        value={own ? OWN : String(lengthOf(search))}
        data={[
          ...PERIODS.map((days) => ({ value: String(days), label: words.last_days(days) })),
          { value: 'month', label: words.this_month },
          { value: OWN, label: words.own_period },
        ]}
        onChange={(chosen) =>
          change(
            chosen === OWN
              ? { from, to, days: undefined }
              : { days: chosen ?? undefined, from: undefined, to: undefined },
          )
        }
      />
      {own && (
        <>
          <TextInput
            type="date"
            label={words.from}
            value={from}
            max={to}
            onChange={({ currentTarget: { value } }) => value !== '' && change({ from: value, to })}
          />
          <TextInput
            type="date"
            label={words.to}
            value={to}
            min={from}
            onChange={({ currentTarget: { value } }) => value !== '' && change({ from, to: value })}
          />
        </>
      )}
    </>
  );
}

function PeopleFilters({ choices }: { readonly choices: Choices }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const named = (list: Choices['personas']) =>
    list.map(({ id, name }) => ({ value: id, label: inLanguage(name, language) }));
  const spoken = new Intl.DisplayNames([language], { type: 'language' });
  return (
    <>
      <Choice name="persona" label={words.persona} all={words.everybody} data={named(choices.personas)} />
      <Choice name="segment" label={words.segment} all={words.everybody} data={named(choices.segments)} />
      <Choice
        name="language"
        label={words.language}
        all={words.all_languages}
        data={choices.languages.map((id) => ({ value: id, label: spoken.of(id) ?? id }))}
      />
    </>
  );
}

interface ChoiceProps {
  readonly name: 'persona' | 'segment' | 'language';
  readonly label: string;
  readonly all: string;
  readonly data: readonly { readonly value: string; readonly label: string }[];
}

function Choice({ name, label, all, data }: ChoiceProps) {
  const [search, change] = useFilter();
  if (data.length === 0) return null;
  return (
    <Select
      label={label}
      w={170}
      allowDeselect={false}
      value={search[name] ?? ''}
      data={[{ value: '', label: all }, ...data]}
      onChange={(chosen) => change({ [name]: chosen ?? undefined })}
    />
  );
}

function CompareFilter() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  return (
    <div>
      <Text component="div" fz="sm" fw={600} mb={2}>
        {words.compare}
      </Text>
      <SegmentedControl
        aria-label={words.compare}
        value={comparisonOf(search)}
        onChange={(chosen) => change({ compare: chosen === 'nothing' ? undefined : chosen })}
        data={[
          { value: 'nothing', label: words.compare_nothing },
          { value: 'before', label: words.compare_before },
          { value: 'plan', label: words.compare_plan },
        ]}
      />
    </div>
  );
}
