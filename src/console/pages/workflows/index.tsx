import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Workflows' }, es: { title: 'Flujos' } };

export default function WorkflowsPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
