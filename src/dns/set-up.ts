import { readDkimRecord } from './dkim.ts';
import { readDmarc } from './dmarc.ts';
import type { Lookup } from './lookup.ts';
import { spfRecords } from './spf.ts';

export interface Sender {
  /** The domain of From. */
  readonly domain: string;
  /** That of the envelope, where bounces go. */
  readonly bounce_domain: string;
  /** Those that we sign with; none where a provider does, whose keys are not known here. */
  readonly keys: readonly { readonly domain: string; readonly selector: string }[];
}

/**
 * What receivers want of whoever sends much and do not find in DNS: `SPF`, `DKIM`, `DMARC`. Whether it is sound in all
 * its parts is for `etapa doctor`. Names that are nobody's (RFC 2606) want nothing.
 *
 * @throws DnsSilence
 */
export async function missingParts(lookup: Lookup, sender: Sender): Promise<readonly string[]> {
  if (isReserved(sender.domain)) return [];
  const [has_spf, has_dkim, has_dmarc] = await Promise.all([
    hasSpf(lookup, sender),
    hasDkim(lookup, sender),
    hasDmarc(lookup, sender),
  ]);
  return [...(has_spf ? [] : ['SPF']), ...(has_dkim ? [] : ['DKIM']), ...(has_dmarc ? [] : ['DMARC'])];
}

/** RFC 2606 and RFC 6761: names that are nobody's. */
export function isReserved(domain: string): boolean {
  return /(^|\.)(example|test|invalid|localhost)$/.test(domain);
}

async function hasSpf(lookup: Lookup, { bounce_domain }: Sender): Promise<boolean> {
  return (await spfRecords(lookup, bounce_domain)).length === 1;
}

async function hasDkim(lookup: Lookup, { keys }: Sender): Promise<boolean> {
  if (keys.length === 0) return true;
  const found = await Promise.all(
    keys.map(({ domain, selector }) => lookup.txt(`${selector}._domainkey.${domain}`)),
  );
  return found.some(([record]) => record !== undefined && readDkimRecord(record).kind === 'key');
}

async function hasDmarc(lookup: Lookup, { domain }: Sender): Promise<boolean> {
  return (await readDmarc(lookup, domain))?.records.length === 1;
}
