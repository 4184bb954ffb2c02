import { Alert, Button, Checkbox, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Message, MessagePage, RetriedMessages } from '../../../api/messages/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { MessageStateBadge } from '../../parts/message-state.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { tell } from '../../parts/tell.ts';
import { askedBy, Filters } from './filters.tsx';

const WORDS = {
  en: {
    when: 'When',
    message: 'Message',
    to: 'To',
    state: 'What became of it',
    why: 'Why',
    tone: 'Tone',
    caption: 'Messages, the newest first',
    more: 'Show older ones',
    empty: 'No message is like that.',
    looked: (moment: string) =>
      `Looked through as far back as ${moment}. Older ones may fit: go on, or narrow the time.`,
    no_address: 'the person; no address',
    choose: (subject: string) => `Choose “${subject}”`,
    chosen: (n: number) => (n === 1 ? '1 message chosen' : `${n} messages chosen`),
    retry: 'Try again',
    retry_title: 'Try these messages again?',
    retry_sentence:
      'Consent, suppression and hours are asked again before any of them leaves. A promotion that may have arrived is left alone: decide about it on its own page.',
    on_their_way: (n: number) => `${n} on their way.`,
    left_alone: (n: number) => `${n} left alone: sent, held back, or may have arrived.`,
    by_tone: 'tone:',
  },
  es: {
    when: 'Cuándo',
    message: 'Mensaje',
    to: 'Para',
    state: 'Qué fue de él',
    why: 'Por qué',
    tone: 'Tono',
    caption: 'Mensajes, los más recientes primero',
    more: 'Mostrar anteriores',
    empty: 'No hay ningún mensaje así.',
    looked: (moment: string) =>
      `Se ha buscado hasta ${moment}. Puede haber anteriores: siga buscando o acote las fechas.`,
    no_address: 'la persona; sin dirección',
    choose: (subject: string) => `Elegir «${subject}»`,
    chosen: (n: number) => (n === 1 ? '1 mensaje elegido' : `${n} mensajes elegidos`),
    retry: 'Reintentar',
    retry_title: '¿Reintentar estos mensajes?',
    retry_sentence:
      'Antes de que salga cada uno se vuelven a comprobar el consentimiento, las exclusiones y los horarios. Una promoción que quizá llegó se deja como está: decida en su propia página.',
    on_their_way: (n: number) => `${n} en camino.`,
    left_alone: (n: number) => `${n} sin cambios: enviados, retenidos o que quizá llegaron.`,
    by_tone: 'tono:',
  },
};

