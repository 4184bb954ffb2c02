import { Alert, Grid, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Person } from '../../../api/contacts/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { StageBadge } from '../../parts/stage-badge.tsx';
import { Actions } from './actions.tsx';
import { CartCard, OrdersCard } from './commerce.tsx';
import { ConsentCard } from './consent.tsx';
import { FactsCard } from './facts.tsx';
import { personKey } from './person-key.ts';
import { RunsCard } from './runs.tsx';
import { MannerCard, StandingCard } from './standing.tsx';
import { TimelineCard } from './timeline.tsx';
import { WeekCard } from './week.tsx';
import { WhyNotCard } from './why-not.tsx';
import { WORDS } from './words.ts';
import './contact.css';

/** Milliseconds: whoever was just made has no name yet, and what somebody does is seen without asking for it. */
const UNTIL_DECIDED = 1000;
const NEWS_EVERY = 20_000;

export default function ContactPage() {
  const words = useWords(WORDS);
  const { id } = useParams({ from: '/inside/contacts/$id' });
  const person = useQuery({
    queryKey: personKey(id),
    queryFn: () => apiGet<Person>(`/v1/contacts/${encodeURIComponent(id)}`),
    refetchInterval: ({ state: { data: known } }) =>
      known?.decided_at === null ? UNTIL_DECIDED : NEWS_EVERY,
  });
  const { data } = person;
  const name = data ? (data.name ?? data.email ?? words.visitor) : words.tab;
  return (
    <Page
      title={name}
      tab={name}
      about={data && data.name !== null ? data.email : undefined}
      actions={data && <Actions person={data} />}
    >
      <Load of={person}>{(loaded) => <Whole person={loaded} />}</Load>
    </Page>
  );
}

/** Facts at the left, what happened at the right; on a narrow screen what happened comes first. */
function Whole({ person }: { readonly person: Person }) {
  return (
    <Stack gap="md">
      <Head person={person} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 1, md: 2 }}>
          <Stack gap="md">
            <WhyNotCard id={person.id} />
            <TimelineCard id={person.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 2, md: 1 }}>
          <Stack gap="md">
            <WeekCard week={person.week} />
            <RunsCard runs={person.runs} />
            <StandingCard person={person} />
            <MannerCard person={person} />
            <CartCard cart={person.cart} />
            <OrdersCard orders={person.orders} />
            <ConsentCard person={person} />
            <FactsCard person={person} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

/** Where it stands and why, and what holds it up: before anything else. */
function Head({ person }: { readonly person: Person }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { stage, put_aside, held_after_restore } = person;
  return (
    <Stack gap="xs">
      <Group gap="xs" align="center">
        <StageBadge stage={stage.stage} title={stage.title} />
        <Text fz="sm">
          {words.since} {format.moment(stage.since)}
          {stage.because && (
            <>
              , {words.because} <ReasonText of={stage.because} />
            </>
          )}
        </Text>
      </Group>
      {put_aside && (
        <Alert color="red" title={words.put_aside}>
          {put_aside.because}
        </Alert>
      )}
      {held_after_restore && <Alert color="yellow">{words.held_after_restore}</Alert>}
    </Stack>
  );
}
