import { Alert, Button, Card, Grid, Group, Skeleton, Stack, Text, Timeline, Title } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { OneWorkflow, Tried } from '../../../api/workflows/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { MailFrame } from '../../parts/mail-frame.tsx';
import { useCheck, type Files } from './queries.ts';
import { WORDS as PAGE_WORDS } from './words.ts';

const Graph = lazy(() => import('./graph.tsx'));

const WORDS = {
  en: {
    title: 'What happens',
    never: 'Nobody enters the workflow: what happens does not start it, or "only_if" does not hold.',
    next: 'Next step',
    all: 'Show all',
    again: 'From the beginning',
    until: (moment: string) => `stays until ${moment}`,
    held: 'Held back',
    tone: 'Tone',
    message: 'Message',
    subject: 'Subject',
    ended: {
      completed: 'Walked to the end',
      converted: 'Reached the goal',
      exited: 'Left early',
      failed: 'Could not go on',
    },
    stillInside: 'Still inside when the time was up.',
    kinds: {
      given: 'Happens',
      entered: 'Enters',
      stage: 'Stage',
      segment: 'Segment',
      call: 'Tells',
      ended: 'Ends',
    },
  },
  es: {
    title: 'Qué ocurre',
    never: 'Nadie entra en el flujo: lo que ocurre no lo inicia o no se cumple «only_if».',
    next: 'Paso siguiente',
    all: 'Mostrar todo',
    again: 'Desde el principio',
    until: (moment: string) => `espera hasta ${moment}`,
    held: 'Retenido',
    tone: 'Tono',
    message: 'Mensaje',
    subject: 'Asunto',
    ended: {
      completed: 'Llegó al final',
      converted: 'Logró el objetivo',
      exited: 'Salió antes',
      failed: 'No pudo seguir',
    },
    stillInside: 'Seguía dentro al acabar el tiempo.',
    kinds: {
      given: 'Ocurre',
      entered: 'Entra',
      stage: 'Etapa',
      segment: 'Segmento',
      call: 'Avisa',
      ended: 'Termina',
    },
  },
};

export interface TryRunProps {
  readonly workflow: OneWorkflow;
  readonly files: Files;
  readonly tried: Tried;
}

/** Milliseconds that each step is looked at. */
const PACE = 900;

/** The walk, step by step on the picture, and whatever was written on the way. */
export function TryRun({ workflow, files, tried }: TryRunProps) {
  const words = useWords(WORDS);
  const page = useWords(PAGE_WORDS);
  const still = useReducedMotion();
  const check = useCheck(workflow.id, files);
  const told = useMemo(() => inOrder(tried), [tried]);
  const [shown, setShown] = useState(1);
  const [playing, setPlaying] = useState(true);
  const count = still ? told.length : Math.min(shown, told.length);
  useEffect(() => {
    if (!playing || still || shown >= told.length) return undefined;
    const timer = setTimeout(() => setShown((now) => now + 1), PACE);
    return () => clearTimeout(timer);
  }, [playing, still, shown, told.length]);
  const visible = told.slice(0, count);
  const here = visible.findLast((one) => one.kind === 'step' && one.workflow === workflow.id);
  const lit = useMemo(() => new Set(here?.step === undefined ? [] : [here.step]), [here]);
  if (!tried.entered)
    return (
      <Alert color="yellow" role="status">
        {words.never}
      </Alert>
    );
  const graph = check.data?.graph;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={2} fz="lg">
          {words.title}
        </Title>
        <Group gap="xs">
          <Button
            variant="default"
            disabled={count >= told.length}
            onClick={() => {
              setPlaying(false);
              setShown(count + 1);
            }}
          >
            {words.next}
          </Button>
          <Button variant="default" disabled={count >= told.length} onClick={() => setShown(told.length)}>
            {words.all}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              setShown(1);
              setPlaying(true);
            }}
          >
            {words.again}
          </Button>
        </Group>
      </Group>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Suspense fallback={<Skeleton h={420} />}>
            <Graph
              steps={graph?.nodes ?? workflow.steps}
              edges={graph?.edges ?? workflow.edges}
              label={page.picture}
              lit={lit}
            />
          </Suspense>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Story visible={visible} tried={tried} steps={graph?.nodes ?? workflow.steps} />
        </Grid.Col>
      </Grid>
      {count >= told.length && !tried.outcome && <Text fz="sm">{words.stillInside}</Text>}
    </Stack>
  );
}

