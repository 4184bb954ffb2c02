import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Calendar' }, es: { title: 'Calendario' } };

export default function CalendarPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
