import { Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Person } from '../../../api/contacts/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { useWords } from '../../app/words.ts';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Edit fields',
    about: 'What changes is kept with your name in the history. An empty text empties the field.',
    yes: 'Save',
    done: 'The fields are stored.',
    name: 'New field',
    value: 'Value',
    add: 'Add a field',
  },
  es: {
    title: 'Editar campos',
    about: 'Lo que cambia queda en la historia con su nombre. Un texto vacío vacía el campo.',
    yes: 'Guardar',
    done: 'Los campos están guardados.',
    name: 'Campo nuevo',
    value: 'Valor',
    add: 'Añadir un campo',
  },
};

export interface FormProps {
  readonly person: Person;
  readonly close: () => void;
}

type Simple = string | number | boolean | null;

export function EditFields({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const known = useVocabulary().data?.fields.filter((name) => !name.includes('.')) ?? [];
  const simple = person.fields.filter(({ value }) => typeof value !== 'object' || value === null);
  const [before] = useState(() => Object.fromEntries(simple.map(({ name, value }) => [name, textOf(value)])));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(before);
  const [added, setAdded] = useState({ name: '', value: '' });
  const all = added.name.trim() === '' ? texts : { ...texts, [added.name.trim()]: added.value };
  const changed = Object.entries(all).filter(([name, text]) => text !== (before[name] ?? ''));
  const kinds = new Map(simple.map(({ name, value }) => [name, typeof value]));
  const send = (): Promise<unknown> => {
    const fields = Object.fromEntries(changed.map(([name, text]) => [name, valueOf(text, kinds.get(name))]));
    return apiSend('PATCH', `/v1/contacts/${person.id}`, { fields });
  };
  return (
    <FormWindow {...words} isWhole={changed.length > 0} close={close} send={send}>
      <Stack gap="xs">
        {Object.entries(texts).map(([name, text]) => (
          <TextInput
            key={name}
            label={name}
            value={text}
            onChange={({ currentTarget: { value } }) => setTexts({ ...texts, [name]: value })}
          />
        ))}
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <Autocomplete
            label={words.name}
            data={known.filter((name) => texts[name] === undefined)}
            value={added.name}
            onChange={(name) => setAdded({ ...added, name })}
          />
          <TextInput
            label={words.value}
            value={added.value}
            onChange={({ currentTarget: { value } }) => setAdded({ ...added, value })}
          />
          <Button
            variant="default"
            disabled={added.name.trim() === ''}
            onClick={() => {
              setTexts(all);
              setAdded({ name: '', value: '' });
            }}
            style={{ flexShrink: 0 }}
          >
            {words.add}
          </Button>
        </Group>
      </Stack>
    </FormWindow>
  );
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** What was a number stays one, where it can. */
function valueOf(text: string, kind: string | undefined): Simple {
  if (text === '') return null;
  if (kind === 'number' && Number.isFinite(Number(text))) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
