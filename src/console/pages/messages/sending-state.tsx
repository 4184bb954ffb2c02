import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SendingResumed, SendingState as State } from '../../../api/sending/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { tell } from '../../parts/tell.ts';

const WORDS = {
  en: {
    fine: 'Promotions leave; nothing holds them back.',
    warn: (rate: string) =>
      `Readers complain about ${rate} of what was sent this week. From 0.3 % on, promotions stop.`,
    stopped: 'Promotions wait',
    since: (moment: string, held: string) => `Since ${moment}; ${held} messages wait.`,
    stop: 'Stop promotions',
    stop_title: 'Stop all promotions?',
    stop_sentence:
      'They wait until somebody lets them go on. Service messages, such as receipts, are still sent.',
    stopped_now: 'Promotions wait from now on.',
    resume: 'Let them go on',
    resume_title: 'Let promotions go on?',
    resume_sentence: 'What waits leaves at once, as far as consent, limits and quiet hours allow.',
    resumed: (n: string) => `Promotions go on; ${n} messages wait no longer.`,
  },
  es: {
    fine: 'Las promociones salen; nada las retiene.',
    warn: (rate: string) =>
      `Esta semana se quejaron del ${rate} de lo enviado. A partir del 0,3 % se detienen las promociones.`,
    stopped: 'Las promociones esperan',
    since: (moment: string, held: string) => `Desde ${moment}; esperan ${held} mensajes.`,
    stop: 'Detener las promociones',
    stop_title: '¿Detener todas las promociones?',
    stop_sentence:
      'Esperarán hasta que alguien las reanude. Los mensajes de servicio, como los recibos, siguen saliendo.',
    stopped_now: 'Las promociones esperan desde ahora.',
    resume: 'Reanudar',
    resume_title: '¿Reanudar las promociones?',
    resume_sentence:
      'Lo que espera sale enseguida, si el consentimiento, los límites y los horarios lo permiten.',
    resumed: (n: string) => `Las promociones se reanudan; ${n} mensajes dejan de esperar.`,
  },
};

/** Whether promotions leave, and the hand on them. */
export function SendingState() {
  const state = useQuery({ queryKey: ['sending'], queryFn: () => apiGet<State>('/v1/sending') });
  return <Load of={state}>{(data) => <Told state={data} />}</Load>;
}

function Told({ state: { stops, complaints } }: { readonly state: State }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const rate = `${(complaints.rate * 100).toFixed(2)} %`;
  if (stops.length > 0)
    return (
      <Alert color="gray" icon={<Icon name="warning" />} title={words.stopped}>
        <Stack gap="xs">
          {stops.map(({ channel, cause, because, since, held }) => (
            <Text key={`${channel} ${cause}`} fz="sm">
              <ReasonText of={because} />. {words.since(format.moment(since), format.number(held))}
            </Text>
          ))}
          <Hand way="resume" />
        </Stack>
      </Alert>
    );
  return (
    <Group justify="space-between" gap="sm">
      <Text fz="sm">{complaints.level === 'fine' ? words.fine : words.warn(rate)}</Text>
      <Hand way="stop" />
    </Group>
  );
}

function Hand({ way }: { readonly way: 'stop' | 'resume' }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const confirm = useConfirm();
  const queries = useQueryClient();
  const may = useMay('publish');
  if (!may) return null;
  async function act(): Promise<void> {
    const sure =
      way === 'stop'
        ? await confirm(words.stop_title, words.stop_sentence, words.stop)
        : await confirm(words.resume_title, words.resume_sentence, words.resume);
    if (!sure) return;
    try {
      const done = await apiSend<Partial<SendingResumed>>('POST', `/v1/sending/${way}`, {});
      tell.done(way === 'stop' ? words.stopped_now : words.resumed(format.number(done.released ?? 0)));
      await Promise.all(
        ['sending', 'deliverability'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
    } catch (error) {
      tell.failed(error);
    }
  }
  return (
    <Button
      size="xs"
      variant={way === 'stop' ? 'default' : 'filled'}
      w="fit-content"
      onClick={() => void act()}
    >
      {words[way]}
    </Button>
  );
}
