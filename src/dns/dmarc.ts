/** What receivers do with mail that only claims to come from a domain: DMARC, RFC 7489. */
import { tagsOf, upwards, type Lookup } from './lookup.ts';

export interface Dmarc {
  /** Where the record stands that holds for the domain: it, or one above it. */
  readonly found_at: string;
  readonly records: readonly string[];
  readonly policy: string | undefined;
  /** Whether a signature must carry exactly the domain of From. */
  readonly strict: { readonly dkim: boolean; readonly spf: boolean };
  readonly reports_to: string | undefined;
}

/** The record that holds for a domain; undefined where there is none. @throws DnsSilence */
export async function readDmarc(lookup: Lookup, domain: string): Promise<Dmarc | undefined> {
  for (const place of upwards(domain)) {
    const records = await recordsAt(lookup, place);
    const [record] = records;
    if (record === undefined) continue;
    const tags = tagsOf(record);
    const own = tags.get('p')?.toLowerCase();
    return {
      found_at: place,
      records,
      policy: place === domain ? own : (tags.get('sp')?.toLowerCase() ?? own),
      strict: { dkim: tags.get('adkim') === 's', spf: tags.get('aspf') === 's' },
      reports_to: tags.get('rua'),
    };
  }
  return undefined;
}

async function recordsAt(lookup: Lookup, domain: string): Promise<string[]> {
  return (await lookup.txt(`_dmarc.${domain}`)).filter((text) => /^v\s*=\s*DMARC1\s*(;|$)/.test(text));
}

/**
 * Whether a domain counts as the one of From (RFC 7489, 3.1). Relaxed, both must belong to one organisation, whose
 * domain is the highest with a record of its own: DNS is asked instead of a list of public suffixes.
 *
 * @throws DnsSilence
 */
export async function isAligned(
  lookup: Lookup,
  from: string,
  other: string,
  strict: boolean,
): Promise<boolean> {
  if (from === other) return true;
  if (strict) return false;
  const [ours, theirs] = await Promise.all([organisationOf(lookup, from), organisationOf(lookup, other)]);
  return ours === theirs;
}

async function organisationOf(lookup: Lookup, domain: string): Promise<string> {
  for (const place of upwards(domain).reverse()) {
    const [record] = await recordsAt(lookup, place);
    // Some suffixes under which anybody can register have a record, and say what they are by `psd=y` (RFC 9091).
    if (record !== undefined && tagsOf(record).get('psd') !== 'y') return place;
  }
  return domain;
}
