import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Settings' }, es: { title: 'Ajustes' } };

export default function SettingsPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
