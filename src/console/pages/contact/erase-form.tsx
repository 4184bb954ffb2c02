import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Erase this person',
    about:
      'Everything that is kept of the person is deleted, and the address is never written to again. It cannot be undone. Export it first if the person asked for that as well.',
    yes: 'Erase for ever',
    done: 'The person is erased.',
    type: (word: string) => `Type ${word} to confirm`,
  },
  es: {
    title: 'Borrar a esta persona',
    about:
      'Se elimina todo lo que se guarda de la persona y no se vuelve a escribir a su dirección. No se puede deshacer. Expórtelo antes si la persona también lo pidió.',
    yes: 'Borrar para siempre',
    done: 'La persona está borrada.',
    type: (word: string) => `Escriba ${word} para confirmar`,
  },
};

/** Its address, or its id where it has none, has to be typed. */
export function EraseForm({ person, close }: FormProps) {
  const { type, ...words } = useWords(WORDS);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const wanted = person.email ?? person.id;
  const leave = (): void => {
    queries.removeQueries({ queryKey: ['contact', person.id] });
    void navigate({ to: '/contacts' });
  };
  return (
    <FormWindow
      {...words}
      isWhole={typed.trim() === wanted}
      isDanger
      close={close}
      send={() => apiSend('DELETE', `/v1/contacts/${person.id}`)}
      after={leave}
    >
      <TextInput
        label={type(wanted)}
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
        autoComplete="off"
        data-autofocus
      />
    </FormWindow>
  );
}
