import { Stack, Text } from '@mantine/core';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { Pair } from './pair.tsx';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

type Week = Person['week'];
const GROUPS = ['sent', 'held_back', 'failed', 'waiting'] as const;

/** How much it got lately, against what it may get. */
export function WeekCard({ week }: { readonly week: Week }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const units: Readonly<Record<string, string>> = words.units;
  const isQuiet = GROUPS.every((group) => week[group].length === 0);
  return (
    <Section title={words.week}>
      {week.limits.map(({ counts, messages, per, used, free_at }) => (
        <div key={`${counts} ${per.amount} ${per.unit}`}>
          <Pair name={words[counts]}>
            {words.of_limit(
              format.number(used),
              format.number(messages),
              `${per.amount} ${units[per.unit] ?? per.unit}`,
            )}
          </Pair>
          {free_at !== null && (
            <Text fz="xs" c="dimmed" ta="right">
              {words.room_from} {format.ago(free_at)}
            </Text>
          )}
        </div>
      ))}
      {isQuiet && (
        <Text fz="sm" c="dimmed">
          {words.week_none}
        </Text>
      )}
      {GROUPS.map(
        (group) => week[group].length > 0 && <Group key={group} of={group} messages={week[group]} />,
      )}
    </Section>
  );
}

interface GroupProps {
  readonly of: (typeof GROUPS)[number];
  readonly messages: Week['sent'];
}

function Group({ of, messages }: GroupProps) {
  const words = useWords(WORDS);
  const format = useFormat();
  return (
    <div>
      <Text fz="sm" fw={600}>
        {words[of]} ({messages.length})
      </Text>
      <Stack gap={4}>
        {messages.toReversed().map(({ id, message, subject, sent_at, owed_at, due_at, held_because }) => (
          <div key={id}>
            <Pair
              name={
                <LinkTo to="/messages/$id" params={{ id }} fz="sm">
                  {subject ?? message}
                </LinkTo>
              }
            >
              {format.ago(sent_at ?? due_at ?? owed_at)}
            </Pair>
            {held_because && (
              <Text fz="xs" c="dimmed">
                <ReasonText of={held_because} />
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </div>
  );
}
