import type { KeyObject } from 'node:crypto';
import { sayAs, type Finding } from '../check.ts';
import type { SigningKey } from '../identity.ts';
import { dkimRecordFor, publicHalf, readDkimRecord, type DkimRecord } from '../../../dns/dkim.ts';
import type { Lookup } from '../../../dns/lookup.ts';
import type { Place } from './place.ts';

const say = sayAs('dns');

export async function checkDkim({ lookup, around }: Place): Promise<Finding[]> {
  const { keys } = around.identity;
  if (keys.length === 0) return [NO_KEY];
  return (await Promise.all(keys.map((key) => checkKey(lookup, key)))).flat();
}

const NO_KEY = say.notAsked(
  'The DKIM key is not known here',
  'Etapa does not sign; where a provider does, it tells the selector of its key.',
  'Run it with "--selector <name>", or let Etapa sign: DKIM_DOMAIN, DKIM_SELECTOR and DKIM_PRIVATE_KEY.',
);

async function checkKey(lookup: Lookup, { domain, selector, private_key }: SigningKey): Promise<Finding[]> {
  const ours = publishedBy(private_key);
  if (ours !== undefined && 'state' in ours) return [ours];
  const name = `${selector}._domainkey.${domain}`;
  const records = await lookup.txt(name);
  const [record] = records;
  if (record === undefined) return [missing(name, ours)];
  if (records.length > 1) return [several(name, records.length)];
  return judge(name, readDkimRecord(record), ours);
}

/** The public half of a private key, or what is wrong with the file. */
function publishedBy(file: SigningKey['private_key']): KeyObject | Finding | undefined {
  if (file === undefined) return undefined;
  const mend = 'Set DKIM_PRIVATE_KEY to the path of a PEM file with an RSA or Ed25519 private key.';
  if ('problem' in file) return say.bad(`The private key in ${file.path} cannot be read`, file.problem, mend);
  return publicHalf(file.pem) ?? say.bad(`${file.path} holds no private key that can sign mail`, '', mend);
}

function missing(name: string, ours: KeyObject | undefined): Finding {
  const record = ours ? `"${dkimRecordFor(ours)}"` : 'the one that your mail provider tells';
  return say.bad(
    `There is no DKIM record at ${name}`,
    'Receivers cannot check signatures; Gmail, Yahoo and Microsoft refuse bulk mail without one that holds.',
    `Add a TXT record at ${name}: ${record}.`,
  );
}

function several(name: string, count: number): Finding {
  const mend = 'Delete all but the one of the key that signs.';
  return say.bad(`There are ${count} TXT records at ${name}`, 'What receivers do is undefined then.', mend);
}

function judge(name: string, found: DkimRecord, ours: KeyObject | undefined): Finding[] {
  const wanted = ours ? `"${dkimRecordFor(ours)}"` : 'the one that your mail provider tells';
  const anew = `Replace the TXT record at ${name} by: ${wanted}.`;
  if (found.kind === 'revoked')
    return [say.bad(`The DKIM key at ${name} is revoked (p= is empty)`, '', anew)];
  if (found.kind === 'broken')
    return [say.bad(`The DKIM record at ${name} is broken: ${found.why}`, '', anew)];
  if (ours && !ours.equals(found.key)) {
    const why = 'Every signature made with it fails.';
    return [say.bad(`The private key does not belong to the DKIM record at ${name}`, why, anew)];
  }
  const wrong = [...weak(name, found), ...found.notes.map((note) => limited(name, note))];
  if (wrong.length > 0) return wrong;
  const matches = ours ? ' and belongs to the private key' : '';
  return [say.good(`The DKIM key at ${name} has ${strength(found)}${matches}`)];
}

type Key = Extract<DkimRecord, { kind: 'key' }>;

function strength({ key, bits }: Key): string {
  return key.asymmetricKeyType === 'rsa' ? `${bits} bits (RSA)` : '256 bits (Ed25519)';
}

/** RFC 8301: verifiers must take no RSA key below 1024 bits; signers should use 2048. */
function weak(name: string, found: Key): Finding[] {
  if (found.key.asymmetricKeyType !== 'rsa' || found.bits >= 2048) return [];
  const title = `The DKIM key at ${name} has only ${found.bits} bits`;
  const mend =
    'Make one of 2048 bits ("openssl genrsa -out dkim.pem 2048"), publish it under a new selector, then sign with it.';
  return found.bits < 1024
    ? [say.bad(title, 'Receivers ignore keys of less than 1024 bits (RFC 8301).', mend)]
    : [say.warning(title, '2048 are advised (RFC 8301).', mend)];
}

function limited(name: string, note: string): Finding {
  const is_trial = note.startsWith('t=y');
  const mend = `Take ${note.slice(0, is_trial ? 3 : 2)} out of the TXT record at ${name}.`;
  return (is_trial ? say.warning : say.bad)(`The DKIM record at ${name}: ${note}`, '', mend);
}
