import { Badge } from '@mantine/core';
import type { Message } from '../../api/messages/shapes.ts';
import { useWords } from '../app/words.ts';

const WORDS = {
  en: {
    owed: 'Waits to leave',
    claimed: 'Is leaving',
    handing_over: 'Is leaving',
    sent: 'Sent',
    deferred: 'Tried again later',
    refused: 'Refused',
    suppressed: 'Held back',
    uncertain: 'Uncertain',
  },
  es: {
    owed: 'Espera para salir',
    claimed: 'Está saliendo',
    handing_over: 'Está saliendo',
    sent: 'Enviado',
    deferred: 'Se reintentará',
    refused: 'Rechazado',
    suppressed: 'Retenido',
    uncertain: 'Incierto',
  },
};

type MessageState = Message['state'];

const COLORS: Readonly<Record<MessageState, string>> = {
  owed: 'gray',
  claimed: 'gray',
  handing_over: 'gray',
  sent: 'teal',
  deferred: 'yellow',
  refused: 'red',
  suppressed: 'gray',
  uncertain: 'orange',
};

/** What became of a message; the word says it, the colour only helps. */
export function MessageStateBadge({ state }: { readonly state: MessageState }) {
  const words = useWords(WORDS);
  return (
    <Badge variant="dot" color={COLORS[state]} tt="none" fw={500}>
      {words[state]}
    </Badge>
  );
}
