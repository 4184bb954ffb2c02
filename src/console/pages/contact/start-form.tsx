import { Select } from '@mantine/core';
import { useState } from 'react';
import { apiSend } from '../../app/client.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { useWords } from '../../app/words.ts';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Start a workflow',
    about: 'As if its trigger had fired now: its conditions, limits and consent still hold.',
    yes: 'Start',
    done: 'The start is stored. Whether it began, and why not, stands in what happened.',
    workflow: 'Workflow',
  },
  es: {
    title: 'Iniciar un flujo',
    about:
      'Como si su disparador hubiera saltado ahora: siguen valiendo sus condiciones, los límites y el permiso.',
    yes: 'Iniciar',
    done: 'El inicio está guardado. Si empezó, o por qué no, consta en lo que ocurrió.',
    workflow: 'Flujo',
  },
};

export function StartForm({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const live = useVocabulary().data?.workflows.filter(({ status }) => status === 'live') ?? [];
  const [workflow, setWorkflow] = useState<string | null>(null);
  return (
    <FormWindow
      {...words}
      isWhole={workflow !== null}
      close={close}
      send={() => apiSend('POST', `/v1/workflows/${workflow}/start`, { contact_id: person.id })}
    >
      <Select
        label={words.workflow}
        data={live.map(({ id }) => id)}
        value={workflow}
        onChange={setWorkflow}
        searchable
      />
    </FormWindow>
  );
}
