import { Button, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Deployed, FileList } from '../../../api/project-edits/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { Load } from '../../parts/load.tsx';
import { WindowFoot } from '../../parts/window-foot.tsx';
import { BEGINNINGS, newText, type Beginning } from './new-text.ts';

const WORDS = {
  en: {
    title: 'New workflow',
    about: 'It begins as a draft: it does nothing before you write "status: live" and deploy it.',
    id: 'Name',
    idHint: 'Small letters, digits and "_", like birthday_gift',
    taken: 'There is a workflow of this name already.',
    beginning: 'Starts',
    beginnings: { birthday: 'On the birthday', event: 'When something happens', hand: 'By hand' },
    message: 'Message',
    make: 'Create the draft',
  },
  es: {
    title: 'Nuevo flujo',
    about: 'Empieza como borrador: no hace nada hasta que escriba «status: live» y lo publique.',
    id: 'Nombre',
    idHint: 'Minúsculas, cifras y «_», como regalo_cumple',
    taken: 'Ya hay un flujo con este nombre.',
    beginning: 'Empieza',
    beginnings: { birthday: 'El día del cumpleaños', event: 'Cuando ocurre algo', hand: 'A mano' },
    message: 'Mensaje',
    make: 'Crear el borrador',
  },
};

/** A draft from a small template, to be written on in the editor. */
export function NewWorkflow({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(WORDS);
  const query = useQuery({
    queryKey: ['project', 'files'],
    queryFn: () => apiGet<FileList>('/v1/project/files'),
  });
  return (
    <Modal opened onClose={onClose} title={words.title}>
      <Stack>
        <Text fz="sm">{words.about}</Text>
        <Load of={query}>{(project) => <Form project={project} onClose={onClose} />}</Load>
      </Stack>
    </Modal>
  );
}

const ID = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

function Form({ project, onClose }: { readonly project: FileList; readonly onClose: () => void }) {
  const words = useWords(WORDS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const paths = project.files.map(({ path }) => path);
  const messages = paths.flatMap((path) => /^templates\/([^/]+)\/message\.yaml$/.exec(path)?.[1] ?? []);
  const [id, setId] = useState('');
  const [beginning, setBeginning] = useState<Beginning>('birthday');
  const [message, setMessage] = useState(
    messages.find((one) => one.includes('birthday')) ?? messages[0] ?? '',
  );
  const path = `workflows/${id}.yaml`;
  const isTaken = paths.includes(path);
  const making = useMutation({
    mutationFn: () =>
      apiSend<Deployed>('POST', '/v1/project/deploy', {
        files: { [path]: newText(id, beginning, message) },
        base: project.hash,
      }),
    async onSuccess() {
      await client.invalidateQueries();
      await navigate({ to: '/workflows/$id', params: { id }, search: { tab: 'edit' } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ID.test(id) && !isTaken) making.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={words.id}
          description={words.idHint}
          required
          data-autofocus
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          error={isTaken ? words.taken : id !== '' && !ID.test(id) ? words.idHint : undefined}
        />
        <Select
          label={words.beginning}
          value={beginning}
          onChange={(value) => setBeginning(BEGINNINGS.find((one) => one === value) ?? 'birthday')}
          data={BEGINNINGS.map((value) => ({ value, label: words.beginnings[value] }))}
          allowDeselect={false}
        />
        <Select
          label={words.message}
          value={message}
          onChange={(value) => setMessage(value ?? '')}
          data={messages}
          searchable
          allowDeselect={false}
        />
        {making.error && <Failed error={making.error} />}
        <WindowFoot onCancel={onClose}>
          <Button type="submit" loading={making.isPending}>
            {words.make}
          </Button>
        </WindowFoot>
      </Stack>
    </form>
  );
}
