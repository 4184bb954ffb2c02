import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TemplateList } from '../../../api/templates/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFilter, type Search } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { TypedFilter } from '../../parts/typed-filter.tsx';

const WORDS = {
  en: {
    state: 'What became of it',
    dead: 'Needs a decision',
    all: 'All',
    sent: 'Sent',
    waiting: 'Waits',
    suppressed: 'Held back',
    refused: 'Refused',
    uncertain: 'Uncertain',
    message: 'Message',
    workflow: 'Workflow',
    tone: 'Tone',
    language: 'Language',
    channel: 'Channel',
    any: 'Any',
    domain: 'Receiving domain',
    contact: 'Person',
    contact_hint: 'id or address',
    from: 'From',
    to: 'To',
    clear: 'Clear the filters',
    en: 'English',
    es: 'Spanish',
  },
  es: {
    state: 'Qué fue de él',
    dead: 'Necesita una decisión',
    all: 'Todos',
    sent: 'Enviados',
    waiting: 'En espera',
    suppressed: 'Retenidos',
    refused: 'Rechazados',
    uncertain: 'Inciertos',
    message: 'Mensaje',
    workflow: 'Flujo',
    tone: 'Tono',
    language: 'Idioma',
    channel: 'Canal',
    any: 'Cualquiera',
    domain: 'Dominio de destino',
    contact: 'Persona',
    contact_hint: 'id o dirección',
    from: 'Desde',
    to: 'Hasta',
    clear: 'Quitar los filtros',
    en: 'Inglés',
    es: 'Español',
  },
};

/** The states behind each choice. */
const STATES = {
  all: 'all',
  dead: 'refused,uncertain',
  sent: 'sent',
  waiting: 'owed,claimed,handing_over,deferred',
  suppressed: 'suppressed',
  refused: 'refused',
  uncertain: 'uncertain',
} as const;

const NAMES = [
  'state',
  'message',
  'workflow',
  'tone',
  'language',
  'channel',
  'domain',
  'contact',
  'from',
  'to',
];

/** What the API is asked by what the address says. */
export function askedBy(search: Search): Readonly<Record<string, string | undefined>> {
  const { from, to } = search;
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, search[name]])),
    state: STATES[stateIn(search)],
    from: from && momentOf(from, 0),
    to: to && momentOf(to, 1),
  };
}

function stateIn(search: Search): keyof typeof STATES {
  return CHOICES.find((one) => one === search['state']) ?? 'all';
}

const CHOICES = Object.keys(STATES) as (keyof typeof STATES)[];

/** The last day belongs to what is asked for. Nothing for what is no day. */
function momentOf(day: string, later: number): string | undefined {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const moment = new Date(year, month - 1, date + later);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

export function Filters() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const known = useQuery({
    queryKey: ['templates'],
    queryFn: () => apiGet<TemplateList>('/v1/templates'),
    staleTime: 60_000,
  });
  const { templates = [], tones = [] } = known.data ?? {};
  const workflows = templates.flatMap(({ sent_by }) => sent_by.map(({ workflow }) => workflow));
  const channels = templates.flatMap(({ channels: some }) => some.map(({ channel }) => channel));
  const choice = (
    name: string,
    label: string,
    values: readonly string[],
    named?: (value: string) => string,
  ) => (
    <NativeSelect
      label={label}
      size="xs"
      value={search[name] ?? ''}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      data={[
        { value: '', label: words.any },
        ...[...new Set(values)].toSorted().map((value) => ({ value, label: named?.(value) ?? value })),
      ]}
    />
  );
  return (
    <Group gap="xs" align="flex-end" role="search" wrap="wrap">
      <NativeSelect
        label={words.state}
        size="xs"
        value={stateIn(search)}
        onChange={(event) => change({ state: event.currentTarget.value })}
        data={CHOICES.map((value) => ({ value, label: words[value] }))}
      />
      {choice(
        'message',
        words.message,
        templates.map(({ id }) => id),
      )}
      {choice('workflow', words.workflow, workflows)}
      {choice('tone', words.tone, tones)}
      {choice('language', words.language, ['en', 'es'], (value) => (value === 'es' ? words.es : words.en))}
      {new Set(channels).size > 1 && choice('channel', words.channel, channels)}
      <TypedFilter
        label={words.contact}
        placeholder={words.contact_hint}
        size="xs"
        w={170}
        value={search['contact'] ?? ''}
        onDone={(contact) => change({ contact })}
      />
      <TypedFilter
        label={words.domain}
        placeholder="example.com"
        size="xs"
        w={150}
        value={search['domain'] ?? ''}
        onDone={(domain) => change({ domain })}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          label={words[name]}
          size="xs"
          value={search[name] ?? ''}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
      ))}
      {NAMES.some((name) => search[name]) && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => change(Object.fromEntries(NAMES.map((name) => [name, undefined])))}
        >
          {words.clear}
        </Button>
      )}
    </Group>
  );
}
