import { Group, Menu, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Icon } from '../parts/icon.tsx';
import { tell } from '../parts/tell.ts';
import { apiSend } from './client.ts';
import { useMe } from './session.ts';
import { useLanguage, useSpeak, useWords } from './words.ts';

const WORDS = {
  en: {
    menu: 'Language, colours, signing out',
    owner: 'Owner',
    marketer: 'Marketer',
    support: 'Support',
    viewer: 'Viewer',
    language: 'Language',
    colours: 'Colours',
    light: 'Light',
    dark: 'Dark',
    auto: 'As the device',
    sign_out: 'Sign out',
  },
  es: {
    menu: 'Idioma, colores, cerrar sesión',
    owner: 'Propietario',
    marketer: 'Marketing',
    support: 'Atención al cliente',
    viewer: 'Solo lectura',
    language: 'Idioma',
    colours: 'Colores',
    light: 'Claros',
    dark: 'Oscuros',
    auto: 'Como el dispositivo',
    sign_out: 'Cerrar sesión',
  },
};

const LANGUAGES = { en: 'English', es: 'Español' } as const;
const SCHEMES = ['light', 'dark', 'auto'] as const;

/** Who is signed in, and what each reader chooses for themselves. */
export function MyMenu() {
  const words = useWords(WORDS);
  const me = useMe();
  return (
    <Menu position="top-start" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton p="xs" w="100%">
          <Group gap="xs" wrap="nowrap">
            <Icon name="person" />
            <div>
              <Text fz="sm" fw={600} truncate maw={140}>
                {me.name}
              </Text>
              <Text fz="xs" c="dimmed">
                {words[me.role]}
              </Text>
              <VisuallyHidden>{words.menu}</VisuallyHidden>
            </div>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
        <Menu.Divider />
        <SchemeItems />
        <Menu.Divider />
        <SignOutItem />
      </Menu.Dropdown>
    </Menu>
  );
}

function LanguageItems() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const speak = useSpeak();
  return (
    <>
      <Menu.Label>{words.language}</Menu.Label>
      {(['en', 'es'] as const).map((one) => (
        <Menu.Item
          key={one}
          lang={one}
          leftSection={<Chosen is={one === language} />}
          onClick={() => speak(one)}
        >
          {LANGUAGES[one]}
        </Menu.Item>
      ))}
    </>
  );
}

function SchemeItems() {
  const words = useWords(WORDS);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{words.colours}</Menu.Label>
      {SCHEMES.map((one) => (
        <Menu.Item
          key={one}
          leftSection={<Chosen is={one === colorScheme} />}
          onClick={() => setColorScheme(one)}
        >
          {words[one]}
        </Menu.Item>
      ))}
    </>
  );
}

function SignOutItem() {
  const words = useWords(WORDS);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await apiSend('DELETE', '/v1/session');
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return <Menu.Item onClick={() => void signOut().catch(tell.failed)}>{words.sign_out}</Menu.Item>;
}

function Chosen({ is }: { readonly is: boolean }) {
  return <Icon name={is ? 'check' : 'nothing'} />;
}
