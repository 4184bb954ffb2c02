import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Message' }, es: { title: 'Mensaje' } };

export default function MessagePage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
