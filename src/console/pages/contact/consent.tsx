import { Alert, Badge, Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Person } from '../../../api/contacts/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { tell } from '../../parts/tell.ts';
import { Pair } from './pair.tsx';
import { useChanged } from './person-key.ts';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

/** What it allows, by which proof, and what is refused whatever it allows. */
export function ConsentCard({ person }: { readonly person: Person }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { consents, proofs, suppressions } = person;
  return (
    <Section title={words.consent}>
      {suppressions.map((suppression) => (
        <Suppression key={`${suppression.channel} ${suppression.address}`} id={person.id} {...suppression} />
      ))}
      {consents.length === 0 && (
        <Text fz="sm" c="dimmed">
          {words.never_said}
        </Text>
      )}
      <Stack gap={4}>
        {consents.map(({ channel, topic, granted, at, confirmed_at }) => (
          <Pair key={`${channel}/${topic}`} name={topic === '' ? channel : `${channel} / ${topic}`}>
            <Badge variant="outline" color={granted ? 'teal' : 'red'} tt="none">
              {granted ? words.yes : words.no}
            </Badge>{' '}
            {words.since} {format.date(at)}
            {confirmed_at !== null && `, ${words.confirmed} ${format.date(confirmed_at)}`}
          </Pair>
        ))}
      </Stack>
      {proofs.length > 0 && <Proofs proofs={proofs} />}
    </Section>
  );
}

function Proofs({ proofs }: { readonly proofs: Person['proofs'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  return (
    <details>
      <summary>{words.proof}</summary>
      <ol className="history">
        {proofs.map(({ channel, topic, said, at, source, text_version, ip }) => (
          <li key={`${at} ${channel} ${topic} ${said}`}>
            <time dateTime={at}>{format.date(at)}</time>
            <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {topic === '' ? channel : `${channel} / ${topic}`}: {words[said]} {words.by_source} {source}
              {text_version !== null && `, «${text_version}»`}
              {ip !== null && `, ${ip}`}
            </Text>
          </li>
        ))}
      </ol>
    </details>
  );
}

type SuppressionProps = Person['suppressions'][number] & { readonly id: string };

function Suppression({ id, channel, address, scope, reason, at }: SuppressionProps) {
  const words = useWords(WORDS);
  const format = useFormat();
  const changed = useChanged();
  const allowing = useMutation({
    mutationFn: () =>
      apiSend('DELETE', `/v1/contacts/${id}/suppress`, undefined, {
        channel: channel === 'sms' ? 'sms' : 'email',
      }),
    onSuccess: () => {
      tell.done(words.allowed);
      changed();
    },
    onError: tell.failed,
  });
  return (
    <Alert color="red" title={`${words.suppressed}: ${address}`}>
      <Stack gap="xs" align="flex-start">
        <Text fz="sm">
          {scope === 'all' ? words.suppressed_all : words.suppressed_promotion}, {words.since}{' '}
          {format.date(at)}: {reason}
        </Text>
        <Button size="xs" variant="default" loading={allowing.isPending} onClick={() => allowing.mutate()}>
          {words.allow}
        </Button>
      </Stack>
    </Alert>
  );
}
