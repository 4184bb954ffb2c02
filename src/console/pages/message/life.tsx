import { Badge, List, Stack, Text, Title } from '@mantine/core';
import type { WholeMessage } from '../../../api/messages/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';

const WORDS = {
  en: {
    title: 'Its life',
    owed: 'It was decided to send it',
    sent: 'It left',
    due: 'It is tried next',
    open: 'Opened',
    click: (url: string) => `Clicked: ${url}`,
    hidden_link: 'Followed a link that only machines find',
    machine: 'a machine',
    likely: 'likely a machine',
    bounced: 'Bounced',
    delayed: 'Not there yet, the other side goes on trying',
    delivered: 'Delivered',
    complained: 'Marked as unwanted',
    unsubscribed: 'Unsubscribed',
    nothing: 'Nothing came back so far.',
  },
  es: {
    title: 'Su vida',
    owed: 'Se decidió enviarlo',
    sent: 'Salió',
    due: 'Se volverá a intentar',
    open: 'Abierto',
    click: (url: string) => `Clic: ${url}`,
    hidden_link: 'Siguió un enlace que solo encuentran las máquinas',
    machine: 'una máquina',
    likely: 'probablemente una máquina',
    bounced: 'Rebotó',
    delayed: 'Aún no ha llegado; el otro lado sigue intentándolo',
    delivered: 'Entregado',
    complained: 'Marcado como no deseado',
    unsubscribed: 'Se dio de baja',
    nothing: 'Hasta ahora no ha vuelto nada.',
  },
};

interface Happened {
  readonly key: string;
  readonly at: string;
  readonly text: string;
  /** What the other side said. */
  readonly more?: string;
  readonly machine?: 'certain' | 'likely';
}

/** What happened to a message, in the order of time, with what machines did marked as such. */
export function Life({ message }: { readonly message: WholeMessage }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const happened = useHappened(message);
  const { touches, reports } = message;
  return (
    <Stack gap="sm">
      <Title order={2}>{words.title}</Title>
      <List spacing={6} size="sm" listStyleType="none">
        {happened.map(({ key, at, text, more, machine }) => (
          <List.Item key={key}>
            <Text span fz="xs" c="dimmed" className="figures">
              {format.moment(at)}
            </Text>{' '}
            {text}{' '}
            {machine && (
              <Badge variant="default" tt="none" size="sm">
                {machine === 'certain' ? words.machine : words.likely}
              </Badge>
            )}
            {more !== undefined && (
              <Text fz="xs" c="dimmed">
                {more}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      {message.state === 'sent' && touches.length + reports.length === 0 && (
        <Text fz="sm" c="dimmed">
          {words.nothing}
        </Text>
      )}
    </Stack>
  );
}

function useHappened({
  owed_at,
  sent_at,
  due_at,
  state,
  touches,
  reports,
}: WholeMessage): readonly Happened[] {
  const words = useWords(WORDS);
  const waits = state === 'owed' || state === 'deferred';
  const list: Happened[] = [
    { key: 'owed', at: owed_at, text: words.owed },
    ...(sent_at === null ? [] : [{ key: 'sent', at: sent_at, text: words.sent }]),
    ...touches.map(({ kind, url, at, machine }, index) => ({
      key: `touch ${index}`,
      at,
      text: kind === 'open' ? words.open : url === null ? words.hidden_link : words.click(url),
      ...(machine === 'no' ? {} : { machine }),
    })),
    ...reports.map(({ kind, at, diagnostic, source }, index) => ({
      key: `report ${index}`,
      at,
      text: words[kind],
      more: [source, diagnostic].filter(Boolean).join(': '),
    })),
    ...(waits && due_at !== null ? [{ key: 'due', at: due_at, text: words.due }] : []),
  ];
  return list.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
