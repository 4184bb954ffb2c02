import { Alert, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ContactPage } from '../../../api/contacts/shapes.ts';
import { apiGet, type Query } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useFilter, writeSearch } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { ContactTable } from './contact-table.tsx';
import { Filters } from './filters.tsx';
import { NewContact } from './new-contact.tsx';
import { WORDS } from './words.ts';

/** What the address of the page says of whom is looked for. */
const ASKED = ['search', 'stage', 'segment', 'persona', 'where'] as const;

export default function ContactsPage() {
  const words = useWords(WORDS);
  const [filter] = useFilter();
  const [making, { open, close }] = useDisclosure(false);
  const asked = Object.fromEntries(ASKED.map((name) => [name, filter[name] || undefined]));
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <Button
            component="a"
            href={`/v1/contacts.csv${writeSearch(asked)}`}
            download="contacts.csv"
            variant="default"
            leftSection={<Icon name="download" />}
          >
            {words.csv}
          </Button>
          <Button onClick={open}>{words.new_contact}</Button>
        </>
      }
    >
      <Filters />
      <Found asked={asked} />
      {making && <NewContact close={close} />}
    </Page>
  );
}

function Found({ asked }: { readonly asked: Query }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const pages = useInfiniteQuery({
    queryKey: ['contacts', asked],
    queryFn: ({ pageParam }) =>
      apiGet<ContactPage>('/v1/contacts', { ...asked, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const isAsked = Object.values(asked).some((value) => value !== undefined);
  return (
    <Load
      of={pages}
      isEmpty={({ pages: [first] }) => first?.contacts.length === 0}
      empty={<Text c="dimmed">{isAsked ? words.empty : words.empty_all}</Text>}
    >
      {({ pages: list }) => {
        const contacts = list.flatMap((page) => page.contacts);
        return (
          <Stack gap="sm">
            {list[0]?.search_cut && <Alert color="yellow">{words.cut}</Alert>}
            <Card withBorder padding={0}>
              <ContactTable contacts={contacts} />
            </Card>
            <Group justify="space-between">
              <Group gap="xs">
                <Text fz="sm" c="dimmed">
                  {words.shown(format.number(contacts.length))}
                </Text>
                <Count asked={asked} />
              </Group>
              {pages.hasNextPage && (
                <Button
                  variant="default"
                  loading={pages.isFetchingNextPage}
                  onClick={() => void pages.fetchNextPage()}
                >
                  {words.more}
                </Button>
              )}
            </Group>
          </Stack>
        );
      }}
    </Load>
  );
}

/** Counting may take longer than looking, so only who asks waits for it. */
function Count({ asked }: { readonly asked: Query }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const counted = useQuery({
    queryKey: ['contacts-count', asked],
    queryFn: () => apiGet<ContactPage>('/v1/contacts', { ...asked, limit: 1, count: true }),
    enabled: false,
  });
  if (counted.error) return <Failed error={counted.error} />;
  if (counted.data) return <Text fz="sm">{words.counted(format.number(counted.data.count ?? 0))}</Text>;
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      loading={counted.isFetching}
      onClick={() => void counted.refetch()}
    >
      {words.count}
    </Button>
  );
}
