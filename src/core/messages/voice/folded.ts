/**
 * In lower case and without accents, letter by letter, so that offsets stay: "Última" → "ultima". The tilde of ñ is no
 * accent: "año" and "ano" are two words. Typographic apostrophes become plain ones.
 */
export function folded(text: string): string {
  return text.replace(/[\p{L}\p{M}’]/gu, foldLetter);
}

function foldLetter(letter: string): string {
  if (letter === '’') return "'";
  const bare = letter
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?!\u0303)\p{M}/gu, '')
    .normalize('NFC');
  return bare.length === letter.length ? bare : letter;
}
