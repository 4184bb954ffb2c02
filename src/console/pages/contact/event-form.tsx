import { Autocomplete, Textarea } from '@mantine/core';
import { useState } from 'react';
import { apiSend } from '../../app/client.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { useWords } from '../../app/words.ts';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Tell an event',
    about: 'It counts as if the shop had told it: it may move the stage and start workflows.',
    yes: 'Store',
    done: 'The event is stored.',
    event: 'Event',
    properties: 'Properties, as JSON',
    no_json: 'This is no JSON object, like {"order_id": "1042"}',
  },
  es: {
    title: 'Anotar un evento',
    about: 'Cuenta como si lo hubiera contado la tienda: puede mover la etapa e iniciar flujos.',
    yes: 'Guardar',
    done: 'El evento está guardado.',
    event: 'Evento',
    properties: 'Propiedades, en JSON',
    no_json: 'Esto no es un objeto JSON, como {"order_id": "1042"}',
  },
};

export function EventForm({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const events = useVocabulary().data?.events ?? [];
  const [event, setEvent] = useState('');
  const [text, setText] = useState('');
  const properties = text.trim() === '' ? {} : objectIn(text);
  return (
    <FormWindow
      {...words}
      isWhole={event.trim() !== '' && properties !== undefined}
      close={close}
      send={() => apiSend('POST', `/v1/contacts/${person.id}/events`, { event, properties })}
    >
      <Autocomplete label={words.event} data={events} value={event} onChange={setEvent} required />
      <Textarea
        label={words.properties}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
        error={properties === undefined && words.no_json}
        autosize
        minRows={3}
        ff="monospace"
      />
    </FormWindow>
  );
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
