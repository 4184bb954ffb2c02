import {
  Alert,
  Card,
  Group,
  ScrollArea,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import type { OneWorkflow } from '../../../api/workflows/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { ReasonText } from '../../parts/reason-text.tsx';
import { Experiments } from './experiments.tsx';
import { WORDS } from './words.ts';

const Graph = lazy(() => import('./graph.tsx'));

/** Where people stand, how far they came, and what was compared. */
export function FiguresTab({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const [, change] = useFilter();
  return (
    <Stack gap="lg">
      <Sums workflow={workflow} />
      {workflow.elsewhere > 0 && <Alert color="yellow">{words.elsewhere(workflow.elsewhere)}</Alert>}
      <Stack gap={6}>
        <Text c="dimmed" fz="sm">
          {words.pictureHint}
        </Text>
        <Suspense fallback={<Skeleton h={420} />}>
          <Graph
            steps={workflow.steps}
            edges={workflow.edges}
            label={words.picture}
            onChoose={(step) =>
              change({ tab: 'waiting', step: step.startsWith(':') ? undefined : step }, { keep: true })
            }
          />
        </Suspense>
      </Stack>
      <Steps workflow={workflow} />
      <Experiments id={workflow.id} />
    </Stack>
  );
}

function Sums({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const { number, percent } = useFormat();
  const { conversion, goal } = workflow;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="sm">
        <Sum name={words.inside} value={number(workflow.inside)} />
        <Sum name={words.entered} value={number(workflow.entered)} />
        <Sum name={words.conversion} value={conversion === null ? '–' : percent(conversion)} />
        <Sum name={words.left} value={number(workflow.left)} />
        <Sum name={words.sent} value={number(workflow.sent)} />
        <Sum name={words.heldBack} value={number(workflow.held_back)} />
      </SimpleGrid>
      <Text fz="sm">
        <b>{words.starts}:</b> <ReasonText of={workflow.starts} />
        {goal && (
          <>
            {' · '}
            <b>{words.goal}:</b> <ReasonText of={goal} />
          </>
        )}
      </Text>
    </Stack>
  );
}

function Sum({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <Card withBorder padding="sm">
      <Text fz="xs" c="dimmed">
        {name}
      </Text>
      <Text fz="xl" fw={600} className="figures">
        {value}
      </Text>
    </Card>
  );
}

/** The picture in words: for whoever does not see it, and for exact figures. */
function Steps({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number, percent, days } = useFormat();
  return (
    <Stack gap="xs">
      <Group gap="xs" align="baseline">
        <Title order={2} fz="lg">
          {words.steps}
        </Title>
      </Group>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': words.steps }}>
        <Table striped highlightOnHover miw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.step}</Table.Th>
              <Table.Th className="figure">{words.standing}</Table.Th>
              <Table.Th className="figure">{words.standingFor}</Table.Th>
              <Table.Th className="figure">{words.stayed}</Table.Th>
              <Table.Th className="figure">{words.reached}</Table.Th>
              <Table.Th className="figure">{words.ended}</Table.Th>
              <Table.Th className="figure">{words.converted}</Table.Th>
              <Table.Th className="figure">{words.sent}</Table.Th>
              <Table.Th className="figure">{words.heldBack}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {workflow.steps.map((step) => (
              <Table.Tr key={step.id}>
                <Table.Th scope="row" fw={400} maw={340}>
                  {inLanguage(step.words, language)}
                </Table.Th>
                <Table.Td className="figure">{number(step.standing)}</Table.Td>
                <Table.Td className="figure">
                  {step.standing_days === null ? '' : days(step.standing_days)}
                </Table.Td>
                <Table.Td className="figure">{step.stayed_days ? days(step.stayed_days) : ''}</Table.Td>
                <Table.Td className="figure">
                  {step.reached === null ? '' : number(step.reached)}
                  {step.reached_share === null ? '' : ` (${percent(step.reached_share)})`}
                </Table.Td>
                <Table.Td className="figure">{number(step.ended)}</Table.Td>
                <Table.Td className="figure">{number(step.converted)}</Table.Td>
                <Table.Td className="figure">{step.message === null ? '' : number(step.sent)}</Table.Td>
                <Table.Td className="figure">{step.message === null ? '' : number(step.held_back)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Text fz="xs" c="dimmed">
        {words.counted}
      </Text>
    </Stack>
  );
}
