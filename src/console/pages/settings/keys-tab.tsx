import { Badge, Button, Card, NativeSelect, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Key, Keys, MadeKey } from '../../../api/keys/shapes.ts';
import type { KeyScope } from '../../../core/access/roles.ts';
import { apiSend } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { usePages } from '../../app/pages.ts';
import { useWords } from '../../app/words.ts';
import { AccountForm, textOf } from '../../parts/account-form.tsx';
import { useConfirm } from '../../parts/confirm.tsx';
import { Load } from '../../parts/load.tsx';
import { More } from '../../parts/more.tsx';
import { ToldOnce } from './told-once.tsx';
import { useAction } from './use-action.ts';
import { WideTable } from './wide-table.tsx';

const WORDS = {
  en: {
    title: 'API keys',
    open: 'Make a key',
    name: 'Name',
    id: 'Id',
    scope: 'Opens',
    made: 'Made',
    state: 'State',
    action: 'Action',
    events: 'Sending events',
    api: 'The whole API',
    about: {
      events: 'It may only send events, so it may stand in the pages of a shop, where everybody can read it.',
      api: 'It can do whatever a marketer can. Keep it on a server.',
    },
    fresh: (name: string) => `The key “${name}”`,
    told_once: 'Keep it now: it is not shown again.',
    in_use: 'In use',
    revoked: (date: string) => `Revoked ${date}`,
    revoke: 'Revoke',
    revoke_of: (name: string) => `Revoke the key “${name}”`,
    revoke_title: (name: string) => `Revoke “${name}”?`,
    revoke_sentence: 'Whatever comes with this key is refused from now on. That cannot be undone.',
    done: 'The key is refused from now on.',
    none: 'There are no keys yet. A shop sends its events with one.',
  },
  es: {
    title: 'Claves de API',
    open: 'Crear una clave',
    name: 'Nombre',
    id: 'Identificador',
    scope: 'Abre',
    made: 'Creada',
    state: 'Estado',
    action: 'Acción',
    events: 'Enviar eventos',
    api: 'Toda la API',
    about: {
      events:
        'Solo puede enviar eventos, así que puede estar en las páginas de una tienda, a la vista de todos.',
      api: 'Puede hacer lo mismo que alguien de marketing. Guárdela en un servidor.',
    },
    fresh: (name: string) => `La clave «${name}»`,
    told_once: 'Guárdela ahora: no se vuelve a mostrar.',
    in_use: 'En uso',
    revoked: (date: string) => `Revocada el ${date}`,
    revoke: 'Revocar',
    revoke_of: (name: string) => `Revocar la clave «${name}»`,
    revoke_title: (name: string) => `¿Revocar «${name}»?`,
    revoke_sentence: 'Todo lo que llegue con esta clave se rechazará desde ahora. No se puede deshacer.',
    done: 'La clave se rechaza desde ahora.',
    none: 'Todavía no hay claves. Una tienda envía sus eventos con una.',
  },
};

const PATH = '/v1/keys';
const SCOPES: readonly KeyScope[] = ['events', 'api'];

export function KeysTab() {
  const words = useWords(WORDS);
  const pages = usePages<Keys>(PATH);
  const [fresh, setFresh] = useState<MadeKey>();
  return (
    <Stack>
      {fresh && (
        <ToldOnce
          title={words.fresh(fresh.name)}
          about={words.told_once}
          text={fresh.key}
          close={() => setFresh(undefined)}
        />
      )}
      <MakeKey done={setFresh} />
      <Load
        of={pages}
        isEmpty={(data) => data.pages.every(({ keys }) => keys.length === 0)}
        empty={<Text c="dimmed">{words.none}</Text>}
      >
        {(data) => (
          <WideTable
            label={words.title}
            head={[words.name, words.scope, words.made, words.state, words.action]}
          >
            {data.pages
              .flatMap(({ keys }) => keys)
              .map((one) => (
                <Row key={one.id} of={one} />
              ))}
          </WideTable>
        )}
      </Load>
      <More of={pages} />
    </Stack>
  );
}

function Row({ of: { id, name, scope, created_at, revoked_at } }: { readonly of: Key }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const act = useAction(PATH);
  const confirm = useConfirm();
  const revoke = async (): Promise<void> => {
    if (await confirm(words.revoke_title(name), words.revoke_sentence, words.revoke))
      await act(() => apiSend('DELETE', `${PATH}/${encodeURIComponent(id)}`), words.done);
  };
  return (
    <Table.Tr>
      <Table.Td>
        <Text fz="sm" fw={600}>
          {name}
        </Text>
        <Text fz="xs" c="dimmed">
          {words.id}: {id}
        </Text>
      </Table.Td>
      <Table.Td>{words[scope]}</Table.Td>
      <Table.Td>{format.date(created_at)}</Table.Td>
      <Table.Td>
        <Badge variant={revoked_at === null ? 'outline' : 'default'} color="teal">
          {revoked_at === null ? words.in_use : words.revoked(format.date(revoked_at))}
        </Badge>
      </Table.Td>
      <Table.Td>
        {revoked_at === null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={words.revoke_of(name)}
            onClick={() => void revoke()}
          >
            {words.revoke}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** Shows its fields when it is asked for. */
function MakeKey({ done }: { readonly done: (made: MadeKey) => void }) {
  const words = useWords(WORDS);
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [scope, setScope] = useState<KeyScope>('events');
  if (!opened)
    return (
      <div>
        <Button onClick={() => setOpened(true)}>{words.open}</Button>
      </div>
    );
  const make = async (fields: FormData): Promise<void> => {
    const made = await apiSend<MadeKey>('POST', PATH, { name: textOf(fields, 'name'), scope });
    await queries.invalidateQueries({ queryKey: [PATH] });
    setOpened(false);
    done(made);
  };
  return (
    <Card withBorder>
      <AccountForm action={words.open} send={make}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput name="name" label={words.name} required withAsterisk={false} />
          <NativeSelect
            label={words.scope}
            value={scope}
            onChange={({ currentTarget }) => setScope(currentTarget.value as KeyScope)}
            data={SCOPES.map((value) => ({ value, label: words[value] }))}
          />
        </SimpleGrid>
        <Text fz="sm" c="dimmed">
          {words.about[scope]}
        </Text>
      </AccountForm>
    </Card>
  );
}
