import { Badge, Button, Stack, Table, Text } from '@mantine/core';
import type { Session, Sessions } from '../../../api/sessions/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { usePages } from '../../app/pages.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { More } from '../../parts/more.tsx';
import { useAction } from './use-action.ts';
import { WideTable } from './wide-table.tsx';

const WORDS = {
  en: {
    title: 'Who is signed in',
    about: 'A session ends by itself after twelve hours without use, and after thirty days.',
    user: 'User',
    browser: 'Browser and address',
    begun: 'Signed in',
    seen: 'Last seen',
    action: 'Action',
    yours: 'This one',
    end: 'End',
    end_of: (name: string, moment: string) => `End the session of ${name} from ${moment}`,
    ended: 'The session has ended.',
  },
  es: {
    title: 'Quién ha iniciado sesión',
    about: 'Una sesión se cierra sola tras doce horas sin uso, y a los treinta días.',
    user: 'Usuario',
    browser: 'Navegador y dirección',
    begun: 'Inicio',
    seen: 'Última actividad',
    action: 'Acción',
    yours: 'Esta',
    end: 'Cerrar',
    end_of: (name: string, moment: string) => `Cerrar la sesión de ${name} del ${moment}`,
    ended: 'La sesión se ha cerrado.',
  },
};

const PATH = '/v1/sessions';

export function SessionsTab() {
  const words = useWords(WORDS);
  const pages = usePages<Sessions>(PATH);
  return (
    <Stack>
      <Text fz="sm" c="dimmed">
        {words.about}
      </Text>
      <Load of={pages}>
        {(data) => (
          <WideTable
            label={words.title}
            head={[words.user, words.browser, words.begun, words.seen, words.action]}
          >
            {data.pages
              .flatMap(({ sessions }) => sessions)
              .map((one) => (
                <Row key={one.id} session={one} />
              ))}
          </WideTable>
        )}
      </Load>
      <More of={pages} />
    </Stack>
  );
}

function Row({ session }: { readonly session: Session }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const act = useAction(PATH);
  const { id, user_name, user_agent, ip, created_at, last_seen_at, is_yours } = session;
  return (
    <Table.Tr>
      <Table.Td>
        {user_name} {is_yours && <Badge variant="light">{words.yours}</Badge>}
      </Table.Td>
      <Table.Td maw={320}>
        <Text fz="sm" truncate title={user_agent}>
          {browserOf(user_agent)}
        </Text>
        <Text fz="xs" c="dimmed">
          {ip}
        </Text>
      </Table.Td>
      <Table.Td>{format.moment(created_at)}</Table.Td>
      <Table.Td>{format.ago(last_seen_at)}</Table.Td>
      <Table.Td>
        {!is_yours && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={words.end_of(user_name, format.moment(created_at))}
            onClick={() => void act(() => apiSend('DELETE', `${PATH}/${id}`), words.ended)}
          >
            {words.end}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** The words of it that people know. */
function browserOf(user_agent: string): string {
  const name = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((word) => user_agent.includes(`${word}/`));
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS X', 'Linux'].find((word) =>
    user_agent.includes(word),
  );
  const named = name && (NAMES[name] ?? name);
  return [named, system].filter((word) => word !== undefined).join(' · ') || user_agent || '–';
}

const NAMES: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera' };
