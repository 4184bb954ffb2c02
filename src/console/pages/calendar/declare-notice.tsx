import { Button, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { NoticeReach } from '../../../api/calendar/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { tell } from '../../parts/tell.ts';
import { WindowFoot } from '../../parts/window-foot.tsx';
import type { Notice } from './day.ts';

const WORDS = {
  en: {
    title: (id: string) => `Declare “${id}”`,
    until: 'The last day on which it is on',
    until_about: 'Leave it empty where nobody knows: it is on until it is ended.',
    told: (n: string, segment: string) => `${n} people in “${segment}” are told, and whoever comes into it.`,
    who: 'See who they are',
    nobody: 'Nobody is written to.',
    paused: (n: string, workflow: string) => `${n} people in “${workflow}” wait before their next message.`,
    nothing_paused: 'No workflow waits for it.',
    or_more: (n: string) => `${n} or more`,
    declare: 'Declare it',
    done: (id: string) => `“${id}” is on.`,
  },
  es: {
    title: (id: string) => `Declarar «${id}»`,
    until: 'El último día en que está vigente',
    until_about: 'Déjelo vacío si no se sabe: estará vigente hasta que se termine.',
    told: (n: string, segment: string) => `Se avisa a ${n} personas de «${segment}», y a quien entre en él.`,
    who: 'Ver quiénes son',
    nobody: 'No se escribe a nadie.',
    paused: (n: string, workflow: string) =>
      `${n} personas en «${workflow}» esperan antes de su próximo mensaje.`,
    nothing_paused: 'Ningún flujo espera por él.',
    or_more: (n: string) => `${n} o más`,
    declare: 'Declararlo',
    done: (id: string) => `«${id}» está vigente.`,
  },
};

export interface DeclareNoticeProps {
  readonly notice: Notice;
  readonly close: () => void;
}

/** Before an incident is declared: until when, whom it tells, and whom it lets wait. */
export function DeclareNotice({ notice: { id }, close }: DeclareNoticeProps) {
  const words = useWords(WORDS);
  const queries = useQueryClient();
  const [until, setUntil] = useState('');
  const [busy, setBusy] = useState(false);
  const reach = useQuery({
    queryKey: ['notice-reach', id],
    queryFn: () => apiGet<NoticeReach>(`/v1/notices/${encodeURIComponent(id)}/reach`),
  });
  async function declare(): Promise<void> {
    setBusy(true);
    try {
      await apiSend('POST', `/v1/notices/${encodeURIComponent(id)}/start`, until === '' ? {} : { until });
      tell.done(words.done(id));
      close();
      await Promise.all(
        ['calendar', 'forecast'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
    } catch (error) {
      tell.failed(error);
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={close} title={words.title(id)} centered>
      <Stack>
        <Load of={reach}>{(data) => <Reached reach={data} />}</Load>
        <TextInput
          type="date"
          label={words.until}
          description={words.until_about}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <WindowFoot onCancel={close}>
          <Button loading={busy} onClick={() => void declare()}>
            {words.declare}
          </Button>
        </WindowFoot>
      </Stack>
    </Modal>
  );
}

function Reached({ reach: { told, paused, counted_to } }: { readonly reach: NoticeReach }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const maySeePeople = useMay('people');
  const counted = (n: number): string =>
    n < counted_to ? format.number(n) : words.or_more(format.number(n));
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        {told ? words.told(counted(told.people), told.segment) : words.nobody}
        {told && maySeePeople && (
          <LinkTo to="/contacts" search={{ segment: told.segment }} fz="sm" display="block">
            {words.who}
          </LinkTo>
        )}
      </List.Item>
      {paused.map(({ workflow, runs }) => (
        <List.Item key={workflow}>{words.paused(counted(runs), workflow)}</List.Item>
      ))}
      {paused.length === 0 && (
        <List.Item>
          <Text span fz="sm">
            {words.nothing_paused}
          </Text>
        </List.Item>
      )}
    </List>
  );
}
