/** Hostile text from outside, made fit for a line in a log or a table: no control characters, at most 500 characters. */
export function oneLine(text: string, most = 500): string {
  const line = text
    .slice(0, most * 8)
    .replace(UNSEEN, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  // Half of a surrogate pair would be no text.
  return line.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

/** White space, control characters, and those that turn the direction of text or are not seen. */
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
