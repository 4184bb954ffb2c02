import { Badge, Group, Stack, Text } from '@mantine/core';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { ReasonText } from '../../parts/reason-text.tsx';
import { stageTitle } from '../../parts/stage.ts';
import { StageBadge } from '../../parts/stage-badge.tsx';
import { AnswerParts } from './answer-tree.tsx';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

/** The stage with what would move it and how it came there, segments, persona, churn risk. */
export function StandingCard({ person }: { readonly person: Person }) {
  const words = useWords(WORDS);
  const { stage, segments, persona, churn_risk } = person;
  return (
    <Section title={words.stage}>
      <NextMove stage={stage} />
      <details>
        <summary>{words.what_would_move}</summary>
        <Stack gap="xs" mt="xs">
          {stage.rules.map((rule) => (
            <div key={rule.stage}>
              <StageBadge stage={rule.stage} title={rule.title} />
              {rule.tree ? (
                <AnswerParts tree={rule.tree} />
              ) : (
                <Text fz="sm">
                  <ReasonText of={rule.because} />
                </Text>
              )}
            </div>
          ))}
        </Stack>
      </details>
      {stage.history.length > 0 && <History moves={stage.history} />}
      <Segments segments={segments} />
      <FoundLine title={words.persona} found={persona} none={words.no_persona} />
      <FoundLine title={words.churn_risk} found={churn_risk} none={words.never_bought} />
    </Section>
  );
}

type Stage = Person['stage'];

function NextMove({ stage: { stays_until, next } }: { readonly stage: Stage }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const language = useLanguage();
  return (
    <Text fz="sm">
      {stays_until !== null && (
        <>
          {words.stays_until} {format.moment(stays_until)}.{' '}
        </>
      )}
      {next ? (
        <>
          {words.next} {inLanguage(stageTitle(next.to), language)}, {format.ago(next.at)}:{' '}
          <ReasonText of={next.because} />
        </>
      ) : (
        words.no_next
      )}
    </Text>
  );
}

function History({ moves }: { readonly moves: Stage['history'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const language = useLanguage();
  return (
    <details>
      <summary>{words.history}</summary>
      <ol className="history">
        {moves.toReversed().map(({ at, from, to, because }) => (
          <li key={`${at} ${to}`}>
            <time dateTime={at}>{format.date(at)}</time>
            <Text fz="sm">
              {inLanguage(stageTitle(from), language)} → {inLanguage(stageTitle(to), language)}:{' '}
              <ReasonText of={because} />
            </Text>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Segments({ segments }: { readonly segments: Person['segments'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const inside = segments.filter((segment) => segment.inside);
  return (
    <div>
      <Text fz="sm" fw={600}>
        {words.segments}
      </Text>
      {inside.length === 0 && (
        <Text fz="sm" c="dimmed">
          {words.in_none}
        </Text>
      )}
      {inside.map(({ segment, title, since, because, until }) => (
        <Text key={segment} fz="sm">
          <Text span inherit fw={500}>
            <ReasonText of={title} />
          </Text>
          {since !== null && ` ${words.since} ${format.date(since)}`}: <ReasonText of={because} />
          {until !== null && ` (${words.until} ${format.date(until)})`}
        </Text>
      ))}
    </div>
  );
}

interface FoundLineProps {
  readonly title: string;
  readonly found: Person['mood'] | null;
  /** What is said where there is none. */
  readonly none: string;
}

function FoundLine({ title, found, none }: FoundLineProps) {
  const words = useWords(WORDS);
  const format = useFormat();
  const known: Readonly<Record<string, string>> = { low: words.low, medium: words.medium, high: words.high };
  return (
    <div>
      <Text fz="sm" fw={600}>
        {title}
      </Text>
      <Text fz="sm" {...(!found && { c: 'dimmed' })}>
        {found ? (known[found.is] ?? found.is) : none}
        {found?.because && (
          <>
            : <ReasonText of={found.because} />
          </>
        )}
        {found?.until && ` (${words.until} ${format.moment(found.until)})`}
      </Text>
    </div>
  );
}

/** How it feels, how it would be written to now, and why so. */
export function MannerCard({ person: { mood, tones, language } }: { readonly person: Person }) {
  const words = useWords(WORDS);
  return (
    <Section
      title={words.mood}
      beside={
        <Badge variant="default" tt="none" fw={500}>
          {mood.is}
        </Badge>
      }
    >
      {mood.because && (
        <Text fz="sm">
          <ReasonText of={mood.because} />
        </Text>
      )}
      {tones.map(({ channel, tone, formality, because, hold_back }) => (
        <div key={channel}>
          <Group gap={6}>
            <Text fz="sm">{words.tone_now(channel)}</Text>
            <Badge variant="default" tt="none" fw={500}>
              {tone}
              {formality[language] !== undefined && `, ${formality[language]}`}
            </Badge>
          </Group>
          <Text fz="sm" c="dimmed">
            <ReasonText of={because} />
            {hold_back.length > 0 && `; ${words.holds_back} ${hold_back.join(', ')}`}
          </Text>
        </div>
      ))}
    </Section>
  );
}
