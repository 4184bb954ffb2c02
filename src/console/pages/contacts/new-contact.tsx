import { Button, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { apiSend } from '../../app/client.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { WindowFoot } from '../../parts/window-foot.tsx';

const WORDS = {
  en: {
    title: 'New contact',
    email: 'E-mail address',
    first_name: 'First name',
    last_name: 'Last name',
    language: 'Language',
    user_id: 'Your id of the person',
    user_id_hint: 'As your shop calls them. May stay empty.',
    make: 'Make the contact',
  },
  es: {
    title: 'Nuevo contacto',
    email: 'Correo electrónico',
    first_name: 'Nombre',
    last_name: 'Apellidos',
    language: 'Idioma',
    user_id: 'Su identificador de la persona',
    user_id_hint: 'Como la llama su tienda. Puede quedar vacío.',
    make: 'Crear el contacto',
  },
};

const FIELDS = ['email', 'first_name', 'last_name'] as const;

export function NewContact({ close }: { readonly close: () => void }) {
  const words = useWords(WORDS);
  const navigate = useNavigate();
  const languages = useVocabulary().data?.languages ?? [];
  const [form, setForm] = useState<Readonly<Record<string, string>>>({});
  const set = (name: string, value: string): void => setForm({ ...form, [name]: value });
  const making = useMutation({
    mutationFn: () => apiSend<{ id: string }>('POST', '/v1/contacts', bodyOf(form)),
    onSuccess: ({ id }) => navigate({ to: '/contacts/$id', params: { id } }),
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <Modal opened onClose={close} title={words.title} centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {FIELDS.map((name) => (
            <TextInput
              key={name}
              label={words[name]}
              {...(name === 'email' && { type: 'email', required: true, 'data-autofocus': true })}
              value={form[name] ?? ''}
              onChange={({ currentTarget: { value } }) => set(name, value)}
            />
          ))}
          <Select
            label={words.language}
            data={languages}
            value={form.language ?? null}
            onChange={(value) => set('language', value ?? '')}
            clearable
          />
          <TextInput
            label={words.user_id}
            description={words.user_id_hint}
            value={form.user_id ?? ''}
            onChange={({ currentTarget: { value } }) => set('user_id', value)}
          />
          {making.error && <Failed error={making.error} />}
          <WindowFoot onCancel={close}>
            <Button type="submit" loading={making.isPending}>
              {words.make}
            </Button>
          </WindowFoot>
        </Stack>
      </form>
    </Modal>
  );
}

function bodyOf({ user_id, ...fields }: Readonly<Record<string, string>>): object {
  const written = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  const id = user_id?.trim() ?? '';
  return { ...(id !== '' && { user_id: id }), fields: Object.fromEntries(written) };
}
