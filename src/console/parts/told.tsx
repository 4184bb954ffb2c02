import { Affix, Notification, Stack } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useWords } from '../app/words.ts';
import { Icon } from './icon.tsx';
import { currentTellings, forget, listenToTellings, type Telling } from './tell.ts';

const WORDS = {
  en: { region: 'What happened' },
  es: { region: 'Lo que ha pasado' },
};

/** Where `tell` speaks. It is always there, so that screen readers hear what is put into it. */
export function Told() {
  const words = useWords(WORDS);
  const tellings = useSyncExternalStore(listenToTellings, currentTellings);
  return (
    <Affix position={{ bottom: 16, right: 16 }} className="not-printed" zIndex={600}>
      <Stack
        gap="xs"
        w={{ base: 'calc(100vw - 32px)', xs: 380 }}
        role="log"
        aria-live="polite"
        aria-label={words.region}
      >
        {tellings.map((one) => (
          <One key={one.id} {...one} />
        ))}
      </Stack>
    </Affix>
  );
}

function One({ id, kind, text }: Telling) {
  const failed = kind === 'failed';
  return (
    <Notification
      withBorder
      role={failed ? 'alert' : undefined}
      color={failed ? 'red' : 'teal'}
      icon={<Icon name={failed ? 'warning' : 'check'} />}
      onClose={() => forget(id)}
    >
      {text}
    </Notification>
  );
}
