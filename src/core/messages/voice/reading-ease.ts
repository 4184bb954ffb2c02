/** How easily the body is read, where the project asks for that in its language. */
import { sentencesOf, wordsOf } from './sentences.ts';
import { inEnglish, inSpanish } from './syllables.ts';
import type { VoiceLint } from './said.ts';

export const readingEase: VoiceLint = ({ language, words }, { reading_ease_at_least }) => {
  const least = reading_ease_at_least[language];
  const ease = easeOf(words.body, language);
  if (least === undefined || ease === undefined || ease >= least) return [];
  const message = `the words score ${Math.round(ease)} for reading ease, and tone.yaml asks for at least ${least}; write shorter sentences and plainer words`;
  return [{ part: 'body', at: 0, quote: '', message }];
};

/** Of fewer words nothing can be said. */
const ENOUGH_WORDS = 30;

/**
 * From about 0 (a law) to about 100 (a fairy tale); undefined for other languages, and for too few words.
 *
 * English: Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948):
 * 206.835 − 1.015 × words per sentence − 84.6 × syllables per word.
 * Spanish: Fernández-Huerta, "Medidas sencillas de lecturabilidad", Consigna 214 (1959):
 * 206.84 − 0.60 × syllables per 100 words − 1.02 × words per sentence.
 */
export function easeOf(text: string, language: string): number | undefined {
  const formula = Object.hasOwn(FORMULAS, language) ? FORMULAS[language] : undefined;
  const sentences = sentencesOf(text).map((sentence) => wordsOf(sentence.text).filter(isRead));
  const words = sentences.flat();
  if (!formula || words.length < ENOUGH_WORDS) return undefined;
  const syllables = words.reduce((sum, word) => sum + formula.syllables(word), 0);
  const per_sentence = words.length / sentences.filter((sentence) => sentence.length > 0).length;
  return formula.ease(per_sentence, syllables / words.length);
}

interface Formula {
  syllables(word: string): number;
  ease(words_per_sentence: number, syllables_per_word: number): number;
}

const FORMULAS: Readonly<Record<string, Formula>> = {
  en: { syllables: inEnglish, ease: (words, syllables) => 206.835 - 1.015 * words - 84.6 * syllables },
  es: { syllables: inSpanish, ease: (words, syllables) => 206.84 - 60 * syllables - 1.02 * words },
};

/** Numbers have no letters to count syllables by. */
function isRead(word: string): boolean {
  return /\p{L}/u.test(word);
}
