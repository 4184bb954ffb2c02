import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactPage } from '../../../api/contacts/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Merge into another contact',
    about: 'They turned out to be one person: the history of both becomes one. It cannot be undone.',
    yes: 'Merge',
    done: 'They are being merged.',
    into: 'The contact that stays',
    into_hint: 'Beginning of an e-mail address, a name or an id',
    nobody: 'Nobody begins like this.',
  },
  es: {
    title: 'Fusionar con otro contacto',
    about: 'Resultaron ser una sola persona: la historia de ambos será una. No se puede deshacer.',
    yes: 'Fusionar',
    done: 'Se están fusionando.',
    into: 'El contacto que queda',
    into_hint: 'Comienzo de un correo, un nombre o un identificador',
    nobody: 'Nadie empieza así.',
  },
};

export function MergeForm({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const [into, setInto] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ['contacts', 'to-merge', search],
    queryFn: () => apiGet<ContactPage>('/v1/contacts', { search, limit: 20 }),
    enabled: search.length > 1,
  });
  const others = (found.data?.contacts ?? []).filter(({ id }) => id !== person.id);
  return (
    <FormWindow
      {...words}
      isWhole={into !== null}
      isDanger
      close={close}
      send={() => apiSend('POST', `/v1/contacts/${person.id}/merge`, { into })}
      after={() => void navigate({ to: '/contacts/$id', params: { id: into ?? person.id } })}
    >
      <Select
        label={words.into}
        description={words.into_hint}
        data={others.map(({ id, name, email }) => ({
          value: id,
          label: [name, email].filter(Boolean).join(' · ') || id,
        }))}
        value={into}
        onChange={setInto}
        searchable
        searchValue={text}
        onSearchChange={setText}
        // The server has looked already.
        filter={({ options }) => options}
        nothingFoundMessage={search.length > 1 ? <Text fz="sm">{words.nobody}</Text> : undefined}
      />
      {found.error && <Failed error={found.error} />}
    </FormWindow>
  );
}
