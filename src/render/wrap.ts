/**
 * Finishes a text part: lines of at most 78 characters (RFC 5322, 2.1.1), at most one empty line in a row, no spaces at
 * line ends, no brackets left behind by a link that led nowhere.
 */
export function wrapText(text: string): string {
  const lines = text
    .replace(/ ?<>/g, '')
    .split('\n')
    .map((line) => (line.length > COLUMNS ? wrapLine(line) : line.trimEnd()));
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const COLUMNS = 78;

/** A word that is longer than a line (a link) stays whole. */
function wrapLine(line: string): string {
  let out = '';
  let width = 0;
  for (const word of line.split(/[ \t]+/)) {
    const fits = width > 0 && width + 1 + word.length <= COLUMNS;
    out += fits ? ` ${word}` : out === '' ? word : `\n${word}`;
    width = fits ? width + 1 + word.length : word.length;
  }
  return out;
}
