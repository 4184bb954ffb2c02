import { inLanguage, useLanguage } from '../app/words.ts';

/** A reason, or any other text that comes in both languages. */
export function ReasonText({ of }: { readonly of: { readonly en: string; readonly es: string } }) {
  return inLanguage(of, useLanguage());
}
