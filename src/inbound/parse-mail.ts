/** From raw bytes to headers, text and parts, with a cap on everything. */
import PostalMime from 'postal-mime';
import type { Attachment, Email } from 'postal-mime';
import { firstAddress } from './mail-address.ts';

/** What follows is not looked at: a report says what it has to say at its beginning. */
const MOST_BYTES = 1024 * 1024;
/** The parser takes some 50 microseconds for each line, however short. */
const MOST_LINES = 5_000;
const MOST_HEADER_BYTES = 256 * 1024;
/** Parts within parts. */
const DEEPEST = 10;
const LONGEST_TEXT = 256 * 1024;

export interface ParsedMail {
  /** The first header of that lower-case name; empty where there is none. */
  header(name: string): string;
  /** All headers of that name. */
  headers(name: string): string[];
  /** Whether there is any header at all. */
  readonly isMail: boolean;
  /** Sent by nobody: the null return path, to which no answer may go (RFC 5321, 4.5.5). */
  readonly isFromNobody: boolean;
  /** The author's address, in lower case. */
  readonly from: string;
  readonly from_name: string;
  readonly subject: string;
  readonly text: string;
  /** All parts but the text, in their order. */
  readonly parts: readonly MailPart[];
}

export interface MailPart {
  /** Lower case. */
  readonly type: string;
  readonly text: string;
}

/** Rejects where the structure is past reading: too deep, or too much header. */
export async function parseMail(raw: Uint8Array, envelope_from?: string): Promise<ParsedMail> {
  const bytes = normalised(raw);
  const email = await PostalMime.parse(bytes, {
    forceRfc822Attachments: true,
    maxNestingDepth: DEEPEST,
    maxHeadersSize: MOST_HEADER_BYTES,
  });
  const headers = (name: string): string[] =>
    email.headers.filter(({ key }) => key === name).map(({ value }) => value);
  return {
    headers,
    header: (name) => headers(name)[0] ?? '',
    isMail: email.headers.length > 0,
    isFromNobody: envelope_from === '' || headers('return-path')[0]?.trim() === '<>',
    from: (email.from?.address ?? firstAddress(headers('from')[0] ?? '')).toLowerCase().slice(0, 320),
    from_name: (email.from?.name ?? '').slice(0, 200),
    subject: (email.subject ?? '').slice(0, 998),
    text: textOf(email, bytes).slice(0, LONGEST_TEXT),
    parts: email.attachments.slice(0, 100).map(toPart),
  };
}

/** LF alone between lines, whatever was sent (CR LF, lone CR, CR CR LF), and no line of an mbox before the header. */
function normalised(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MOST_BYTES));
  const text = bytes
    .toString('latin1')
    .replace(/\r{0,2}\n|\r/g, '\n')
    .replace(/^\n{1,1000}/, '')
    .replace(/^>?From [^\n]*\n/, '')
    .split('\n', MOST_LINES)
    .join('\n');
  return Buffer.from(text, 'latin1');
}

/** Where boundaries do not fit and so no part was found, all that stands below the header. */
function textOf({ text = '', html = '', attachments }: Email, bytes: Buffer): string {
  if (text.trim() !== '') return text.replace(/\r\n?/g, '\n');
  if (html.trim() !== '' || attachments.length > 0) return withoutTags(html);
  const end = bytes.indexOf('\n\n');
  return end === -1 ? '' : bytes.toString('utf8', end + 2, end + 2 + LONGEST_TEXT);
}

/** Good enough to look for words in: nothing of it is ever shown as a page. */
function withoutTags(html: string): string {
  return html
    .slice(0, LONGEST_TEXT)
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]{0,500}>/gi, '\n')
    .replace(/<[^<>]{0,2000}>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&');
}

function toPart({ mimeType, content }: Attachment): MailPart {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  return { type: mimeType.toLowerCase(), text: text.slice(0, LONGEST_TEXT).replace(/\r\n?/g, '\n') };
}
