import { Button, Grid, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useState } from 'react';
import type { OneWorkflow } from '../../../api/workflows/shapes.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { DeployDialog } from './deploy-dialog.tsx';
import { Problems } from './problems.tsx';
import { useCheck, type Files } from './queries.ts';
import { WORDS as PAGE_WORDS } from './words.ts';

const CodeEditor = lazy(() => import('./code-editor.tsx'));
const Graph = lazy(() => import('./graph.tsx'));

const WORDS = {
  en: {
    label: 'The file of the workflow',
    hint: 'Ctrl-Space completes; rest on a word to read what it means. Nothing changes for anybody before it is deployed.',
    deploy: 'Deploy …',
    revert: 'Discard changes',
    same: 'This is what is live.',
    changed: 'Changed, not deployed.',
    checking: 'Checking …',
  },
  es: {
    label: 'El archivo del flujo',
    hint: 'Ctrl-Espacio completa; deténgase sobre una palabra para leer qué significa. Nada cambia para nadie hasta publicarlo.',
    deploy: 'Publicar …',
    revert: 'Descartar los cambios',
    same: 'Esto es lo que está en marcha.',
    changed: 'Cambiado, sin publicar.',
    checking: 'Comprobando …',
  },
};

export interface EditTabProps {
  readonly workflow: OneWorkflow;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  /** The version that was edited. */
  readonly base: string;
}

/** The file beside its picture, checked by the server while it is written. */
export function EditTab({ workflow, draft, onDraft, base }: EditTabProps) {
  const words = useWords(WORDS);
  const page = useWords(PAGE_WORDS);
  const may = useMay('publish');
  const [settled] = useDebouncedValue(draft, 400);
  const [goTo, setGoTo] = useState<{ readonly line: number }>();
  const [deploying, dialog] = useDisclosure();
  const files: Files = settled === workflow.text ? {} : { [workflow.path]: settled };
  const check = useCheck(workflow.id, files);
  const problems = check.data?.problems ?? [];
  const isChecked = settled === draft && !check.isFetching && !check.isPlaceholderData;
  const isChanged = draft !== workflow.text;
  const isSound =
    isChecked && check.data !== undefined && problems.every(({ severity }) => severity !== 'error');
  const graph = check.data?.graph;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text fz="sm" c="dimmed" maw={560}>
          {words.hint}
        </Text>
        <Group gap="xs">
          <Text fz="sm" role="status">
            {isChecked ? (isChanged ? words.changed : words.same) : words.checking}
          </Text>
          <Button variant="default" disabled={!isChanged} onClick={() => onDraft(workflow.text)}>
            {words.revert}
          </Button>
          {may && (
            <Button disabled={!isChanged || !isSound} onClick={dialog.open}>
              {words.deploy}
            </Button>
          )}
        </Group>
      </Group>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Suspense fallback={<Skeleton h={420} />}>
            <CodeEditor
              path={workflow.path}
              text={draft}
              label={words.label}
              problems={problems.filter(({ file }) => file === workflow.path)}
              readOnly={!may}
              goTo={goTo}
              onChange={onDraft}
            />
          </Suspense>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Suspense fallback={<Skeleton h={420} />}>
            <Graph
              steps={graph?.nodes ?? workflow.steps}
              edges={graph?.edges ?? workflow.edges}
              label={page.picture}
              onChoose={(id) => {
                const line = (graph?.nodes ?? workflow.steps).find((step) => step.id === id)?.line;
                if (line) setGoTo({ line });
              }}
            />
          </Suspense>
        </Grid.Col>
      </Grid>
      {check.data && <Problems path={workflow.path} problems={problems} onGo={(line) => setGoTo({ line })} />}
      {deploying && (
        <DeployDialog
          id={workflow.id}
          files={{ [workflow.path]: draft }}
          base={base}
          onClose={dialog.close}
        />
      )}
    </Stack>
  );
}
