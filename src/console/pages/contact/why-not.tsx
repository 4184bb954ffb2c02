import { Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { WhyNot } from '../../../api/contacts/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { AnswerParts } from './answer-tree.tsx';
import { Section } from './section.tsx';

const WORDS = {
  en: {
    title: 'Why did this person not get …?',
    pick: 'A message or a workflow',
    hint: 'Choose one',
    messages: 'Messages',
    workflows: 'Workflows',
    until: 'until',
    parts: 'Part by part',
    nothing: 'Nothing stands against it.',
  },
  es: {
    title: '¿Por qué esta persona no recibió…?',
    pick: 'Un mensaje o un flujo',
    hint: 'Elija uno',
    messages: 'Mensajes',
    workflows: 'Flujos',
    until: 'hasta',
    parts: 'Parte por parte',
    nothing: 'Nada lo impide.',
  },
};

/** What stood, or stands, against a message or a workflow. The question stands in the address: it can be sent to a colleague. */
export function WhyNotCard({ id }: { readonly id: string }) {
  const words = useWords(WORDS);
  const [filter, change] = useFilter();
  const { data: names } = useVocabulary();
  const asked = filter.why_not ?? '';
  const choices = [
    { group: words.messages, items: (names?.messages ?? []).map((name) => choice('message', name)) },
    { group: words.workflows, items: (names?.workflows ?? []).map((one) => choice('workflow', one.id)) },
  ];
  return (
    <Section title={words.title}>
      <Select
        label={words.pick}
        placeholder={words.hint}
        data={choices}
        value={asked === '' ? null : asked}
        onChange={(value) => change({ why_not: value ?? undefined })}
        searchable
        clearable
      />
      {asked !== '' && <Answer id={id} asked={asked} />}
    </Section>
  );
}

function choice(
  of: 'message' | 'workflow',
  name: string,
): { readonly value: string; readonly label: string } {
  return { value: `${of}:${name}`, label: name };
}

function Answer({ id, asked }: { readonly id: string; readonly asked: string }) {
  const words = useWords(WORDS);
  const [of = '', name = ''] = asked.split(':');
  const answer = useQuery({
    queryKey: ['contact', id, 'why-not', asked],
    queryFn: () => apiGet<WhyNot>(`/v1/contacts/${encodeURIComponent(id)}/why-not`, { [of]: name }),
  });
  return (
    <Load
      of={answer}
      isEmpty={({ findings }) => findings.length === 0}
      empty={<Text fz="sm">{words.nothing}</Text>}
    >
      {({ findings }) => (
        <Stack gap="xs" aria-live="polite">
          {findings.map((one) => (
            <FindingLines key={[one.kind, one.workflow, one.says.en, one.at].join(' ')} {...one} />
          ))}
        </Stack>
      )}
    </Load>
  );
}

function FindingLines({ kind, workflow, says, at, until, tree }: WhyNot['findings'][number]) {
  const words = useWords(WORDS);
  const format = useFormat();
  return (
    <div>
      <Text fz="sm">
        <span aria-hidden="true">{kind === 'sent' ? '✔' : '•'}</span>{' '}
        {workflow !== null && (
          <Text span inherit fw={500}>
            {workflow}:{' '}
          </Text>
        )}
        <ReasonText of={says} />
        <Text span inherit c="dimmed">
          {at !== null && ` · ${format.moment(at)}`}
          {until !== null && ` · ${words.until} ${format.moment(until)}`}
        </Text>
      </Text>
      {tree && tree.parts.length > 0 && (
        <details>
          <summary>{words.parts}</summary>
          <AnswerParts tree={tree} />
        </details>
      )}
    </div>
  );
}
