import { Text } from '@mantine/core';
import { useWords } from '../app/words.ts';
import { LinkTo } from './link-to.tsx';
import { Page } from './page.tsx';

const WORDS = {
  en: { title: 'There is no such page', sentence: 'The link may be old.', home: 'To the journey map' },
  es: {
    title: 'Esta página no existe',
    sentence: 'El enlace puede ser antiguo.',
    home: 'Ir al mapa del recorrido',
  },
};

export function Lost() {
  const words = useWords(WORDS);
  return (
    <Page title={words.title}>
      <Text>{words.sentence}</Text>
      <LinkTo to="/">{words.home}</LinkTo>
    </Page>
  );
}
