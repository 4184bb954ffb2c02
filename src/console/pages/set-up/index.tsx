import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Set up' }, es: { title: 'Configuración inicial' } };

export default function SetUpPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
