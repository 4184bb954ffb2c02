import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Messages' }, es: { title: 'Mensajes' } };

export default function MessagesPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
