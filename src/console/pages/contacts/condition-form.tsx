import {
  Autocomplete,
  Button,
  Card,
  Code,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useVocabulary } from '../../app/vocabulary.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { conditionOf, valueOf, type Parts } from './conditions.ts';

const WORDS = {
  en: {
    kind: 'Ask about',
    event: 'what happened',
    field: 'a field',
    stage: 'the stage',
    segment: 'a segment',
    persona: 'the persona',
    mood: 'the mood',
    churn_risk: 'the churn risk',
    event_name: 'Event',
    field_name: 'Field',
    operator: 'Operator',
    value: 'Value',
    is_one: 'Is',
    happened: 'It happened',
    yes: 'yes, so often or more',
    no: 'no, not once',
    at_least: 'At least how often',
    in_the_last: 'In the last',
    unit: 'Unit',
    hours: 'hours',
    days: 'days',
    weeks: 'weeks',
    months: 'months',
    becomes: 'As it will be written:',
    add: 'Add',
    operators: {
      is: 'is',
      is_not: 'is not',
      at_least: 'is at least',
      at_most: 'is at most',
      more_than: 'is more than',
      less_than: 'is less than',
      contains: 'contains',
      starts_with: 'begins with',
      exists: 'is known (true or false)',
      within: 'lies so far back or less, like "7 days"',
      not_within: 'lies farther back than, like "7 days"',
    },
  },
  es: {
    kind: 'Preguntar por',
    event: 'lo que ocurrió',
    field: 'un campo',
    stage: 'la etapa',
    segment: 'un segmento',
    persona: 'la persona',
    mood: 'el ánimo',
    churn_risk: 'el riesgo de abandono',
    event_name: 'Evento',
    field_name: 'Campo',
    operator: 'Operador',
    value: 'Valor',
    is_one: 'Es',
    happened: 'Ocurrió',
    yes: 'sí, tantas veces o más',
    no: 'no, ni una vez',
    at_least: 'Al menos cuántas veces',
    in_the_last: 'En los últimos',
    unit: 'Unidad',
    hours: 'horas',
    days: 'días',
    weeks: 'semanas',
    months: 'meses',
    becomes: 'Así quedará escrita:',
    add: 'Añadir',
    operators: {
      is: 'es',
      is_not: 'no es',
      at_least: 'es al menos',
      at_most: 'es como mucho',
      more_than: 'es más de',
      less_than: 'es menos de',
      contains: 'contiene',
      starts_with: 'empieza por',
      exists: 'se conoce (true o false)',
      within: 'queda a esa distancia o menos, como «7 days»',
      not_within: 'queda más lejos que, como «7 days»',
    },
  },
};

type Kind = 'event' | 'field' | Chosen;
type Chosen = 'stage' | 'segment' | 'persona' | 'mood' | 'churn_risk';
type Operator = keyof typeof WORDS.en.operators;
const KINDS: readonly Kind[] = ['event', 'field', 'stage', 'segment', 'persona', 'mood', 'churn_risk'];
const UNITS = ['hours', 'days', 'weeks', 'months'] as const;

/** One condition, put together without knowing how it is written, and shown as it is. */
export function ConditionForm({ onAdd }: { readonly onAdd: (condition: string) => void }) {
  const words = useWords(WORDS);
  const [kind, setKind] = useState<Kind>('event');
  const [parts, setParts] = useState<Parts | null>(null);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (parts) onAdd(conditionOf(parts));
  };
  return (
    <Card withBorder padding="sm">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Group align="flex-end" gap="sm">
            <Select
              label={words.kind}
              data={KINDS.map((one) => ({ value: one, label: words[one] }))}
              value={kind}
              onChange={(value) => {
                setKind(value ?? 'event');
                setParts(null);
              }}
              allowDeselect={false}
              w={190}
            />
            {kind === 'event' && <EventParts onChange={setParts} />}
            {kind === 'field' && <FieldParts onChange={setParts} />}
            {kind !== 'event' && kind !== 'field' && (
              <ChosenParts key={kind} kind={kind} onChange={setParts} />
            )}
            <Button type="submit" disabled={!parts}>
              {words.add}
            </Button>
          </Group>
          {parts && (
            <Text fz="sm" c="dimmed">
              {words.becomes} <Code>{conditionOf(parts)}</Code>
            </Text>
          )}
        </Stack>
      </form>
    </Card>
  );
}

