/** Texts of a new project in the languages that were chosen. */
import type { Language } from './answers.ts';

export interface Both {
  readonly en: string;
  readonly es: string;
}

/** Writes a text as YAML: one quoted string, or a map of one for each language. */
export type InLanguages = (en: string, es: string) => string;

export function inLanguages(languages: readonly Language[]): InLanguages {
  return (en, es) => {
    const texts = { en, es };
    const [only, ...others] = languages;
    if (only && others.length === 0) return quoted(texts[only]);
    return `{ ${languages.map((language) => `${language}: ${quoted(texts[language])}`).join(', ')} }`;
  };
}

/** A string of JSON is one of YAML. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
