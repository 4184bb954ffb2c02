import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Workflow' }, es: { title: 'Flujo' } };

export default function WorkflowPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
