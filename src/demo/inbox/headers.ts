/** The header block of a raw mail, read cheaply: no MIME parsing, no body touched. */
import { decodeWords } from 'postal-mime';

export interface MailHeader {
  /** The name as the sender wrote it. */
  key: string;
  /** Unfolded; encoded words (RFC 2047) are decoded by `decodeHeaders` only. */
  value: string;
}

/** A longer header block is read up to here, so that one strange mail cannot cost much. */
const MOST_HEADER_BYTES = 256 * 1024;

/** All headers in their order, values still encoded. A block without an end counts as headers alone. */
export function readHeaders(raw: Buffer): MailHeader[] {
  const block = headerBlock(raw).replace(/\r?\n[ \t]+/g, ' ');
  const headers: MailHeader[] = [];
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push({ key: line.slice(0, colon).trimEnd(), value: line.slice(colon + 1).trim() });
  }
  return headers;
}

export function decodeHeaders(headers: readonly MailHeader[]): MailHeader[] {
  return headers.map(({ key, value }) => ({ key, value: decode(value) }));
}

/** The first header of that name (given in lower case), decoded; undefined when absent or empty. */
export function headerValue(headers: readonly MailHeader[], name: string): string | undefined {
  const found = headers.find(({ key }) => key.length === name.length && key.toLowerCase() === name);
  return found && found.value !== '' ? decode(found.value) : undefined;
}

function headerBlock(raw: Buffer): string {
  const start = raw.subarray(0, MOST_HEADER_BYTES);
  const ends = [start.indexOf('\r\n\r\n'), start.indexOf('\n\n')].filter((at) => at >= 0);
  // UTF-8 because SMTPUTF8 (RFC 6532) allows it raw; for plain ASCII it is the same.
  return start.toString('utf8', 0, ends.length === 0 ? start.length : Math.min(...ends));
}

function decode(value: string): string {
  return value.includes('=?') ? decodeWords(value) : value;
}
