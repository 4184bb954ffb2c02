import { Stack, Text } from '@mantine/core';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Pair } from './pair.tsx';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

/** What is known, and when it was learned. */
export function FactsCard({ person }: { readonly person: Person }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { fields, identities, merged, language, time_zone, events, first_seen, last_seen } = person;
  return (
    <Section title={words.facts}>
      <Stack gap={4}>
        <Pair name={words.language}>{language}</Pair>
        <Pair name={words.time_zone}>{time_zone}</Pair>
        <Pair name={words.events}>{format.number(events)}</Pair>
        {first_seen !== null && <Pair name={words.first_seen}>{format.moment(first_seen)}</Pair>}
        {last_seen !== null && <Pair name={words.last_seen}>{format.moment(last_seen)}</Pair>}
      </Stack>
      <Text fz="sm" fw={600}>
        {words.fields}
      </Text>
      <Stack gap={4}>
        {fields.map(({ name, value, at }) => (
          <Pair key={name} name={name}>
            {shown(value)}{' '}
            <Text span fz="xs" c="dimmed">
              {words.learned} {format.date(at)}
            </Text>
          </Pair>
        ))}
      </Stack>
      <Text fz="sm" fw={600}>
        {words.ids}
      </Text>
      <Stack gap={4}>
        <Pair name="Etapa">{person.id}</Pair>
        {identities.map(({ kind, value }) => (
          <Pair key={`${kind} ${value}`} name={kind === 'user' ? words.user : words.anonymous}>
            {value}
          </Pair>
        ))}
      </Stack>
      {merged.length > 0 && (
        <Text fz="xs" c="dimmed">
          {words.merged(format.number(merged.length))}
        </Text>
      )}
    </Section>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
