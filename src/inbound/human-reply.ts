/** What a person wrote, without what the mail program put below it. */

const LONGEST = 10_000;
const MOST_LINES = 2_000;

export function ownWords(text: string): string {
  const lines = text.slice(0, LONGEST * 8).split('\n', MOST_LINES);
  const end = lines.findIndex((line, index) => isQuoteStart(line, lines[index + 1] ?? ''));
  return (end === -1 ? lines : lines.slice(0, end))
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(HIDDEN, '')
    .trim()
    .slice(0, LONGEST);
}

/** Control characters but line breaks and tabs. */
const HIDDEN = /(?![\n\t])\p{Cc}/gu;

/** The line with which mail programs in English and Spanish begin what is quoted; also broken over two lines. */
function isQuoteStart(line: string, next: string): boolean {
  if (line.length > 500) return false;
  if (SEPARATOR.test(line)) return true;
  if (/^_{10,}\s*$/.test(line)) return HEADER_LINE.test(next);
  if (/^\s{0,9}\*?(?:from|de):/i.test(line))
    return HEADER_LINE.test(next) && !/^\s{0,9}\*?(?:from|de):/i.test(next);
  return (
    ATTRIBUTION.test(line) ||
    (/^(?:on|el|le) /i.test(line) && ATTRIBUTION.test(`${line} ${next.slice(0, 300)}`))
  );
}

const SEPARATOR =
  /^\s{0,9}-{2,}\s{0,9}(?:original message|forwarded message|mensaje original|mensaje reenviado)|^begin forwarded message:|^-- ?$/i;
const HEADER_LINE = /^\s{0,9}\*?(?:from|de|sent|enviado(?: el)?|date|fecha|to|para|subject|asunto):/i;
const ATTRIBUTION = /^(?:on|el|le) .{6,400} (?:wrote|escribi[oó]|a écrit)\s?:\s*$/i;
