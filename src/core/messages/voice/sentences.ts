/** Splits plain text into sentences, and those into words. */

export interface Sentence {
  /** Offset in the text. */
  readonly at: number;
  readonly text: string;
}

/**
 * A sentence ends with its line, or at `.`, `!`, `?` or `…` and the quotes behind it, where a space follows: "33.90" and
 * "lumbre.example" go on.
 */
export function sentencesOf(text: string): Sentence[] {
  return [...text.matchAll(SENTENCE)].flatMap((match) => {
    const lead = match[0].length - match[0].trimStart().length;
    const words = match[0].trim();
    return words === '' ? [] : [{ at: match.index + lead, text: words }];
  });
}

const SENTENCE = /[^\n]+?(?:[.!?…]+["'”’»)\]]*(?=\s|$)|(?=\n|$))/g;

/** Numbers are words: people read them aloud. A hyphen or an apostrophe joins two words into one. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

const WORD = /[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*/gu;
