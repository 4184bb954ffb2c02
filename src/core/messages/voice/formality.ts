/**
 * Spanish speaks to somebody as `tú` or as `usted`, and a message that does both sounds as if two people had written it.
 * Found by words and endings that cannot be meant for anybody else; where a form may as well speak of a third person
 * ("su equipo", "responde una persona") it is let pass.
 */
import { TU, USTED, type Sign } from './formality-words.ts';
import { PARTS, type VoiceFinding, type VoiceLint } from './said.ts';

export const formalityAgreement: VoiceLint = (said, _rules) => {
  if (said.language !== 'es') return [];
  if (said.formality === 'usted') return findingsOf(said.words, TU, 'tú', 'usted');
  return said.formality === 'tu' ? findingsOf(said.words, USTED, 'usted', 'tú') : [];
};

function findingsOf(
  words: Readonly<Record<(typeof PARTS)[number], string>>,
  signs: readonly Sign[],
  said: string,
  wanted: string,
): VoiceFinding[] {
  return PARTS.flatMap((part) => {
    const found = signs.flatMap(({ pattern, not }) =>
      [...words[part].matchAll(pattern)]
        .filter(({ 0: quote }) => !not?.has(quote.toLowerCase()))
        .map(({ 0: quote, index }) => ({ part, at: index, quote, message: messageOf(quote, said, wanted) })),
    );
    return firstAtEachPlace(found);
  });
}

function messageOf(quote: string, said: string, wanted: string): string {
  return `"${quote}" speaks to a "${said}", and here people are addressed as "${wanted}"; change it, or choose between both with {{#formal}}`;
}

function firstAtEachPlace(found: readonly VoiceFinding[]): VoiceFinding[] {
  const places = new Map(found.map((finding) => [finding.at, finding]));
  return [...places.values()].sort((a, b) => a.at - b.at);
}
