/** Signs whole messages by DKIM (RFC 6376) with RSA and Ed25519 (RFC 8463), relaxed/relaxed. */
import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';

/** One key of the sender's domain. With one of each kind, every receiver finds one that it can check. */
export interface DkimKey {
  /** Stands in `d=`; the domain of the From address, or one above or below it, for DMARC to agree. */
  readonly domain: string;
  /** The public key is in DNS at `<selector>._domainkey.<domain>`. */
  readonly selector: string;
  /** PEM, RSA (2048 bits advised) or Ed25519. */
  readonly private_key: string;
}

/** Puts the signatures before a message of whole lines that end in CRLF. */
export type Signer = (message: Buffer) => Promise<Buffer>;

/**
 * The keys are read once; each signature is made by Node's thread pool, beside the event loop. There is neither `t=`
 * nor `x=`: a receiver whose clock is behind ours would find a signature from the future.
 *
 * @throws UserError where a key is none, too weak, or its domain or selector is not written as DNS has it.
 */
export function createSigner(keys: readonly DkimKey[]): Signer {
  const ready = keys.map(readKey);
  return async (message) => {
    if (ready.length === 0) return message;
    const { fields, body } = parted(message);
    const body_hash = createHash('sha256').update(relaxedBody(body)).digest('base64');
    const signatures = await Promise.all(ready.map((key) => signature(key, fields, body_hash)));
    return Buffer.concat([...signatures, message]);
  };
}

interface Key {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly key: KeyObject;
}

function readKey({ domain, selector, private_key }: DkimKey): Key {
  const name = `The DKIM key "${selector}" of ${domain}`;
  const ascii = domainToASCII(domain);
  if (!NAME.test(ascii) || !NAME.test(selector)) {
    throw new UserError('dkim_key', `${name} needs a domain and a selector as they stand in DNS.`);
  }
  const key = parsed(private_key, name);
  if (key.asymmetricKeyType === 'ed25519')
    return { domain: ascii, selector, algorithm: 'ed25519-sha256', key };
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  // RFC 8301, 3.2.
  if (bits < 1024) {
    throw new UserError('dkim_key', `${name} must be RSA with 2048 bits (at least 1024), or Ed25519.`);
  }
  return { domain: ascii, selector, algorithm: 'rsa-sha256', key };
}

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

function parsed(private_key: string, name: string): KeyObject {
  try {
    return createPrivateKey(private_key);
  } catch {
    throw new UserError(
      'dkim_key',
      `${name} cannot be read: give the private key as PEM, without a password.`,
    );
  }
}

interface Parted {
  /** By name in lower case, relaxed. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** In the head one character per octet, so that nothing is lost. */
function parted(message: Buffer): Parted {
  const end = message.indexOf('\r\n\r\n');
  const head = message.toString('latin1', 0, end === -1 ? message.length : end);
  const fields = head.split(/\r\n(?![ \t])/).map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).trimEnd().toLowerCase(), relaxedField(field)];
  });
  return { fields: new Map(fields), body: message.subarray(end === -1 ? message.length : end + 4) };
}

/** RFC 6376, 3.4.2. */
function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${field.slice(0, colon).trimEnd().toLowerCase()}:${value}`;
}

/**
 * RFC 6376, 3.4.4: one blank for each run of them, none at the end of a line, one line end at the end. Octet by octet,
 * because it is the whole mail, thousands of times a second.
 */
function relaxedBody(body: Buffer): Buffer {
  const relaxed = Buffer.allocUnsafe(body.length + 2);
  let end = 0;
  /** Without the empty lines that may turn out to be the last. */
  let end_of_words = 0;
  let is_blank = false;
  for (let index = 0; index < body.length; index++) {
    const octet = body[index] as number;
    if (octet === BLANK || octet === TAB) {
      is_blank = true;
      continue;
    }
    if (octet === CR && body[index + 1] === LF) {
      index++;
      relaxed[end++] = CR;
      relaxed[end++] = LF;
    } else {
      if (is_blank) relaxed[end++] = BLANK;
      relaxed[end++] = octet;
      end_of_words = end;
    }
    is_blank = false;
  }
  if (end_of_words === 0) return relaxed.subarray(0, 0);
  relaxed[end_of_words] = CR;
  relaxed[end_of_words + 1] = LF;
  return relaxed.subarray(0, end_of_words + 2);
}

const TAB = 9;
const LF = 10;
const CR = 13;
const BLANK = 32;

/** Whatever a receiver shows or acts upon; RFC 8058, 4 asks for both list fields. */
const SIGNED = [
  ...['from', 'reply-to', 'to', 'subject', 'date', 'message-id'],
  ...['mime-version', 'content-type', 'content-transfer-encoding'],
  ...['list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id'],
];

async function signature(
  { domain, selector, algorithm, key }: Key,
  fields: ReadonlyMap<string, string>,
  body_hash: string,
): Promise<Buffer> {
  const names = SIGNED.filter((name) => fields.has(name));
  // From once more than it is there: a second one put before it would break the signature (RFC 6376, 8.15).
  const rows = inRows(['from', ...names], 6).map((row) => row.join(':'));
  const field = [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    ` s=${selector}; bh=${body_hash};`,
    ` h=${rows.join(':\r\n  ')};`,
    ' b=',
  ].join('\r\n');
  const signed = [...names.map((name) => fields.get(name)), relaxedField(field)].join('\r\n');
  const bytes = await signBytes(algorithm, key, Buffer.from(signed, 'latin1'));
  const value = bytes.toString('base64').replaceAll(/.{72}(?!$)/g, '$&\r\n  ');
  return Buffer.from(`${field}${value}\r\n`, 'latin1');
}

function inRows<T>(list: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, row) =>
    list.slice(row * length, (row + 1) * length),
  );
}

const signAside = promisify(sign) as (
  algorithm: string | undefined,
  data: Buffer,
  key: KeyObject,
) => Promise<Buffer>;

/** Ed25519 signs the hash of the text (RFC 8463, 3), RSA hashes it itself. */
function signBytes(algorithm: Key['algorithm'], key: KeyObject, text: Buffer): Promise<Buffer> {
  return algorithm === 'rsa-sha256'
    ? signAside('sha256', text, key)
    : signAside(undefined, createHash('sha256').update(text).digest(), key);
}
