/**
 * Quoted-printable (RFC 2045, 6.7): text of any letters in lines of at most 76 octets of ASCII. Octet by octet into one
 * buffer, because a mail is 20 kB and there are thousands of them a second; mail libraries build strings.
 *
 * @returns UTF-8 in lines that end in CRLF, but for the last.
 */
export function quotedPrintable(text: string): Buffer {
  const given = Buffer.from(text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text, 'utf8');
  // An octet takes three at most, and there is one soft end of three in 75.
  const encoded = Buffer.allocUnsafe(given.length * 4 + 4);
  let end = 0;
  let column = 0;
  for (let index = 0; index < given.length; index++) {
    const octet = given[index] as number;
    // Nearly all there is.
    if (PLAIN[octet] === 1 && column < LONGEST - 1) {
      encoded[end++] = octet;
      column++;
      continue;
    }
    if (octet === LF) {
      encoded[end++] = CR;
      encoded[end++] = LF;
      column = 0;
      continue;
    }
    const is_last = index + 1 === given.length || given[index + 1] === LF;
    const is_plain = PLAIN[octet] === 1 || (isBlank(octet) && !is_last);
    const takes = is_plain ? 1 : 3;
    if (column + takes > (is_last ? LONGEST : LONGEST - 1)) {
      encoded[end++] = EQUALS;
      encoded[end++] = CR;
      encoded[end++] = LF;
      column = 0;
    }
    if (is_plain) encoded[end++] = octet;
    else {
      encoded[end++] = EQUALS;
      encoded[end++] = HEX[octet >> 4] as number;
      encoded[end++] = HEX[octet & 15] as number;
    }
    column += takes;
  }
  return encoded.subarray(0, end);
}

const LONGEST = 76;
const CR = 13;
const LF = 10;
const EQUALS = 61;
const HEX = Buffer.from('0123456789ABCDEF');
/** 1 for what stands for itself wherever it stands: from ! to ~ but for the equals sign. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, octet) =>
  Number(octet > 32 && octet < 127 && octet !== EQUALS),
);

/** Blanks at the end of a line are lost on the way (RFC 2045, 6.7, rule 3). */
function isBlank(octet: number): boolean {
  return octet === 32 || octet === 9;
}
