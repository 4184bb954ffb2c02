import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Contacts' }, es: { title: 'Contactos' } };

export default function ContactsPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
