import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { apiSend } from '../../app/client.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Note a consent',
    about: 'Only what the person said. The proof is kept for ever.',
    yes: 'Store',
    done: 'What was said is stored.',
    channel: 'Channel',
    topic: 'Topic',
    all: 'All of the channel',
    said: 'What was said',
    given: 'yes, promotions are welcome',
    withdrawn: 'no more promotions',
    proof: 'Proof',
    proof_hint: 'Which wording they saw, or how they said it: "by phone, order 1042"',
  },
  es: {
    title: 'Anotar un permiso',
    about: 'Solo lo que dijo la persona. La prueba se guarda para siempre.',
    yes: 'Guardar',
    done: 'Lo que se dijo está guardado.',
    channel: 'Canal',
    topic: 'Tema',
    all: 'Todo el canal',
    said: 'Qué se dijo',
    given: 'sí, acepta promociones',
    withdrawn: 'no quiere más promociones',
    proof: 'Prueba',
    proof_hint: 'Qué texto vio, o cómo lo dijo: «por teléfono, pedido 1042»',
  },
};

const CHANNELS = ['email', 'sms', 'chat', 'webhook'];

export function ConsentForm({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const topics = useVocabulary().data?.topics ?? [];
  const [channel, setChannel] = useState('email');
  const [topic, setTopic] = useState<string | null>(null);
  const [granted, setGranted] = useState(true);
  const [proof, setProof] = useState('');
  const send = (): Promise<unknown> =>
    apiSend('POST', `/v1/contacts/${person.id}/consents`, {
      ...{ channel, granted },
      ...(topic !== null && { topic }),
      proof: proof.trim() === '' ? {} : { text_version: proof },
    });
  return (
    <FormWindow {...words} isWhole={!granted || proof.trim() !== ''} close={close} send={send}>
      <Select
        label={words.channel}
        data={CHANNELS}
        value={channel}
        onChange={(value) => setChannel(value ?? 'email')}
        allowDeselect={false}
      />
      <Select
        label={words.topic}
        placeholder={words.all}
        data={topics.map(({ id, title }) => ({ value: id, label: inLanguage(title, language) }))}
        value={topic}
        onChange={setTopic}
        clearable
      />
      <Select
        label={words.said}
        data={(['given', 'withdrawn'] as const).map((one) => ({ value: one, label: words[one] }))}
        value={granted ? 'given' : 'withdrawn'}
        onChange={(value) => setGranted(value === 'given')}
        allowDeselect={false}
      />
      <TextInput
        label={words.proof}
        description={words.proof_hint}
        value={proof}
        onChange={({ currentTarget: { value } }) => setProof(value)}
        required={granted}
      />
    </FormWindow>
  );
}
