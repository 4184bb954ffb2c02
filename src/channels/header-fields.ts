/** The fields of a message as they go over the wire: folded and encoded by the mail library, but for what needs neither. */
import { LRUCache } from 'lru-cache';
import MimeNode from 'nodemailer/lib/mime-node';

/** As the library takes it; `prepared` goes out as it is. */
export type Field = string | Address | { readonly prepared: true; readonly value: string };

interface Address {
  readonly name: string;
  readonly address: string;
}

/** In the order in which they are given, each in lines that end in CRLF. */
export function headerFields(fields: Readonly<Record<string, Field>>): string {
  return Object.entries(fields)
    .map(([name, value]) => plain(name, value) ?? made(name, value))
    .join('');
}

/** RFC 5322, 2.1.1. */
const COLUMNS = 76;

/** Of its own for each message, and in ASCII without blanks: as it is where it fits a line. */
function plain(name: string, value: Field): string | undefined {
  if (typeof value === 'object' && 'prepared' in value) return `${name}: ${value.value}\r\n`;
  const word =
    typeof value === 'string' ? WORDS.get(name)?.exec(value) : name === 'To' && SOLE.exec(value.address);
  return word && name.length + word[0].length + 2 <= COLUMNS ? `${name}: ${word[0]}\r\n` : undefined;
}

const WORDS: ReadonlyMap<string, RegExp> = new Map([
  ['Date', /^[A-Za-z0-9 ,:+-]+$/],
  ['Message-ID', /^<[A-Za-z0-9.@-]+>$/],
  ['X-Etapa-Message', /^[a-f0-9-]+$/],
]);
const SOLE = /^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/;

/** Only the head of a whole message gets the fields that every message must have. */
const WHOLE = new MimeNode();

/** Most are the same in thousands of messages. */
const known = new LRUCache<string, string>({ max: 1000 });

function made(name: string, value: Field): string {
  const key = `${name}:${JSON.stringify(value)}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const node = new MimeNode(undefined, { rootNode: WHOLE }).setHeader([{ key: name, value }]);
  const built = node.buildHeaders();
  const field = built === '' ? '' : `${built}\r\n`;
  known.set(key, field);
  return field;
}
