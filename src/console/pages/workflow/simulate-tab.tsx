import { Button, Group, Progress, Select, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OneWorkflow, Simulated } from '../../../api/workflows/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { doJob, type Files } from './queries.ts';

const WORDS = {
  en: {
    hint: 'Everybody lives their last days once more, with this workflow as it is written here. Nothing is sent.',
    days: 'How far back',
    back: (n: number) => `${n} days`,
    simulate: 'Simulate',
    running: 'Simulating …',
    asked: (asked: string, people: string) => `${asked} of ${people} people lived through it.`,
    cut: 'It was stopped after a minute; the figures are of those who were asked by then.',
    what: 'What',
    live: 'As it is live',
    here: 'As it is written here',
    entered: 'Entered',
    converted: 'Reached the goal',
    left: 'Left early',
    finished: 'Walked to the end',
    inside: 'Inside at the end',
    sent: 'Messages sent',
    held: 'Messages held back',
    message: 'Message',
    because: 'Held back because',
    affected: (n: string) => `${n} people would get something else than by the live version.`,
  },
  es: {
    hint: 'Todos viven de nuevo sus últimos días con este flujo tal como está escrito aquí. No se envía nada.',
    days: 'Hasta cuándo atrás',
    back: (n: number) => `${n} días`,
    simulate: 'Simular',
    running: 'Simulando …',
    asked: (asked: string, people: string) => `Lo han vivido ${asked} de ${people} personas.`,
    cut: 'Se detuvo al minuto; las cifras son de quienes se habían preguntado hasta entonces.',
    what: 'Qué',
    live: 'Como está en marcha',
    here: 'Como está escrito aquí',
    entered: 'Entraron',
    converted: 'Lograron el objetivo',
    left: 'Salieron antes',
    finished: 'Llegaron al final',
    inside: 'Dentro al final',
    sent: 'Mensajes enviados',
    held: 'Mensajes retenidos',
    message: 'Mensaje',
    because: 'Retenidos porque',
    affected: (n: string) => `${n} personas recibirían algo distinto que con la versión en marcha.`,
  },
};

/** What this workflow would have done with what really happened. */
export function SimulateTab({ workflow, files }: { readonly workflow: OneWorkflow; readonly files: Files }) {
  const words = useWords(WORDS);
  const [days, setDays] = useState('30');
  const [progress, setProgress] = useState(0);
  const simulating = useMutation({
    mutationFn: () =>
      doJob<Simulated>(
        `/v1/workflows/${encodeURIComponent(workflow.id)}/simulate`,
        { files, days: Number(days) },
        setProgress,
      ),
  });
  return (
    <Stack gap="md">
      <Text fz="sm" c="dimmed">
        {words.hint}
      </Text>
      <Group align="flex-end">
        <Select
          label={words.days}
          value={days}
          onChange={(value) => setDays(value ?? '30')}
          data={['7', '30', '90'].map((value) => ({ value, label: words.back(Number(value)) }))}
          allowDeselect={false}
          w={160}
        />
        <Button loading={simulating.isPending} onClick={() => simulating.mutate()}>
          {words.simulate}
        </Button>
      </Group>
      {simulating.isPending && <Progress value={progress * 100} aria-label={words.running} />}
      {simulating.error && <Failed error={simulating.error} />}
      {simulating.data && <Outcome simulated={simulating.data} />}
    </Stack>
  );
}

function Outcome({ simulated }: { readonly simulated: Simulated }) {
  const words = useWords(WORDS);
  const { number } = useFormat();
  const { before, after, people_affected } = simulated;
  const held = (counts: Simulated['after']): number =>
    counts.held_back.reduce((sum, one) => sum + one.messages, 0);
  const rows: readonly (readonly [string, (counts: Simulated['after']) => number])[] = [
    [words.entered, (counts) => counts.entered],
    [words.converted, (counts) => counts.converted],
    [words.left, (counts) => counts.left],
    [words.finished, (counts) => counts.finished],
    [words.inside, (counts) => counts.inside],
    [words.sent, (counts) => counts.sent],
    [words.held, held],
  ];
  return (
    <Stack gap="md" role="status">
      <Text fz="sm">
        {words.asked(number(simulated.asked), number(simulated.people))} {simulated.cut_short && words.cut}{' '}
        {people_affected !== null && words.affected(number(people_affected))}
      </Text>
      <Table maw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.what}</Table.Th>
            {before && <Table.Th className="figure">{words.live}</Table.Th>}
            <Table.Th className="figure">{words.here}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, of]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              {before && <Table.Td className="figure">{number(of(before))}</Table.Td>}
              <Table.Td className="figure">{number(of(after))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {after.held_back.length > 0 && (
        <Table maw={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.because}</Table.Th>
              <Table.Th className="figure">{words.held}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {after.held_back.map(({ because, messages }) => (
              <Table.Tr key={because}>
                <Table.Th scope="row" fw={400}>
                  {because}
                </Table.Th>
                <Table.Td className="figure">{number(messages)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
