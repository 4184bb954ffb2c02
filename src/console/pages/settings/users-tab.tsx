import { Badge, Button, Group, Menu, Select, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { Invited, User, Users } from '../../../api/users/shapes.ts';
import type { Role } from '../../../core/access/roles.ts';
import { apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { usePages } from '../../app/pages.ts';
import { useMe } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { Load } from '../../parts/load.tsx';
import { More } from '../../parts/more.tsx';
import { InviteForm } from './invite-form.tsx';
import { ROLES, ROLE_WORDS } from './role-words.ts';
import { ToldOnce } from './told-once.tsx';
import { useAction } from './use-action.ts';
import { WideTable } from './wide-table.tsx';

const WORDS = {
  en: {
    title: 'Users',
    user: 'User',
    role: 'Role',
    role_of: (name: string) => `Role of ${name}`,
    state: 'State',
    seen: 'Last seen',
    action: 'Action',
    more: 'Change',
    more_of: (name: string) => `Change ${name}`,
    link: 'Make a link for a password',
    disable: 'Let sign in no more',
    enable: 'Let sign in again',
    remove: 'Remove',
    remove_title: (name: string) => `Remove ${name}?`,
    remove_sentence: 'They are signed out everywhere. What they did stays in the audit log.',
    changed: 'It is changed.',
    removed: 'The user is removed.',
    invited: (name: string) => `A link for ${name}`,
    told_once: 'Hand it over yourself. It can be used once, within seven days, and is not shown again.',
    you: 'You',
    made: 'The link is made.',
  },
  es: {
    title: 'Usuarios',
    user: 'Usuario',
    role: 'Función',
    role_of: (name: string) => `Función de ${name}`,
    state: 'Estado',
    seen: 'Última actividad',
    action: 'Acción',
    more: 'Cambiar',
    more_of: (name: string) => `Cambiar a ${name}`,
    link: 'Crear un enlace de contraseña',
    disable: 'No dejar iniciar sesión',
    enable: 'Volver a dejar iniciar sesión',
    remove: 'Eliminar',
    remove_title: (name: string) => `¿Eliminar a ${name}?`,
    remove_sentence: 'Se cerrarán todas sus sesiones. Lo que hizo se queda en el registro de auditoría.',
    changed: 'Se ha cambiado.',
    removed: 'El usuario se ha eliminado.',
    invited: (name: string) => `Un enlace para ${name}`,
    told_once: 'Entréguelo usted. Se puede usar una vez, durante siete días, y no se vuelve a mostrar.',
    you: 'Usted',
    made: 'El enlace está creado.',
  },
};

const PATH = '/v1/users';

export function UsersTab() {
  const words = useWords(WORDS);
  const pages = usePages<Users>(PATH);
  const [invited, setInvited] = useState<Invited>();
  return (
    <Stack>
      {invited && (
        <ToldOnce
          title={words.invited(invited.user.name)}
          about={words.told_once}
          text={invited.link}
          close={() => setInvited(undefined)}
        />
      )}
      <InviteForm path={PATH} done={setInvited} />
      <Load of={pages}>
        {(data) => (
          <WideTable
            label={words.title}
            head={[words.user, words.role, words.state, words.seen, words.action]}
          >
            {data.pages
              .flatMap(({ users }) => users)
              .map((one) => (
                <Row key={one.id} user={one} invited={setInvited} />
              ))}
          </WideTable>
        )}
      </Load>
      <More of={pages} />
    </Stack>
  );
}

interface RowProps {
  readonly user: User;
  readonly invited: (made: Invited) => void;
}

const LOOKS = {
  active: { variant: 'outline', color: 'teal' },
  invited: { variant: 'default' },
  disabled: { variant: 'outline', color: 'red' },
} as const;

function Row({ user, invited }: RowProps) {
  const words = useWords(WORDS);
  const { states } = useWords(ROLE_WORDS);
  const format = useFormat();
  const me = useMe();
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text fz="sm" fw={600}>
            {user.name}
          </Text>
          {user.id === me.id && <Badge variant="light">{words.you}</Badge>}
        </Group>
        <Text fz="xs" c="dimmed">
          {user.email}
        </Text>
      </Table.Td>
      <Table.Td>
        <RoleSelect user={user} />
      </Table.Td>
      <Table.Td>
        <Badge {...LOOKS[user.state]}>{states[user.state]}</Badge>
      </Table.Td>
      <Table.Td>{user.last_seen_at === null ? '–' : format.ago(user.last_seen_at)}</Table.Td>
      <Table.Td>
        <UserMenu user={user} invited={invited} />
      </Table.Td>
    </Table.Tr>
  );
}

function RoleSelect({ user: { id, name, role } }: { readonly user: User }) {
  const words = useWords(WORDS);
  const { roles } = useWords(ROLE_WORDS);
  const act = useAction(PATH);
  const change = (to: Role | null): void => {
    if (to !== null && to !== role)
      void act(() => apiSend('PATCH', `${PATH}/${id}`, { role: to }), words.changed);
  };
  return (
    <Select
      size="xs"
      w={170}
      aria-label={words.role_of(name)}
      value={role}
      onChange={(to) => change(to)}
      data={ROLES.map((value) => ({ value, label: roles[value] }))}
      allowDeselect={false}
    />
  );
}

function UserMenu({ user: { id, name, state }, invited }: RowProps) {
  const words = useWords(WORDS);
  const act = useAction(PATH);
  const confirm = useConfirm();
  const is_disabled = state === 'disabled';
  const makeLink = async (): Promise<void> =>
    invited(await apiSend<Invited>('POST', `${PATH}/${id}/invitation`, {}));
  const remove = async (): Promise<void> => {
    if (await confirm(words.remove_title(name), words.remove_sentence, words.remove))
      await act(() => apiSend('DELETE', `${PATH}/${id}`), words.removed);
  };
  const toggle = (): Promise<void> =>
    act(() => apiSend('PATCH', `${PATH}/${id}`, { disabled: !is_disabled }), words.changed);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={words.more_of(name)}>
          {words.more}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {!is_disabled && <Menu.Item onClick={() => void act(makeLink, words.made)}>{words.link}</Menu.Item>}
        <Menu.Item onClick={() => void toggle()}>{is_disabled ? words.enable : words.disable}</Menu.Item>
        <Menu.Item color="red" onClick={() => void remove()}>
          {words.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
