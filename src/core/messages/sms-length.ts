/**
 * How long a text message is, as telephone networks count it: in the letters of GSM 03.38 (3GPP TS 23.038, 6.2.1)
 * where that has all of them, else in UCS-2. What does not fit into one message goes out, and is paid for, in
 * several segments, each of which loses room to the header that puts them together again (3GPP TS 23.040, 9.2.3.24).
 */
export interface SmsLength {
  readonly encoding: 'gsm' | 'ucs2';
  /** Septets in GSM, where signs of the extension table count two; UTF-16 code units in UCS-2. */
  readonly units: number;
  readonly segments: number;
  /** The signs that GSM does not have, each once, in the order in which they come. */
  readonly beyond_gsm: readonly string[];
}

export function smsLength(text: string): SmsLength {
  const signs = Array.from(text);
  const beyond_gsm = [...new Set(signs.filter((sign) => !BASIC.has(sign) && !EXTENSION.has(sign)))];
  const encoding = beyond_gsm.length === 0 ? 'gsm' : 'ucs2';
  const sizes = signs.map(encoding === 'gsm' ? septets : ({ length }) => length);
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, joined } = ROOM[encoding];
  return { encoding, units, segments: units <= alone ? 1 : segmentsOf(sizes, joined), beyond_gsm };
}

/** Units in a message that is alone, and in each of several. */
const ROOM = { gsm: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const;

const BASIC: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Sent as an escape and a second septet. */
const EXTENSION: ReadonlySet<string> = new Set('\f^{}\\[~]|€');

function septets(sign: string): number {
  return EXTENSION.has(sign) ? 2 : 1;
}

/** No sign is torn in two: neither an escape from what it escapes, nor the halves of a surrogate pair. */
function segmentsOf(sizes: readonly number[], room: number): number {
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > room) {
      segments++;
      filled = 0;
    }
    filled += size;
  }
  return segments;
}
