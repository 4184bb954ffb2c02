import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import type { FormProps } from './edit-fields.tsx';
import { FormWindow } from './form-window.tsx';

const WORDS = {
  en: {
    title: 'Suppress the address',
    about: 'Whoever has this address is not written to any more, now or later.',
    yes: 'Suppress',
    done: 'The address is suppressed.',
    channel: 'Address',
    email: 'E-mail',
    sms: 'Phone',
    scope: 'What is not sent',
    all: 'nothing at all',
    promotion: 'no promotions',
    reason: 'Reason',
  },
  es: {
    title: 'Suprimir la dirección',
    about: 'A quien tenga esta dirección no se le escribe más, ni ahora ni después.',
    yes: 'Suprimir',
    done: 'La dirección está suprimida.',
    channel: 'Dirección',
    email: 'Correo',
    sms: 'Teléfono',
    scope: 'Qué no se envía',
    all: 'nada en absoluto',
    promotion: 'ninguna promoción',
    reason: 'Motivo',
  },
};

export function SuppressForm({ person, close }: FormProps) {
  const words = useWords(WORDS);
  const [channel, setChannel] = useState<'email' | 'sms'>('email');
  const [scope, setScope] = useState<'all' | 'promotion'>('all');
  const [reason, setReason] = useState('');
  const send = (): Promise<unknown> =>
    apiSend('POST', `/v1/contacts/${person.id}/suppress`, {
      ...{ channel, scope },
      ...(reason.trim() !== '' && { reason }),
    });
  return (
    <FormWindow {...words} close={close} send={send}>
      <Select
        label={words.channel}
        data={(['email', 'sms'] as const).map((one) => ({ value: one, label: words[one] }))}
        value={channel}
        onChange={(value) => setChannel(value === 'sms' ? 'sms' : 'email')}
        allowDeselect={false}
      />
      <Select
        label={words.scope}
        data={(['all', 'promotion'] as const).map((one) => ({ value: one, label: words[one] }))}
        value={scope}
        onChange={(value) => setScope(value === 'promotion' ? 'promotion' : 'all')}
        allowDeselect={false}
      />
      <TextInput
        label={words.reason}
        value={reason}
        onChange={({ currentTarget: { value } }) => setReason(value)}
        maxLength={200}
      />
    </FormWindow>
  );
}