export function MessagesTab() {
  const words = useWords(WORDS);
  const format = useFormat();
  const [search] = useFilter();
  const asked = askedBy(search);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const pages = useInfiniteQuery({
    queryKey: ['messages', asked],
    queryFn: ({ pageParam }) =>
      apiGet<MessagePage>('/v1/messages', { ...asked, cursor: pageParam, limit: 50 }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
  return (
    <Stack gap="md">
      <Filters />
      <Load of={pages}>
        {({ pages: loaded }) => {
          const messages = loaded.flatMap((page) => page.messages);
          const looked = loaded.at(-1)?.looked_back_to;
          return (
            <Stack gap="sm">
              {chosen.size > 0 && <Chosen chosen={chosen} onDone={() => setChosen(new Set())} />}
              {messages.length === 0 ? (
                <Text c="dimmed">{words.empty}</Text>
              ) : (
                <List messages={messages} chosen={chosen} choose={setChosen} />
              )}
              {looked && (
                <Alert color="gray" py="xs">
                  {words.looked(format.moment(looked))}
                </Alert>
              )}
              {pages.hasNextPage && (
                <Group justify="center">
                  <Button
                    variant="default"
                    loading={pages.isFetchingNextPage}
                    onClick={() => void pages.fetchNextPage()}
                  >
                    {words.more}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </Load>
    </Stack>
  );
}

interface ChosenProps {
  readonly chosen: ReadonlySet<string>;
  readonly onDone: () => void;
}

function Chosen({ chosen, onDone }: ChosenProps) {
  const words = useWords(WORDS);
  const confirm = useConfirm();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  async function retry(): Promise<void> {
    if (!(await confirm(words.retry_title, words.retry_sentence, words.retry))) return;
    setBusy(true);
    try {
      const ids = [...chosen].slice(0, MOST_AT_ONCE);
      const { on_their_way, left_alone } = await apiSend<RetriedMessages>('POST', '/v1/messages/retry', {
        ids,
      });
      const left = left_alone.length > 0 ? ` ${words.left_alone(left_alone.length)}` : '';
      tell.done(words.on_their_way(on_their_way.length) + left);
      onDone();
      await queries.invalidateQueries({ queryKey: ['messages'] });
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Group gap="sm" role="status">
      <Text fz="sm" fw={500}>
        {words.chosen(chosen.size)}
      </Text>
      <Button size="xs" loading={busy} onClick={() => void retry()}>
        {words.retry}
      </Button>
    </Group>
  );
}

/** The API takes so many. */
const MOST_AT_ONCE = 200;

interface ListProps {
  readonly messages: readonly Message[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: ReadonlySet<string>) => void;
}

function List({ messages, chosen, choose }: ListProps) {
  const words = useWords(WORDS);
  const may = useMay('people');
  const has_dead = may && messages.some(isDead);
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <>
      <Cards messages={messages} chosen={chosen} toggle={may ? toggle : undefined} />
      <Table.ScrollContainer
        minWidth={960}
        visibleFrom="sm"
        scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      >
        <Table verticalSpacing={6} highlightOnHover aria-label={words.caption}>
          <Table.Thead>
            <Table.Tr>
              {has_dead && <Table.Td w={36} />}
              <Table.Th w={160}>{words.when}</Table.Th>
              <Table.Th miw={250}>{words.message}</Table.Th>
              <Table.Th>{words.to}</Table.Th>
              <Table.Th w={170}>{words.state}</Table.Th>
              <Table.Th>{words.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {messages.map((message) => (
              <Table.Tr key={message.id}>
                {has_dead && (
                  <Table.Td>
                    {isDead(message) && (
                      <Choose message={message} chosen={chosen.has(message.id)} toggle={toggle} />
                    )}
                  </Table.Td>
                )}
                <Cells message={message} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

interface CardsProps {
  readonly messages: readonly Message[];
  readonly chosen: ReadonlySet<string>;
  /** Absent: nothing can be done about them. */
  readonly toggle: ((id: string) => void) | undefined;
}

/** The same on a phone, where a table would be read through a keyhole. */
function Cards({ messages, chosen, toggle }: CardsProps) {
  const format = useFormat();
  return (
    <Stack gap="xs" hiddenFrom="sm">
      {messages.map((message) => (
        <Paper key={message.id} withBorder p="sm" data-message={message.id}>
          <Group justify="space-between" gap="xs">
            <MessageStateBadge state={message.state} />
            <Text fz="xs" c="dimmed">
              {format.moment(message.sent_at ?? message.owed_at)}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap" align="flex-start" mt={6}>
            {toggle && isDead(message) && (
              <Choose message={message} chosen={chosen.has(message.id)} toggle={toggle} />
            )}
            <Named message={message} />
          </Group>
          <Person message={message} />
          <Why message={message} />
        </Paper>
      ))}
    </Stack>
  );
}

function isDead({ state }: Message): boolean {
  return state === 'refused' || state === 'uncertain';
}

function Cells({ message }: { readonly message: Message }) {
  const format = useFormat();
  return (
    <>
      <Table.Td>
        <Text fz="sm">{format.moment(message.sent_at ?? message.owed_at)}</Text>
      </Table.Td>
      <Table.Td>
        <Named message={message} />
      </Table.Td>
      <Table.Td>
        <Person message={message} />
      </Table.Td>
      <Table.Td>
        <MessageStateBadge state={message.state} />
      </Table.Td>
      <Table.Td>
        <Why message={message} />
      </Table.Td>
    </>
  );
}

interface OfMessage {
  readonly message: Message;
}

interface ChooseProps extends OfMessage {
  readonly chosen: boolean;
  readonly toggle: (id: string) => void;
}

function Choose({ message: { id, subject, message }, chosen, toggle }: ChooseProps) {
  const words = useWords(WORDS);
  return (
    <Checkbox
      size="xs"
      mt={3}
      aria-label={words.choose(subject ?? message)}
      checked={chosen}
      onChange={() => toggle(id)}
    />
  );
}

function Named({ message: { id, subject, message, workflow } }: OfMessage) {
  return (
    <div>
      <LinkTo to="/messages/$id" params={{ id }} fz="sm" fw={500}>
        {subject ?? message}
      </LinkTo>
      <Text fz="xs" c="dimmed">
        {message} · {workflow}
      </Text>
    </div>
  );
}

function Person({ message: { contact_id, address } }: OfMessage) {
  const words = useWords(WORDS);
  return (
    <LinkTo to="/contacts/$id" params={{ id: contact_id }} fz="sm">
      {address ?? words.no_address}
    </LinkTo>
  );
}

function Why({ message: { held_because, because, tone } }: OfMessage) {
  const words = useWords(WORDS);
  return (
    <>
      {held_because && (
        <Text fz="sm">
          <ReasonText of={held_because} />
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {words.by_tone} {tone} · <ReasonText of={because} />
      </Text>
    </>
  );
}
