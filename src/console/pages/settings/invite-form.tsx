import { Button, Card, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Invited } from '../../../api/users/shapes.ts';
import type { Role } from '../../../core/access/roles.ts';
import { apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { ROLES, ROLE_WORDS } from './role-words.ts';

const WORDS = {
  en: {
    open: 'Invite somebody',
    name: 'Name',
    email: 'E-mail address',
    role: 'Role',
    action: 'Make the link',
  },
  es: {
    open: 'Invitar a alguien',
    name: 'Nombre',
    email: 'Correo electrónico',
    role: 'Función',
    action: 'Crear el enlace',
  },
};

export interface InviteFormProps {
  readonly path: string;
  readonly done: (made: Invited) => void;
}

/** Shows itself when it is asked for. */
export function InviteForm({ path, done }: InviteFormProps) {
  const words = useWords(WORDS);
  const [opened, setOpened] = useState(false);
  if (!opened)
    return (
      <div>
        <Button onClick={() => setOpened(true)}>{words.open}</Button>
      </div>
    );
  return (
    <Card withBorder>
      <Fields
        path={path}
        done={(made) => {
          setOpened(false);
          done(made);
        }}
      />
    </Card>
  );
}

function Fields({ path, done }: InviteFormProps) {
  const words = useWords(WORDS);
  const { roles, may } = useWords(ROLE_WORDS);
  const queries = useQueryClient();
  const [role, setRole] = useState<Role>('viewer');
  const invite = async (fields: FormData): Promise<void> => {
    const [name, email] = ['name', 'email'].map((field) => textOf(fields, field));
    const made = await apiSend<Invited>('POST', path, { name, email, role });
    await queries.invalidateQueries({ queryKey: [path] });
    done(made);
  };
  return (
    <AccountForm action={words.action} send={invite}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput name="name" label={words.name} required withAsterisk={false} data-autofocus />
        <TextInput name="email" type="email" label={words.email} required withAsterisk={false} />
        <NativeSelect
          label={words.role}
          value={role}
          onChange={({ currentTarget }) => setRole(currentTarget.value as Role)}
          data={ROLES.map((value) => ({ value, label: roles[value] }))}
        />
      </SimpleGrid>
      <Text fz="sm" c="dimmed">
        {roles[role]}: {may[role]}
      </Text>
    </AccountForm>
  );
}
