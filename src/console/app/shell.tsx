import { Alert, AppShell, Burger, Group, NavLink, ScrollArea, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { createLink, Outlet, useLocation, useNavigate, type LinkProps } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import type { Right } from '../../core/access/roles.ts';
import { Failed } from '../parts/failed.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { PageSkeleton } from '../parts/page-skeleton.tsx';
import { MyMenu } from './my-menu.tsx';
import { useMay, useSession } from './session.ts';
import { useWords } from './words.ts';

const WORDS = {
  en: {
    skip: 'To the content',
    pages: 'Pages',
    open_pages: 'Open the list of pages',
    close_pages: 'Close the list of pages',
    demo: 'A demo: the people, their events and their mail are made up.',
    map: 'Journey map',
    contacts: 'Contacts',
    workflows: 'Workflows',
    messages: 'Messages',
    calendar: 'Calendar',
    settings: 'Settings',
  },
  es: {
    skip: 'Ir al contenido',
    pages: 'Páginas',
    open_pages: 'Abrir la lista de páginas',
    close_pages: 'Cerrar la lista de páginas',
    demo: 'Es una demostración: las personas, sus eventos y sus correos son inventados.',
    map: 'Mapa del recorrido',
    contacts: 'Contactos',
    workflows: 'Flujos',
    messages: 'Mensajes',
    calendar: 'Calendario',
    settings: 'Ajustes',
  },
};

/** The frame around every page. Whoever is not signed in is led to the door, and afterwards back to where they wanted to go. */
export function Shell() {
  const session = useSession();
  if (session.error?.status === 401) return <ToTheDoor />;
  if (session.error && !session.data)
    return (
      <Stack p="xl" maw={640} mx="auto">
        <Failed error={session.error} again={() => void session.refetch()} />
      </Stack>
    );
  if (!session.data) return <PageSkeleton />;
  return (
    <Frame demo={session.data.demo}>
      <Outlet />
    </Frame>
  );
}

/** Once: where somebody is on the way is a place, too, and would be led from again and again. */
function ToTheDoor() {
  const { pathname, searchStr } = useLocation();
  const [to] = useState(`${pathname}${searchStr}`);
  const navigate = useNavigate();
  useEffect(() => {
    void navigate({ to: '/sign-in', search: { to }, replace: true });
  }, [navigate, to]);
  return <PageSkeleton />;
}

function Frame({ demo, children }: { readonly demo: boolean; readonly children: ReactNode }) {
  const words = useWords(WORDS);
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip-link" href="#content">
        {words.skip}
      </a>
      <AppShell.Header hiddenFrom="sm" px="sm">
        <Group h="100%" gap="sm">
          <Burger
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={opened ? words.close_pages : words.open_pages}
            aria-expanded={opened}
          />
          <Mark />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={words.pages}>
        <AppShell.Section visibleFrom="sm" px="xs" pt={6} pb="md">
          <Mark />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} onClick={close}>
          <Places />
        </AppShell.Section>
        <AppShell.Section>
          <MyMenu />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {demo && (
          <Alert className="not-printed" color="gray" py={6} mb="md">
            {words.demo}
          </Alert>
        )}
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function Mark() {
  return (
    <Group gap={8} wrap="nowrap">
      <Icon name="mark" size={26} />
      <Text fw={700} fz="lg" lts="-0.01em">
        Etapa
      </Text>
    </Group>
  );
}

interface Place {
  readonly to: NonNullable<LinkProps['to']>;
  readonly name: Exclude<keyof typeof WORDS.en, 'skip' | 'pages' | 'open_pages' | 'close_pages' | 'demo'>;
  readonly icon: IconName;
  /** Whoever does not have it sees no link. */
  readonly right: Right;
}

const PLACES: readonly Place[] = [
  { to: '/', name: 'map', icon: 'map', right: 'read' },
  { to: '/contacts', name: 'contacts', icon: 'people', right: 'people' },
  { to: '/workflows', name: 'workflows', icon: 'flow', right: 'read' },
  { to: '/messages', name: 'messages', icon: 'mail', right: 'people' },
  { to: '/calendar', name: 'calendar', icon: 'calendar', right: 'read' },
  { to: '/settings', name: 'settings', icon: 'settings', right: 'read' },
];

function Places() {
  return PLACES.map((place) => <PlaceLink key={place.to} {...place} />);
}

function PlaceLink({ to, name, icon, right }: Place) {
  const words = useWords(WORDS);
  const may = useMay(right);
  if (!may) return null;
  return (
    <NavLinkTo
      to={to}
      label={words[name]}
      leftSection={<Icon name={icon} />}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      activeProps={{ active: true }}
    />
  );
}

interface NavLinkToProps {
  readonly label: string;
  readonly leftSection: ReactNode;
  readonly active?: boolean;
}

const NavLinkTo = createLink((props: NavLinkToProps) => <NavLink {...props} variant="light" mb={2} />);
