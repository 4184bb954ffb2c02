/** A language that the pages speak. */
export type Language = 'en' | 'es';

/** A phrase of ours in both. */
export interface Both {
  readonly en: string;
  readonly es: string;
}

type Text = string | { readonly en?: string | undefined; readonly es?: string | undefined };

/** A text of the project in this language, else in the other one. */
export function inLanguage(text: Text | undefined, language: Language): string | undefined {
  if (text === undefined || typeof text === 'string') return text;
  return text[language] ?? text.en ?? text.es;
}
