import { Stack, Text } from '@mantine/core';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

type Run = Person['runs'][number];

/** What goes on with it, and until when; what ended, on asking. */
export function RunsCard({ runs }: { readonly runs: readonly Run[] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const going = runs.filter(({ stands }) => stands !== null).toReversed();
  const ended = runs.filter(({ stands }) => stands === null).toReversed();
  return (
    <Section title={words.runs}>
      {going.length === 0 && (
        <Text fz="sm" c="dimmed">
          {words.no_runs}
        </Text>
      )}
      {going.map((run) => (
        <RunLines key={`${run.workflow} ${run.number}`} run={run} />
      ))}
      {ended.length > 0 && (
        <details>
          <summary>{words.ended_runs(format.number(ended.length))}</summary>
          <Stack gap="xs" mt="xs">
            {ended.map((run) => (
              <RunLines key={`${run.workflow} ${run.number}`} run={run} />
            ))}
          </Stack>
        </details>
      )}
    </Section>
  );
}

function RunLines({ run }: { readonly run: Run }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { workflow, number, entered_at, because, stands, ended_at, ended_because, variants } = run;
  const chosen = Object.entries(variants).map(([step, variant]) => `${step}: ${variant}`);
  return (
    <div>
      <Text fz="sm">
        <LinkTo to="/workflows/$id" params={{ id: workflow }} fw={500} fz="sm">
          {workflow}
        </LinkTo>{' '}
        #{number}
        {chosen.length > 0 && ` (${chosen.join(', ')})`}
      </Text>
      {stands && (
        <Text fz="sm">
          <ReasonText of={stands.says} />
          {stands.until !== null &&
            ` ${words.until} ${format.moment(stands.until)} (${format.ago(stands.until)})`}
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {words.began} {format.moment(entered_at)}: <ReasonText of={because} />
      </Text>
      {ended_at !== null && (
        <Text fz="xs" c="dimmed">
          {words.ended} {format.moment(ended_at)}
          {ended_because && (
            <>
              : <ReasonText of={ended_because} />
            </>
          )}
        </Text>
      )}
    </div>
  );
}
