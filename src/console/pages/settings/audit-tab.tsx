import { Badge, Button, Code, Group, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { AuditEntry, AuditPage } from '../../../api/audit/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { usePages } from '../../app/pages.ts';
import { useFilter } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { More } from '../../parts/more.tsx';
import { WideTable } from './wide-table.tsx';

const WORDS = {
  en: {
    title: 'Audit log',
    who: 'Who',
    what: 'What',
    about: 'About',
    from: 'From',
    when: 'When',
    refused: 'Refused',
    command_line: 'The command line',
    nobody: 'Nobody who is known',
    gone: 'Removed',
    only_by: (name: string) => `Only what ${name} did`,
    only: (name: string) => `Only ${name}`,
    action: 'Method and route',
    everything: 'Everything',
    none: 'Nothing was written down that fits.',
  },
  es: {
    title: 'Registro de auditoría',
    who: 'Quién',
    what: 'Qué',
    about: 'Sobre',
    from: 'Desde',
    when: 'Cuándo',
    refused: 'Rechazado',
    command_line: 'La línea de comandos',
    nobody: 'Nadie conocido',
    gone: 'Eliminado',
    only_by: (name: string) => `Solo lo que hizo ${name}`,
    only: (name: string) => `Solo ${name}`,
    action: 'Método y ruta',
    everything: 'Todo',
    none: 'No hay nada anotado que coincida.',
  },
};

export function AuditTab() {
  const words = useWords(WORDS);
  const [{ actor, action }, filter] = useFilter();
  const pages = usePages<AuditPage>('/v1/audit', { actor, action });
  const isFiltered = actor !== undefined || action !== undefined;
  return (
    <Stack>
      <Filters key={`${actor ?? ''} ${action ?? ''}`} />
      {isFiltered && (
        <Group gap="xs">
          {actor !== undefined && <Badge variant="light">{words.only(actor)}</Badge>}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => filter({ actor: undefined, action: undefined })}
          >
            {words.everything}
          </Button>
        </Group>
      )}
      <Load
        of={pages}
        isEmpty={(data) => data.pages.every(({ entries }) => entries.length === 0)}
        empty={<Text c="dimmed">{words.none}</Text>}
      >
        {(data) => (
          <WideTable label={words.title} head={[words.when, words.who, words.what, words.about, words.from]}>
            {data.pages
              .flatMap(({ entries }) => entries)
              .map((one) => (
                <Row key={one.id} entry={one} />
              ))}
          </WideTable>
        )}
      </Load>
      <More of={pages} />
    </Stack>
  );
}

function Filters() {
  const words = useWords(WORDS);
  const [{ action = '' }, filter] = useFilter();
  const find = useDebouncedCallback((text: string) => filter({ action: text.trim() || undefined }), 600);
  return (
    <TextInput
      label={words.action}
      placeholder="DELETE /v1/contacts/:id"
      defaultValue={action}
      onChange={({ currentTarget }) => find(currentTarget.value)}
      maw={420}
    />
  );
}

function Row({
  entry: { at, actor, actor_name, action, subject, detail, ip },
}: {
  readonly entry: AuditEntry;
}) {
  const words = useWords(WORDS);
  const format = useFormat();
  const [, filter] = useFilter();
  const name = actor_name ?? NAMED[actor]?.(words) ?? words.gone;
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.moment(at)}</Table.Td>
      <Table.Td>
        <UnstyledButton
          fz="sm"
          td="underline"
          aria-label={words.only_by(name)}
          onClick={() => filter({ actor })}
        >
          {name}
        </UnstyledButton>
      </Table.Td>
      <Table.Td>
        <Code>{action}</Code>{' '}
        {detail['refused'] === true && (
          <Badge color="red" variant="outline">
            {words.refused}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        <Text fz="xs" style={{ wordBreak: 'break-all' }}>
          {subject ?? '–'}
        </Text>
      </Table.Td>
      <Table.Td>{ip ?? '–'}</Table.Td>
    </Table.Tr>
  );
}

type Words = typeof WORDS.en;

const NAMED: Readonly<Record<string, (words: Pick<Words, 'command_line' | 'nobody'>) => string>> = {
  'command line': ({ command_line }) => command_line,
  nobody: ({ nobody }) => nobody,
};
