import { Badge, Button, Chip, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { TimelineEntry, TimelinePage } from '../../../api/contacts/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { Section } from './section.tsx';

const WORDS = {
  en: {
    title: 'What happened',
    show: 'Show only',
    messages: 'Messages',
    responses: 'Responses',
    events: 'Events',
    moves: 'Stages and segments',
    runs: 'Workflows',
    calls: 'Calls',
    consents: 'Consents',
    empty: 'Nothing of this kind happened.',
    more: 'Show earlier',
    why: 'Why',
    why_begun: 'The workflow began because',
    why_tone: (tone: string) => `The tone is ${tone} because`,
    why_held: 'It was held back because',
    server_said: 'The receiving server said',
    open_message: 'Open the message',
    details: 'Details',
    source: 'told by',
    machine: 'machine',
    because: 'because',
  },
  es: {
    title: 'Qué ocurrió',
    show: 'Mostrar solo',
    messages: 'Mensajes',
    responses: 'Respuestas',
    events: 'Eventos',
    moves: 'Etapas y segmentos',
    runs: 'Flujos',
    calls: 'Llamadas',
    consents: 'Permisos',
    empty: 'No ocurrió nada de este tipo.',
    more: 'Mostrar anteriores',
    why: 'Por qué',
    why_begun: 'El flujo empezó porque',
    why_tone: (tone: string) => `El tono es ${tone} porque`,
    why_held: 'Se retuvo porque',
    server_said: 'El servidor que lo recibe dijo',
    open_message: 'Abrir el mensaje',
    details: 'Detalles',
    source: 'lo contó',
    machine: 'máquina',
    because: 'porque',
  },
};

const GROUPS = ['messages', 'responses', 'moves', 'runs', 'events', 'calls', 'consents'] as const;
type Group = (typeof GROUPS)[number];

const KINDS: Readonly<Record<Group, readonly TimelineEntry['kind'][]>> = {
  messages: ['message'],
  responses: ['response'],
  moves: ['stage', 'segment'],
  runs: ['run_began', 'run_ended'],
  events: ['event'],
  calls: ['call'],
  consents: ['consent'],
};

/** Everything in one list, newest first, each with its reason. */
export function TimelineCard({ id }: { readonly id: string }) {
  const words = useWords(WORDS);
  const [filter, change] = useFilter();
  const chosen = GROUPS.filter((group) => (filter.show ?? '').split(',').includes(group));
  const kinds = chosen.flatMap((group) => KINDS[group]).join(',');
  const pages = useInfiniteQuery({
    queryKey: ['timeline', id, kinds],
    queryFn: ({ pageParam }) =>
      apiGet<TimelinePage>(`/v1/contacts/${encodeURIComponent(id)}/timeline`, {
        kinds,
        limit: 50,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Section title={words.title}>
      <Group gap={6} role="group" aria-label={words.show}>
        <Chip.Group multiple value={chosen} onChange={(groups) => change({ show: groups.join(',') })}>
          {GROUPS.map((group) => (
            <Chip key={group} value={group} size="xs" variant="outline">
              {words[group]}
            </Chip>
          ))}
        </Chip.Group>
      </Group>
      <Load
        of={pages}
        isEmpty={({ pages: [first] }) => first?.entries.length === 0}
        empty={<Text c="dimmed">{words.empty}</Text>}
      >
        {({ pages: list }) => (
          <Stack gap="sm">
            <Days entries={list.flatMap(({ entries }) => entries)} />
            {pages.hasNextPage && (
              <Button
                variant="default"
                loading={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </Stack>
        )}
      </Load>
    </Section>
  );
}

/** A heading for each day, so that a time is enough beside each entry. */
function Days({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  const format = useFormat();
  const days: { readonly day: string; readonly entries: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const day = format.date(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days.map(({ day, entries: list }) => (
    <div key={day}>
      <Text component="h3" fz="sm" fw={600} mt={4}>
        {day}
      </Text>
      <ol className="history">
        {list.map((entry) => (
          <li key={entry.key}>
            <time dateTime={entry.at}>{format.time(entry.at)}</time>
            <Entry entry={entry} />
          </li>
        ))}
      </ol>
    </div>
  ));
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  const words = useWords(WORDS);
  switch (entry.kind) {
    case 'message':
      return <MessageEntry says={entry.says} because={entry.because} about={entry.about} />;
    case 'event':
      return (
        <div>
          <Text fz="sm">{entry.about.name}</Text>
          {Object.keys(entry.about.properties).length > 0 && (
            <details>
              <summary>{words.details}</summary>
              <pre className="event-properties">{JSON.stringify(entry.about.properties, undefined, 2)}</pre>
              <Text fz="xs" c="dimmed">
                {words.source} {entry.about.source}
              </Text>
            </details>
          )}
        </div>
      );
    case 'response':
      return (
        <div>
          <Text fz="sm">
            <ReasonText of={entry.says} />{' '}
            {entry.about.machine !== null && entry.about.machine !== 'no' && (
              <Badge size="sm" variant="outline" color="gray" tt="none">
                {words.machine}
              </Badge>
            )}
          </Text>
          <Because because={entry.because} />
        </div>
      );
    default:
      return (
        <div>
          <Text fz="sm">
            <ReasonText of={entry.says} />
          </Text>
          <Because because={entry.because} />
        </div>
      );
  }
}

function Because({ because }: Pick<TimelineEntry, 'because'>) {
  const words = useWords(WORDS);
  if (because === null) return null;
  return (
    <Text fz="xs" c="dimmed">
      {words.because} <ReasonText of={because} />
    </Text>
  );
}

type MessageEntryProps = Pick<Extract<TimelineEntry, { kind: 'message' }>, 'says' | 'because' | 'about'>;

const STATE_COLORS: Readonly<Partial<Record<MessageEntryProps['about']['state'], string>>> = {
  sent: 'teal',
  suppressed: 'grape',
  refused: 'red',
  uncertain: 'red',
};

/** Why it went, or did not, stands open at once: it is what people come for. */
function MessageEntry({ says, because, about }: MessageEntryProps) {
  const words = useWords(WORDS);
  const { message_id, subject, message, workflow, state, tone, tone_because, held_because, run_because } =
    about;
  return (
    <div>
      <Group gap={6} align="baseline">
        <LinkTo to="/messages/$id" params={{ id: message_id }} fz="sm" fw={500}>
          {subject ?? message}
        </LinkTo>
        <Badge size="sm" variant="outline" color={STATE_COLORS[state] ?? 'gray'} tt="none">
          <ReasonText of={says} />
        </Badge>
      </Group>
      <Because because={because} />
      <details>
        <summary>{words.why}</summary>
        <Stack gap={4} mt={4}>
          {held_because && (
            <Text fz="sm">
              {words.why_held} <ReasonText of={held_because} />.
            </Text>
          )}
          {run_because && (
            <Text fz="sm">
              {words.why_begun} <ReasonText of={run_because} /> (
              <LinkTo to="/workflows/$id" params={{ id: workflow }} fz="sm" underline="always">
                {workflow}
              </LinkTo>
              , {about.step}).
            </Text>
          )}
          <Text fz="sm">
            {words.why_tone(tone)} <ReasonText of={tone_because} />.
          </Text>
          {about.response !== null && (
            <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {words.server_said}: {about.response}
            </Text>
          )}
        </Stack>
      </details>
    </div>
  );
}
