import { Alert, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { Invitation } from '../../../api/session/shapes.ts';
import { ApiError, apiGet, apiSend } from '../../app/client.ts';
import { useAccountSentence } from '../../app/account-sentence.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { Door } from '../../parts/door.tsx';
import { Load } from '../../parts/load.tsx';
import { NewPassword } from '../../parts/new-password.tsx';

const WORDS = {
  en: {
    title: 'Choose your password',
    for_whom: (email: string) => `For ${email}.`,
    until: (moment: string) => `This link can be used until ${moment}.`,
    name: 'Your name',
    action: 'Go in',
  },
  es: {
    title: 'Elija su contraseña',
    for_whom: (email: string) => `Para ${email}.`,
    until: (moment: string) => `Este enlace se puede usar hasta el ${moment}.`,
    name: 'Su nombre',
    action: 'Entrar',
  },
};

/** Where the link of an invitation leads, and the one for who lost the password. */
export default function InvitationPage() {
  const words = useWords(WORDS);
  const { token = '' } = useParams({ strict: false });
  const sentenceOf = useAccountSentence();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => apiGet<Invitation>(`/v1/invitations/${encodeURIComponent(token)}`),
  });
  const { error } = invitation;
  return (
    <Door title={words.title} about={invitation.data && words.for_whom(invitation.data.email)}>
      {error instanceof ApiError && error.status === 404 ? (
        <Alert color="red" role="alert">
          {sentenceOf(error)}
        </Alert>
      ) : (
        <Load of={invitation}>{(found) => <Accept token={token} invitation={found} />}</Load>
      )}
    </Door>
  );
}

interface AcceptProps {
  readonly token: string;
  readonly invitation: Invitation;
}

function Accept({ token, invitation: { email, name: known, expires_at } }: AcceptProps) {
  const words = useWords(WORDS);
  const format = useFormat();
  const navigate = useNavigate();
  const accept = async (fields: FormData): Promise<void> => {
    const [name, password] = ['name', 'password'].map((field) => textOf(fields, field));
    await apiSend('POST', `/v1/invitations/${encodeURIComponent(token)}`, { name, password });
    await navigate({ to: '/', replace: true });
  };
  return (
    <>
      <AccountForm action={words.action} send={accept} changes_who_asks>
        <TextInput
          {...{ name: 'name', label: words.name, defaultValue: known }}
          autoComplete="name"
          required
          withAsterisk={false}
        />
        {/* So that what keeps passwords knows whose it is. */}
        <input type="hidden" name="email" value={email} autoComplete="username" />
        <NewPassword />
      </AccountForm>
      <Text fz="xs" c="dimmed">
        {words.until(format.moment(expires_at))}
      </Text>
    </>
  );
}
