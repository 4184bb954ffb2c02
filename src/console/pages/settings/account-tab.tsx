import {
  Card,
  PasswordInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { apiSend } from '../../app/client.ts';
import { useMe, useSession } from '../../app/session.ts';
import { useLanguage, useSpeak, useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { NewPassword } from '../../parts/new-password.tsx';
import { tell } from '../../parts/tell.ts';
import { ROLE_WORDS } from './role-words.ts';

const WORDS = {
  en: {
    you: 'You',
    password: 'Password',
    old: 'Password that you have now',
    no_password: 'In the demo nobody has one: whoever opens it on this machine is signed in.',
    change: 'Change password',
    changed: 'The new password holds. Your other sessions have ended.',
    look: 'Language and colours',
    language: 'Language',
    colours: 'Colours',
    light: 'Light',
    dark: 'Dark',
    auto: 'As the device',
  },
  es: {
    you: 'Usted',
    password: 'Contraseña',
    old: 'Contraseña actual',
    no_password: 'En la demostración nadie tiene: quien la abre en este equipo ya está dentro.',
    change: 'Cambiar la contraseña',
    changed: 'La contraseña nueva ya vale. Sus otras sesiones se han cerrado.',
    look: 'Idioma y colores',
    language: 'Idioma',
    colours: 'Colores',
    light: 'Claros',
    dark: 'Oscuros',
    auto: 'Como el dispositivo',
  },
};

export function AccountTab() {
  const words = useWords(WORDS);
  const { data: session } = useSession();
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack>
        <Box title={words.you}>
          <Person />
        </Box>
        <Box title={words.look}>
          <Look />
        </Box>
      </Stack>
      <Box title={words.password}>
        {session?.demo ? <Text fz="sm">{words.no_password}</Text> : <Password />}
      </Box>
    </SimpleGrid>
  );
}

function Box({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
    </Card>
  );
}

function Person() {
  const { roles, may } = useWords(ROLE_WORDS);
  const { name, email, role } = useMe();
  return (
    <div>
      <Text fw={600}>{name}</Text>
      <Text fz="sm">{email}</Text>
      <Text fz="sm" c="dimmed" mt="xs">
        {roles[role]}: {may[role]}
      </Text>
    </div>
  );
}

function Password() {
  const words = useWords(WORDS);
  const { email } = useMe();
  const change = async (fields: FormData): Promise<void> => {
    const [old, password] = ['old', 'password'].map((field) => textOf(fields, field));
    await apiSend('POST', '/v1/users/me/password', { old, password });
    tell.done(words.changed);
  };
  return (
    <AccountForm action={words.change} send={change}>
      <input type="hidden" name="email" value={email} autoComplete="username" />
      <PasswordInput
        {...{ name: 'old', label: words.old }}
        autoComplete="current-password"
        required
        withAsterisk={false}
      />
      <NewPassword />
    </AccountForm>
  );
}

const LANGUAGES = [
  { value: 'en', label: 'English' },
  { value: 'es', label: 'Español' },
] as const;
const SCHEMES = ['light', 'dark', 'auto'] as const;

function Look() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const speak = useSpeak();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [ofLanguage, ofColours] = [useId(), useId()];
  return (
    <>
      <Text id={ofLanguage} fz="sm" fw={500}>
        {words.language}
      </Text>
      <SegmentedControl
        aria-labelledby={ofLanguage}
        value={language}
        onChange={speak}
        data={[...LANGUAGES]}
      />
      <Text id={ofColours} fz="sm" fw={500}>
        {words.colours}
      </Text>
      <SegmentedControl
        aria-labelledby={ofColours}
        value={colorScheme}
        onChange={setColorScheme}
        data={SCHEMES.map((value) => ({ value, label: words[value] }))}
      />
    </>
  );
}