interface Told {
  readonly at: string;
  readonly kind: 'step' | 'message' | Tried['happened'][number]['kind'];
  readonly workflow: string | null;
  /** Its place in the list that it comes from. */
  readonly index: number;
  readonly step?: string;
}

/** Of one moment: what happens, then where it leads, then what is written, then how it ends. */
const ORDER: readonly Told['kind'][] = [
  'given',
  'stage',
  'segment',
  'entered',
  'step',
  'message',
  'call',
  'ended',
];

function inOrder({ path, happened, messages }: Tried): readonly Told[] {
  const all: Told[] = [
    ...happened.map(({ at, kind, workflow }, index): Told => ({ at, kind, workflow, index })),
    ...path.map(({ arrived_at, workflow, step }, index): Told => ({
      ...{ at: arrived_at, kind: 'step', workflow, index, step },
    })),
    ...messages.map(({ at, workflow }, index): Told => ({ at, kind: 'message', workflow, index })),
  ];
  return all.sort(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      a.index - b.index,
  );
}

interface StoryProps {
  readonly visible: readonly Told[];
  readonly tried: Tried;
  readonly steps: readonly {
    readonly id: string;
    readonly words: { readonly en: string; readonly es: string };
  }[];
}

function Story({ visible, tried, steps }: StoryProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { moment } = useFormat();
  const named = useMemo(() => new Map(steps.map((step) => [step.id, step.words])), [steps]);
  return (
    <Timeline
      active={visible.length}
      bulletSize={14}
      lineWidth={2}
      role="log"
      aria-live="polite"
      aria-label={words.title}
    >
      {visible.map((one) => (
        <Timeline.Item
          key={`${one.kind}/${one.index}`}
          title={<Head one={one} tried={tried} named={named} />}
        >
          <Text fz="xs" c="dimmed">
            {moment(one.at)}
          </Text>
          {one.kind === 'message' ? (
            <Letter message={tried.messages[one.index]} />
          ) : one.kind === 'step' ? (
            <Way stay={tried.path[one.index]} />
          ) : (
            <Text fz="sm">{inLanguage(tried.happened[one.index]?.words ?? NO_WORDS, language)}</Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

const NO_WORDS = { en: '', es: '' };

function Head({
  one,
  tried,
  named,
}: {
  readonly one: Told;
  readonly tried: Tried;
  readonly named: ReadonlyMap<string, { readonly en: string; readonly es: string }>;
}) {
  const words = useWords(WORDS);
  const language = useLanguage();
  if (one.kind === 'message') {
    const message = tried.messages[one.index];
    return `${message?.held_back ? words.held : words.message}: ${message?.message ?? ''}`;
  }
  if (one.kind === 'step') {
    const step = named.get(one.step ?? '');
    return step ? inLanguage(step, language) : `${one.workflow ?? ''} / ${one.step ?? ''}`;
  }
  if (one.kind === 'ended' && tried.outcome) {
    const { outcome } = tried.outcome;
    return Object.hasOwn(words.ended, outcome)
      ? words.ended[outcome as keyof typeof words.ended]
      : words.kinds.ended;
  }
  return words.kinds[one.kind];
}

function Way({ stay }: { readonly stay: Tried['path'][number] | undefined }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { moment } = useFormat();
  if (!stay) return null;
  const waits = stay.left_at !== null && stay.left_at !== stay.arrived_at;
  return (
    <>
      {waits && stay.left_at !== null && <Text fz="sm">{words.until(moment(stay.left_at))}</Text>}
      {stay.way && (
        <Text fz="sm">
          → {inLanguage(stay.way, language)}
          {stay.because && `: ${inLanguage(stay.because, language)}`}
        </Text>
      )}
    </>
  );
}

function Letter({ message }: { readonly message: Tried['messages'][number] | undefined }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  if (!message) return null;
  return (
    <Card withBorder padding="sm" mt={6}>
      <Stack gap={6}>
        {message.held_back && (
          <Alert color="yellow" p="xs">
            {inLanguage(message.held_back, language)}
          </Alert>
        )}
        {message.subject !== '' && (
          <Text fz="sm">
            <b>{words.subject}:</b> {message.subject}
          </Text>
        )}
        <Text fz="sm">
          <b>{words.tone}:</b> {message.tone} ({inLanguage(message.because, language)})
        </Text>
        {message.html === '' ? (
          <Text fz="sm" className="plain-words">
            {message.text}
          </Text>
        ) : (
          <MailFrame html={message.html} title={message.subject} height={380} />
        )}
      </Stack>
    </Card>
  );
}
