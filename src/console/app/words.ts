import { createContext, use } from 'react';

export type Language = 'en' | 'es';

/** The same keys: texts are texts, and functions take the same and answer the same. */
type Alike<W> = {
  readonly [K in keyof W]: W[K] extends string
    ? string
    : W[K] extends (...given: never[]) => unknown
      ? W[K]
      : Alike<W[K]>;
};

interface Spoken {
  readonly language: Language;
  readonly speak: (language: Language) => void;
}

export const SpokenContext = createContext<Spoken>({ language: 'en', speak: () => undefined });

export function useLanguage(): Language {
  return use(SpokenContext).language;
}

/** Changes the language of the console, and remembers it in this browser. */
export function useSpeak(): (language: Language) => void {
  return use(SpokenContext).speak;
}

/** The words that stand beside a page, in the language of the reader. */
export function useWords<W extends object>(words: {
  readonly en: W;
  readonly es: Alike<NoInfer<W>>;
}): Alike<W> {
  return useLanguage() === 'es' ? words.es : (words.en as Alike<W>);
}

export function inLanguage(text: { readonly en: string; readonly es: string }, language: Language): string {
  return text[language] || text.en;
}
