import { Alert, Anchor, Button, Code, Group, Paper, SimpleGrid, Stack, Table, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { WholeMessage } from '../../../api/messages/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useMay, useSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { MessageStateBadge } from '../../parts/message-state.tsx';
import { Page } from '../../parts/page.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { StageBadge } from '../../parts/stage-badge.tsx';
import { tell } from '../../parts/tell.ts';
import { WIDTHS, WordsPreview } from '../messages/words-preview.tsx';
import { Life } from './life.tsx';

const WORDS = {
  en: {
    title: 'Message',
    state: 'What became of it',
    to: 'To',
    no_address: 'no address',
    person: 'The person',
    workflow: 'Sent by',
    step: (step: string) => `step ${step}`,
    stage: 'Stage then',
    tone: 'Tone',
    tone_why: 'Why this tone',
    held: 'Why it did not go, or waits',
    tries: 'Tries',
    response: 'What the receiving server said last',
    purpose: 'Purpose',
    promotion: 'promotion',
    service: 'service',
    run: 'Why its run began',
    run_end: 'How its run ended',
    run_goes_on: 'It goes on.',
    run_gone: 'The run is not kept any more.',
    retry: 'Try again',
    retry_title: 'Try this message again?',
    retry_sentence: 'Consent, suppression and hours are asked again before it leaves.',
    twice_title: 'It may come twice',
    twice_sentence:
      'Nobody knows whether this promotion arrived. If it did, it comes a second time. Send it all the same?',
    twice: 'Send all the same',
    retried: 'It is on its way.',
    words: 'The words',
    rendered_again:
      'The words that were sent are not kept. This is rendered again, with the words and what is known of the person today.',
    inbox: 'See what was really sent, in the inbox of caught mail',
  },
  es: {
    title: 'Mensaje',
    state: 'Qué fue de él',
    to: 'Para',
    no_address: 'sin dirección',
    person: 'La persona',
    workflow: 'Lo envió',
    step: (step: string) => `paso ${step}`,
    stage: 'Etapa entonces',
    tone: 'Tono',
    tone_why: 'Por qué este tono',
    held: 'Por qué no salió o espera',
    tries: 'Intentos',
    response: 'Lo último que dijo el servidor de destino',
    purpose: 'Propósito',
    promotion: 'promoción',
    service: 'servicio',
    run: 'Por qué empezó su recorrido',
    run_end: 'Cómo terminó su recorrido',
    run_goes_on: 'Sigue en marcha.',
    run_gone: 'El recorrido ya no se conserva.',
    retry: 'Reintentar',
    retry_title: '¿Reintentar este mensaje?',
    retry_sentence:
      'Antes de salir se vuelven a comprobar el consentimiento, las exclusiones y los horarios.',
    twice_title: 'Puede llegar dos veces',
    twice_sentence:
      'No se sabe si esta promoción llegó. Si llegó, llegará por segunda vez. ¿Enviarla de todos modos?',
    twice: 'Enviar de todos modos',
    retried: 'Está en camino.',
    words: 'Las palabras',
    rendered_again:
      'Las palabras que se enviaron no se conservan. Esto se compone de nuevo, con las palabras y lo que hoy se sabe de la persona.',
    inbox: 'Ver lo que se envió de verdad, en el buzón de los correos capturados',
  },
};

export default function MessagePage() {
  const words = useWords(WORDS);
  const { id = '' } = useParams({ strict: false });
  const message = useQuery({
    queryKey: ['message', id],
    queryFn: () => apiGet<WholeMessage>(`/v1/messages/${encodeURIComponent(id)}`),
  });
  const name = message.data ? (message.data.subject ?? message.data.message) : words.title;
  return (
    <Page title={name} actions={message.data && <Retry message={message.data} />}>
      <Load of={message}>{(data) => <Told message={data} />}</Load>
    </Page>
  );
}

function Retry({ message: { id, state, purpose } }: { readonly message: WholeMessage }) {
  const words = useWords(WORDS);
  const confirm = useConfirm();
  const queries = useQueryClient();
  const may = useMay('people');
  const [busy, setBusy] = useState(false);
  if (!may || (state !== 'refused' && state !== 'uncertain')) return null;
  const may_come_twice = state === 'uncertain' && purpose === 'promotion';
  async function retry(): Promise<void> {
    const sure = may_come_twice
      ? await confirm(words.twice_title, words.twice_sentence, words.twice)
      : await confirm(words.retry_title, words.retry_sentence, words.retry);
    if (!sure) return;
    setBusy(true);
    try {
      await apiSend('POST', `/v1/messages/${id}/retry`, { even_if_it_may_have_arrived: may_come_twice });
      tell.done(words.retried);
      await queries.invalidateQueries({ queryKey: ['message', id] });
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button loading={busy} onClick={() => void retry()}>
      {words.retry}
    </Button>
  );
}

function Told({ message }: { readonly message: WholeMessage }) {
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Paper withBorder p="md">
          <Facts message={message} />
        </Paper>
        <Paper withBorder p="md">
          <Life message={message} />
        </Paper>
      </SimpleGrid>
      <Again message={message} />
    </Stack>
  );
}

function Facts({ message }: { readonly message: WholeMessage }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { state, address, contact_id, workflow, step, stage, tone, language, because, held_because } =
    message;
  return (
    <Table variant="vertical" layout="fixed" verticalSpacing={6} withRowBorders={false}>
      <Table.Tbody>
        <Fact name={words.state}>
          <MessageStateBadge state={state} />
        </Fact>
        {held_because && (
          <Fact name={words.held}>
            <ReasonText of={held_because} />
          </Fact>
        )}
        <Fact name={words.to}>
          <LinkTo to="/contacts/$id" params={{ id: contact_id }} fz="sm">
            {address ?? words.no_address}
          </LinkTo>
        </Fact>
        <Fact name={words.workflow}>
          <LinkTo to="/workflows/$id" params={{ id: workflow }} fz="sm">
            {workflow}
          </LinkTo>
          , {words.step(step)}
        </Fact>
        <Fact name={words.stage}>
          <StageBadge stage={stage} />
        </Fact>
        <Fact name={words.tone}>
          {tone} · {language}
        </Fact>
        <Fact name={words.tone_why}>
          <ReasonText of={because} />
        </Fact>
        <Fact name={words.purpose}>{words[message.purpose]}</Fact>
        <Fact name={words.tries}>{format.number(message.attempts)}</Fact>
        {message.response !== null && (
          <Fact name={words.response}>
            <Code block>{message.response}</Code>
          </Fact>
        )}
        <RunFacts run={message.run_now} />
      </Table.Tbody>
    </Table>
  );
}

function RunFacts({ run }: { readonly run: WholeMessage['run_now'] }) {
  const words = useWords(WORDS);
  if (!run) return <Fact name={words.run}>{words.run_gone}</Fact>;
  return (
    <>
      <Fact name={words.run}>
        <ReasonText of={run.because} />
      </Fact>
      <Fact name={words.run_end}>
        {run.ended_because ? <ReasonText of={run.ended_because} /> : words.run_goes_on}
      </Fact>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w="38%" fw={500} scope="row">
        {name}
      </Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

function Again({ message }: { readonly message: WholeMessage }) {
  const words = useWords(WORDS);
  const session = useSession();
  const { contact_id, channel, tone, language } = message;
  const asked = { message: message.message, channel, tone, language, contact: contact_id };
  return (
    <section>
      <Title order={2} mb="xs">
        {words.words}
      </Title>
      <Alert color="gray" py="xs" mb="sm">
        {words.rendered_again}{' '}
        {session.data?.demo === true && channel === 'email' && (
          <Anchor href="/inbox/" fz="sm">
            {words.inbox}
          </Anchor>
        )}
      </Alert>
      <Group align="flex-start" gap="lg">
        <WordsPreview {...asked} width={WIDTHS.desktop} />
        {channel === 'email' && <WordsPreview {...asked} width={WIDTHS.phone} />}
      </Group>
    </section>
  );
}
