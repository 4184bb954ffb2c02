import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Journey map' }, es: { title: 'Mapa del recorrido' } };

export default function MapPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
