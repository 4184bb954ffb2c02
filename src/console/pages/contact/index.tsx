import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Contact' }, es: { title: 'Contacto' } };

export default function ContactPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
