import { Alert, Button, Checkbox, List, Modal, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployed, DeployImpact } from '../../../api/project-edits/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { tell } from '../../parts/tell.ts';
import { WindowFoot } from '../../parts/window-foot.tsx';
import { doJob, type Files } from './queries.ts';

const WORDS = {
  en: {
    title: 'What deploying would do',
    asking: 'Asking what becomes of everybody …',
    nobody: 'Nobody moves, nothing ends, and nothing else is sent within 24 hours.',
    inside: (n: number, follow: boolean) =>
      follow
        ? `${n} people inside go on in the new version.`
        : `${n} people inside finish the version that they entered.`,
    moves: (n: number, from: string, to: string) => `${n} people move from ${from} to ${to}.`,
    ends: (n: number, because: string) => `${n} runs end: ${because}.`,
    sent: (id: string, before: number, after: number) =>
      `${id}: ${after} within 24 hours, ${before} without the change.`,
    asked: (asked: number, people: number) => `${asked} of ${people} people were asked.`,
    rules: 'Let people whom the new rules move start workflows',
    deploy: 'Deploy',
    done: 'It is deployed.',
    folder:
      'It is deployed. The files in the folder are others now: copy the change there, or it is lost when they change.',
  },
  es: {
    title: 'Qué haría publicarlo',
    asking: 'Preguntando qué sería de cada persona …',
    nobody: 'Nadie se mueve, nada termina y no se envía nada más en 24 horas.',
    inside: (n: number, follow: boolean) =>
      follow
        ? `${n} personas que están dentro siguen en la versión nueva.`
        : `${n} personas que están dentro terminan la versión en la que entraron.`,
    moves: (n: number, from: string, to: string) => `${n} personas pasan de ${from} a ${to}.`,
    ends: (n: number, because: string) => `${n} recorridos terminan: ${because}.`,
    sent: (id: string, before: number, after: number) =>
      `${id}: ${after} en 24 horas; sin el cambio, ${before}.`,
    asked: (asked: number, people: number) => `Se ha preguntado por ${asked} de ${people} personas.`,
    rules: 'Dejar que inicien flujos las personas que muevan las reglas nuevas',
    deploy: 'Publicar',
    done: 'Está publicado.',
    folder:
      'Está publicado. Los archivos de la carpeta ya no son los mismos: copie allí el cambio, o se perderá cuando cambien.',
  },
};

export interface DeployDialogProps {
  readonly id: string;
  readonly files: Files;
  readonly base: string;
  readonly onClose: () => void;
}

/** Says who would be moved and what would be sent, and deploys when that is agreed to. */
export function DeployDialog({ id, files, base, onClose }: DeployDialogProps) {
  const words = useWords(WORDS);
  const client = useQueryClient();
  const [progress, setProgress] = useState(0);
  const [start_by_rules, setStart] = useState(false);
  const preview = useQuery({
    queryKey: ['preview', files, base],
    queryFn: () => doJob<DeployImpact>('/v1/project/preview', { files }, setProgress),
    retry: false,
    gcTime: 0,
  });
  const deploying = useMutation({
    mutationFn: () => apiSend<Deployed>('POST', '/v1/project/deploy', { files, base, start_by_rules }),
    async onSuccess({ folder_differs }) {
      await client.invalidateQueries();
      tell.done(folder_differs ? words.folder : words.done);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.title} size="lg">
      <Stack>
        {preview.isPending && (
          <Stack gap={6} role="status">
            <Text fz="sm">{words.asking}</Text>
            <Progress value={progress * 100} aria-label={words.asking} />
          </Stack>
        )}
        {preview.error && <Failed error={preview.error} again={() => void preview.refetch()} />}
        {preview.data && <Impact id={id} impact={preview.data} />}
        {deploying.error && <Failed error={deploying.error} />}
        <Checkbox
          label={words.rules}
          checked={start_by_rules}
          onChange={(event) => setStart(event.currentTarget.checked)}
        />
        <WindowFoot onCancel={onClose}>
          <Button disabled={!preview.data} loading={deploying.isPending} onClick={() => deploying.mutate()}>
            {words.deploy}
          </Button>
        </WindowFoot>
      </Stack>
    </Modal>
  );
}

function Impact({
  id,
  impact: { workflows, impact },
}: {
  readonly id: string;
  readonly impact: DeployImpact;
}) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const ours = workflows.find(({ workflow }) => workflow === id);
  const lines = [
    ...(ours && ours.inside > 0 ? [words.inside(ours.inside, ours.when_edited === 'follow')] : []),
    ...(impact?.moves.map(({ from, to, people }) => words.moves(people, from, to)) ?? []),
    ...(impact?.ended_runs.map(({ runs, because }) => words.ends(runs, inLanguage(because, language))) ?? []),
    ...(impact?.messages.map((one) => words.sent(one.id, one.before, one.after)) ?? []),
  ];
  return (
    <Alert color={lines.length > 0 ? 'yellow' : 'gray'}>
      {lines.length === 0 ? (
        words.nobody
      ) : (
        <List fz="sm">
          {lines.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {impact && impact.asked < impact.people && (
        <Text fz="xs" c="dimmed" mt={6}>
          {words.asked(impact.asked, impact.people)}
        </Text>
      )}
    </Alert>
  );
}
