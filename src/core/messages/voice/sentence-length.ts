/** Sentences that nobody reads to their end. */
import { PARTS, type VoiceLint } from './said.ts';
import { sentencesOf, wordsOf } from './sentences.ts';

export const sentenceLength: VoiceLint = (said, { max_words_per_sentence: most }) => {
  if (most === null) return [];
  return PARTS.flatMap((part) =>
    sentencesOf(said.words[part]).flatMap(({ at, text }) => {
      const count = wordsOf(text).length;
      if (count <= most) return [];
      const message = `a sentence has ${count} words, and at most ${most} are allowed; make two of it`;
      return [{ part, at, quote: beginningOf(text), message: `${message}: "${beginningOf(text)} …"` }];
    }),
  );
};

const SHOWN = 5;

function beginningOf(sentence: string): string {
  return new RegExp(`^(?:\\S+\\s+){${SHOWN - 1}}\\S+`).exec(sentence)?.[0] ?? sentence;
}
