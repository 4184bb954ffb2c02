/** Words that the project never says: whole words, in any case and with or without accents. */
import { folded } from './folded.ts';
import { PARTS, type VoiceFinding, type VoiceLint } from './said.ts';

export const neverSay: VoiceLint = (said, { never_say }) =>
  never_say.flatMap((forbidden) => {
    const pattern = patternOf(forbidden);
    return PARTS.flatMap((part): VoiceFinding[] => {
      const text = said.words[part];
      return [...folded(text).matchAll(pattern)].map((match) => {
        const quote = text.slice(match.index, match.index + match[0].length);
        const message = `"${quote}" is a word that tone.yaml never says; say it in another way`;
        return { part, at: match.index, quote, message };
      });
    });
  });

function patternOf(forbidden: string): RegExp {
  const words = folded(forbidden.normalize('NFC'))
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])${words.join('\\s+')}(?![\\p{L}\\p{N}])`, 'gu');
}
