import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';

const WORDS = { en: { title: 'Sign in' }, es: { title: 'Iniciar sesión' } };

export default function SignInPage() {
  const words = useWords(WORDS);
  return <Page title={words.title}>{null}</Page>;
}
