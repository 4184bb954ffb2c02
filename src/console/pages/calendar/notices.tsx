import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useMay } from '../../app/session.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tell } from '../../parts/tell.ts';
import type { Notice } from './day.ts';
import { DeclareNotice } from './declare-notice.tsx';

const WORDS = {
  en: {
    empty: 'No notices are written. Write them under “notices” in workflows/journey/hours.yaml.',
    on: 'is on',
    off: 'not on',
    tells: (segment: string, message: string, when: string) =>
      `Tells the people in “${segment}” with “${message}”, ${when}.`,
    shown: (places: string) => `Shown in: ${places}.`,
    pauses: (workflows: string) => `Meanwhile these workflows wait: ${workflows}.`,
    holds: (messages: string) => `Meanwhile these are held back: ${messages}.`,
    all_promotions: 'all promotions',
    begun_by: (who: string) => `Begun by ${who}.`,
    times: 'This year:',
    from_to: (from: string, to: string) => `${from} to ${to}`,
    open_end: 'until it is ended',
    declare: 'Declare it',
    end: 'End it',
    end_title: (id: string) => `End “${id}”?`,
    end_sentence: 'What waited for it goes on, and messages about it that have not left stay here.',
    ended: (id: string) => `“${id}” is over.`,
    by_calendar: 'It comes from the special days of a calendar; change them in hours.yaml.',
  },
  es: {
    empty: 'No hay avisos escritos. Escríbalos en «notices» de workflows/journey/hours.yaml.',
    on: 'vigente',
    off: 'no vigente',
    tells: (segment: string, message: string, when: string) =>
      `Avisa a las personas de «${segment}» con «${message}», ${when}.`,
    shown: (places: string) => `Se muestra en: ${places}.`,
    pauses: (workflows: string) => `Mientras tanto esperan estos flujos: ${workflows}.`,
    holds: (messages: string) => `Mientras tanto se retienen: ${messages}.`,
    all_promotions: 'todas las promociones',
    begun_by: (who: string) => `Lo empezó ${who}.`,
    times: 'Este año:',
    from_to: (from: string, to: string) => `del ${from} al ${to}`,
    open_end: 'hasta que se termine',
    declare: 'Declararlo',
    end: 'Terminarlo',
    end_title: (id: string) => `¿Terminar «${id}»?`,
    end_sentence:
      'Lo que esperaba por él sigue su curso, y los mensajes sobre él que no han salido ya no salen.',
    ended: (id: string) => `«${id}» ha terminado.`,
    by_calendar: 'Procede de los días especiales de un calendario; cámbielos en hours.yaml.',
  },
};

/** What customers are told of, with what rests meanwhile; incidents are declared and ended here. */
export function Notices({ year }: { readonly year: CalendarYear }) {
  const words = useWords(WORDS);
  if (year.notices.length === 0) return <Text c="dimmed">{words.empty}</Text>;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      {year.notices.map((notice) => (
        <One key={notice.id} notice={notice} />
      ))}
    </SimpleGrid>
  );
}

function One({ notice }: { readonly notice: Notice }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { id, text, tell: told, show_in, pause, hold_back, is_on, started_by, calendar } = notice;
  const held = hold_back.map((what) => (what === 'promotions' ? words.all_promotions : what));
  return (
    <Paper withBorder p="md">
      <Stack gap={6}>
        <Group gap="xs" justify="space-between">
          <Group gap="xs">
            <Title order={3}>{id}</Title>
            <Badge variant={is_on ? 'filled' : 'default'} color="orange" tt="none">
              {is_on ? words.on : words.off}
            </Badge>
          </Group>
          <Hand notice={notice} />
        </Group>
        {text && <Text fz="sm">“{inLanguage(text, language)}”</Text>}
        {told && (
          <Text fz="sm">{words.tells(told.segment, told.message, inLanguage(told.when, language))}</Text>
        )}
        {show_in.length > 0 && <Text fz="sm">{words.shown(show_in.join(', '))}</Text>}
        {pause.length > 0 && <Text fz="sm">{words.pauses(pause.join(', '))}</Text>}
        {held.length > 0 && <Text fz="sm">{words.holds(held.join(', '))}</Text>}
        {started_by !== null && <Text fz="sm">{words.begun_by(started_by)}</Text>}
        <Times notice={notice} />
        {calendar !== null && (
          <Text fz="xs" c="dimmed">
            {words.by_calendar}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

/** More of them say nothing more. */
const MOST_TIMES = 8;

function Times({ notice: { occurrences } }: { readonly notice: Notice }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const format = useFormat();
  if (occurrences.length === 0) return null;
  const said = occurrences.slice(0, MOST_TIMES).map(({ from, to, name }) => {
    const end = to === null ? words.open_end : format.date(new Date(Date.parse(to) - 1).toISOString());
    const begin = format.date(from);
    const span = begin === end ? begin : words.from_to(begin, end);
    return name ? `${inLanguage(name, language)} (${span})` : span;
  });
  const more = occurrences.length > MOST_TIMES ? ' …' : '';
  return (
    <Text fz="sm" c="dimmed">
      {words.times} {said.join('; ')}
      {more}
    </Text>
  );
}

function Hand({ notice }: { readonly notice: Notice }) {
  const words = useWords(WORDS);
  const confirm = useConfirm();
  const queries = useQueryClient();
  const may = useMay('publish');
  const [declaring, setDeclaring] = useState(false);
  const { id, is_on, can_be_begun } = notice;
  if (!may || !can_be_begun) return null;
  async function end(): Promise<void> {
    if (!(await confirm(words.end_title(id), words.end_sentence, words.end))) return;
    try {
      await apiSend('POST', `/v1/notices/${encodeURIComponent(id)}/end`);
      tell.done(words.ended(id));
      await queries.invalidateQueries({ queryKey: ['calendar'] });
    } catch (error) {
      tell.failed(error);
    }
  }
  return is_on ? (
    <Button size="xs" variant="default" onClick={() => void end()}>
      {words.end}
    </Button>
  ) : (
    <>
      <Button size="xs" onClick={() => setDeclaring(true)}>
        {words.declare}
      </Button>
      {declaring && <DeclareNotice notice={notice} close={() => setDeclaring(false)} />}
    </>
  );
}
