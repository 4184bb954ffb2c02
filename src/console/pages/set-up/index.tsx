import { Alert, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import type { SetUpState } from '../../../api/session/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { Door } from '../../parts/door.tsx';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { NewPassword } from '../../parts/new-password.tsx';

const WORDS = {
  en: {
    title: 'Set up Etapa',
    about: 'You become the first owner: you can do everything, and invite the others.',
    name: 'Your name',
    email: 'Your e-mail address',
    action: 'Set up',
    done_before: 'Etapa was set up before.',
    sign_in: 'Sign in',
    no_token: 'Open this page by the link that “etapa start” told when it began: it ends in a long token.',
  },
  es: {
    title: 'Configurar Etapa',
    about: 'Usted será el primer propietario: podrá hacerlo todo e invitar a los demás.',
    name: 'Su nombre',
    email: 'Su correo electrónico',
    action: 'Configurar',
    done_before: 'Etapa ya está configurado.',
    sign_in: 'Iniciar sesión',
    no_token:
      'Abra esta página con el enlace que mostró «etapa start» al arrancar: termina en un código largo.',
  },
};

export default function SetUpPage() {
  const words = useWords(WORDS);
  const state = useQuery({ queryKey: ['set-up'], queryFn: () => apiGet<SetUpState>('/v1/set-up') });
  return (
    <Door title={words.title} about={state.data?.wanted ? words.about : undefined}>
      <Load of={state}>{({ wanted }) => (wanted ? <FirstOwner /> : <DoneBefore />)}</Load>
    </Door>
  );
}

function DoneBefore() {
  const words = useWords(WORDS);
  return (
    <Alert color="gray">
      {words.done_before} <LinkTo to="/sign-in">{words.sign_in}</LinkTo>
    </Alert>
  );
}

function FirstOwner() {
  const words = useWords(WORDS);
  const navigate = useNavigate();
  const { hash: token } = useLocation();
  if (token === '') return <Alert color="gray">{words.no_token}</Alert>;
  const setUp = async (fields: FormData): Promise<void> => {
    const [name, email, password] = ['name', 'email', 'password'].map((field) => textOf(fields, field));
    await apiSend('POST', '/v1/set-up', { token, name, email, password });
    await navigate({ to: '/', hash: '', replace: true });
  };
  return (
    <AccountForm action={words.action} send={setUp} changes_who_asks>
      <TextInput {...{ name: 'name', label: words.name }} autoComplete="name" required withAsterisk={false} />
      <TextInput
        {...{ name: 'email', type: 'email', label: words.email }}
        autoComplete="username"
        required
        withAsterisk={false}
      />
      <NewPassword />
    </AccountForm>
  );
}