interface PartsProps {
  /** Null while something is missing. */
  readonly onChange: (parts: Parts | null) => void;
}

interface EventForm {
  readonly event: string;
  readonly happened: 'yes' | 'no';
  readonly times: number;
  readonly amount: number;
  readonly unit: (typeof UNITS)[number];
}

function EventParts({ onChange }: PartsProps) {
  const words = useWords(WORDS);
  const events = useVocabulary().data?.events ?? [];
  const [form, setForm] = useState<EventForm>({
    event: '',
    happened: 'yes',
    times: 1,
    amount: 30,
    unit: 'days',
  });
  const set = (some: Partial<EventForm>): void => {
    const next = { ...form, ...some };
    setForm(next);
    onChange(eventParts(next));
  };
  return (
    <>
      <Autocomplete
        label={words.event_name}
        data={events}
        value={form.event}
        onChange={(event) => set({ event })}
        w={220}
        required
      />
      <Select
        label={words.happened}
        data={(['yes', 'no'] as const).map((one) => ({ value: one, label: words[one] }))}
        value={form.happened}
        onChange={(value) => set({ happened: value === 'no' ? 'no' : 'yes' })}
        allowDeselect={false}
        w={190}
      />
      {form.happened === 'yes' && (
        <NumberInput
          label={words.at_least}
          min={1}
          max={1000}
          value={form.times}
          onChange={(value) => set({ times: Number(value) || 1 })}
          w={160}
        />
      )}
      <NumberInput
        label={words.in_the_last}
        min={1}
        max={1000}
        value={form.amount}
        onChange={(value) => set({ amount: Number(value) || 1 })}
        w={110}
      />
      <Select
        label={words.unit}
        data={UNITS.map((one) => ({ value: one, label: words[one] }))}
        value={form.unit}
        onChange={(value) => set({ unit: UNITS.find((one) => one === value) ?? 'days' })}
        allowDeselect={false}
        w={120}
      />
    </>
  );
}

function eventParts({ event, happened, times, amount, unit }: EventForm): Parts | null {
  if (event.trim() === '') return null;
  const long = `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  return [
    ['event', event.trim()],
    ...(happened === 'yes' && times > 1 ? [['at_least', times] as const] : []),
    [happened === 'yes' ? 'within' : 'not_within', long],
  ];
}

interface FieldForm {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

function FieldParts({ onChange }: PartsProps) {
  const words = useWords(WORDS);
  const fields = useVocabulary().data?.fields ?? [];
  const [form, setForm] = useState<FieldForm>({ field: '', operator: 'is', value: '' });
  const set = (some: Partial<FieldForm>): void => {
    const next = { ...form, ...some };
    setForm(next);
    const isWhole = next.field.trim() !== '' && next.value.trim() !== '';
    onChange(
      isWhole
        ? [
            ['field', next.field.trim()],
            [next.operator, valueOf(next.value)],
          ]
        : null,
    );
  };
  return (
    <>
      <Autocomplete
        label={words.field_name}
        data={fields}
        value={form.field}
        onChange={(field) => set({ field })}
        w={200}
        required
      />
      <Select
        label={words.operator}
        data={Object.entries(words.operators).map(([value, label]) => ({ value, label }))}
        value={form.operator}
        onChange={(value) => set({ operator: (value ?? 'is') as Operator })}
        allowDeselect={false}
        w={230}
      />
      <TextInput
        label={words.value}
        value={form.value}
        onChange={({ currentTarget: { value } }) => set({ value })}
        w={180}
        required
      />
    </>
  );
}

function ChosenParts({ kind, onChange }: PartsProps & { readonly kind: Chosen }) {
  const words = useWords(WORDS);
  const choices = useChoices(kind);
  return (
    <Select
      label={words.is_one}
      data={choices}
      onChange={(value) => onChange(value === null ? null : [[kind, value]])}
      w={220}
      required
    />
  );
}

function useChoices(kind: Chosen): { readonly value: string; readonly label: string }[] {
  const language = useLanguage();
  const { data } = useVocabulary();
  if (kind === 'churn_risk') return ['low', 'medium', 'high'].map((one) => ({ value: one, label: one }));
  if (kind === 'mood') return (data?.moods ?? []).map((one) => ({ value: one, label: one }));
  const list = { stage: data?.stages, segment: data?.segments, persona: data?.personas }[kind] ?? [];
  return list.map(({ id, title }) => ({ value: id, label: inLanguage(title, language) }));
}
