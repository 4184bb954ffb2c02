/** The key that receivers check signatures with: DKIM, RFC 6376 and, for Ed25519, RFC 8463. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { tagsOf } from './lookup.ts';

export type DkimRecord =
  | {
      readonly kind: 'key';
      readonly key: KeyObject;
      readonly bits: number;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads what stands at `<selector>._domainkey.<domain>`. */
export function readDkimRecord(record: string): DkimRecord {
  const tags = tagsOf(record);
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v'))
    return { kind: 'broken', why: 'it must begin with "v=DKIM1"' };
  const text = tags.get('p')?.replace(/\s/g, '');
  if (text === undefined) return { kind: 'broken', why: 'it has no key (p=)' };
  if (text === '') return { kind: 'revoked' };
  const type = (tags.get('k') ?? 'rsa').toLowerCase();
  const key = readPublicKey(type, text);
  if (key === undefined) return { kind: 'broken', why: `its key cannot be read as ${type}` };
  return { kind: 'key', key, bits: key.asymmetricKeyDetails?.modulusLength ?? 256, notes: notesOn(tags) };
}

/** What keeps a sound key from being used (RFC 6376, 3.6.1). */
function notesOn(tags: ReadonlyMap<string, string>): string[] {
  const list = (name: string): string[] => (tags.get(name) ?? '').split(':').map((one) => one.trim());
  const notes: string[] = [];
  if (tags.has('h') && !list('h').includes('sha256')) notes.push('h= does not allow sha256');
  if (tags.has('s') && !list('s').some((one) => one === '*' || one === 'email'))
    notes.push('s= does not allow e-mail');
  if (list('t').includes('y')) notes.push('t=y tells receivers that it is only being tried');
  return notes;
}

function readPublicKey(type: string, text: string): KeyObject | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (type === 'ed25519') return bytes.length === 32 ? fromDer(Buffer.concat([ED25519, bytes])) : undefined;
  if (type !== 'rsa') return undefined;
  const key = fromDer(bytes) ?? fromDer(bytes, 'pkcs1');
  return key?.asymmetricKeyType === 'rsa' ? key : undefined;
}

/** What SubjectPublicKeyInfo has before the 32 octets of an Ed25519 key (RFC 8410). */
const ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

function fromDer(key: Buffer, type: 'spki' | 'pkcs1' = 'spki'): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'der', type });
  } catch {
    return undefined;
  }
}

/** The public half of a private key in PEM; undefined where it is none that can sign mail. */
export function publicHalf(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(createPrivateKey(pem));
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The record that publishes this key. */
export function dkimRecordFor(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' });
  const is_rsa = key.asymmetricKeyType === 'rsa';
  const bytes = is_rsa ? der : der.subarray(ED25519.length);
  return `v=DKIM1; k=${is_rsa ? 'rsa' : 'ed25519'}; p=${bytes.toString('base64')}`;
}
