/** What a receiver finds of DKIM signatures, with keys that stand in no DNS: checked by mailauth. */
import { createPublicKey } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { DkimKey } from '../../src/channels/dkim.ts';

export interface Verdict {
  readonly algorithm: string;
  readonly domain: string;
  readonly result: string;
}

/** What a receiver finds who asks DNS for the public halves of these keys. */
export async function verdictsOf(raw: Buffer, keys: readonly DkimKey[]): Promise<Verdict[]> {
  const records = Object.fromEntries(
    keys.map((key) => [`${key.selector}._domainkey.${key.domain}`, publicRecord(key)]),
  );
  const { results } = await dkimVerify(raw, { resolver: dnsWith(records) });
  return results.map(({ signingDomain, status }) => ({
    algorithm: (status as { readonly header?: { readonly a?: string } }).header?.a ?? '',
    domain: signingDomain,
    result: status.result,
  }));
}

/** What DNS would publish: for RSA the key as it is, for Ed25519 its 32 octets (RFC 8463, 4). */
function publicRecord({ private_key }: DkimKey): string {
  const der = createPublicKey(private_key).export({ type: 'spki', format: 'der' });
  return der.length === 44
    ? `v=DKIM1; k=ed25519; p=${der.subarray(-32).toString('base64')}`
    : `v=DKIM1; k=rsa; p=${der.toString('base64')}`;
}

/** DNS that knows these text records alone. */
export function dnsWith(
  records: Readonly<Record<string, string>>,
): (name: string, type: string) => Promise<string[][]> {
  return async (name, type) => {
    const record = type === 'TXT' ? records[name] : undefined;
    if (record === undefined) throw Object.assign(new Error(`no ${type} for ${name}`), { code: 'ENOTFOUND' });
    return [[record]];
  };
}
