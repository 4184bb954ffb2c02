import { Alert, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { SetUpState } from '../../../api/session/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { parseSearch, type Search } from '../../app/search.ts';
import { useSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { Door } from '../../parts/door.tsx';

const WORDS = {
  en: {
    title: 'Sign in',
    email: 'E-mail address',
    password: 'Password',
    lost: 'Lost your password? An owner can make a link for you, in the settings.',
    set_up: 'Nobody can sign in yet. Open the link that “etapa start” told when it began.',
  },
  es: {
    title: 'Iniciar sesión',
    email: 'Correo electrónico',
    password: 'Contraseña',
    lost: '¿Ha perdido su contraseña? Un propietario puede crearle un enlace en los ajustes.',
    set_up: 'Todavía nadie puede iniciar sesión. Abra el enlace que mostró «etapa start» al arrancar.',
  },
};

export default function SignInPage() {
  const words = useWords(WORDS);
  const session = useSession();
  useGoingIn(session.data !== undefined);
  const setUp = useQuery({ queryKey: ['set-up'], queryFn: () => apiGet<SetUpState>('/v1/set-up') });
  const signIn = async (fields: FormData): Promise<void> => {
    await apiSend('POST', '/v1/session', {
      email: textOf(fields, 'email'),
      password: textOf(fields, 'password'),
    });
    await session.refetch();
  };
  return (
    <Door title={words.title} about={setUp.data?.wanted ? undefined : words.lost}>
      {setUp.data?.wanted && <Alert color="gray">{words.set_up}</Alert>}
      <AccountForm action={words.title} send={signIn}>
        <TextInput
          {...{ name: 'email', type: 'email', label: words.email }}
          autoComplete="username"
          required
          withAsterisk={false}
        />
        <PasswordInput
          {...{ name: 'password', label: words.password }}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
      </AccountForm>
    </Door>
  );
}

/** Leads whoever is signed in to where they wanted to go before they were led here: a page of the console, and nothing else. */
function useGoingIn(is_signed_in: boolean): void {
  const { to = '/' }: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  useEffect(() => {
    if (!is_signed_in) return;
    const [path = '/', query = ''] = to.split('?');
    const is_ours = /^\/(?![/\\])/.test(path) && path !== '/sign-in';
    void navigate({ to: is_ours ? path : '/', search: is_ours ? parseSearch(query) : {}, replace: true });
  }, [is_signed_in, to, navigate]);
}
