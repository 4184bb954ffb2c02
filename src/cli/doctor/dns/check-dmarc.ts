import { sayAs, type Finding } from '../check.ts';
import { isAligned, readDmarc, type Dmarc } from '../../../dns/dmarc.ts';
import type { Place } from './place.ts';

const say = sayAs('dns');

export async function checkDmarc(place: Place): Promise<Finding[]> {
  const { lookup, domain } = place;
  const dmarc = await readDmarc(lookup, domain);
  if (dmarc === undefined) return [missing(domain)];
  if (dmarc.records.length > 1) return [several(dmarc)];
  return [judge(domain, dmarc), ...(await alignment(place, dmarc))];
}

function missing(domain: string): Finding {
  return say.bad(
    `${domain} has no DMARC record`,
    'Gmail, Yahoo and Microsoft refuse bulk mail without one.',
    `Add a TXT record at _dmarc.${domain}: "v=DMARC1; p=none; rua=mailto:dmarc@${domain}".`,
  );
}

function several({ found_at, records }: Dmarc): Finding {
  return say.bad(
    `There are ${records.length} DMARC records at _dmarc.${found_at}`,
    'With more than one, receivers take none (RFC 7489, 6.6.3).',
    'Delete all but one.',
  );
}

const POLICIES = ['none', 'quarantine', 'reject'];

function judge(domain: string, { found_at, policy, reports_to, records }: Dmarc): Finding {
  const place = `the TXT record at _dmarc.${found_at}`;
  const from = found_at === domain ? '' : `, from ${found_at}`;
  if (policy === undefined || !POLICIES.includes(policy)) {
    const mend = `Write p=none, p=quarantine or p=reject behind "v=DMARC1;" in ${place}.`;
    return say.bad(`DMARC of ${domain} has no policy${from}`, records.join(' '), mend);
  }
  if (policy === 'none' && reports_to === undefined) {
    return say.warning(
      `DMARC of ${domain} asks for nothing${from}: p=none, and no address for reports`,
      'It satisfies the large receivers, but nobody learns who sends in your name.',
      `Add "rua=mailto:dmarc@${found_at}" to ${place}.`,
    );
  }
  return say.good(`DMARC of ${domain}: p=${policy}${from}`, records.join(' '));
}

/** A signature that counts is enough (RFC 7489, 3.1); where a provider signs unknown to us, the envelope is. */
async function alignment({ lookup, domain, bounce_domain, around }: Place, dmarc: Dmarc): Promise<Finding[]> {
  const { strict } = dmarc;
  const signers = [...new Set(around.identity.keys.map((key) => key.domain))];
  const [by_signature, by_envelope] = await Promise.all([
    Promise.all(signers.map((signer) => isAligned(lookup, domain, signer, strict.dkim))),
    isAligned(lookup, domain, bounce_domain, strict.spf),
  ]);
  const counts = signers.find((_, index) => by_signature[index]);
  if (counts !== undefined) return [say.good(`The signature of ${counts} counts for From ${domain}`)];
  const [signer] = signers;
  if (signer !== undefined) return [signatureOf(signer, domain, dmarc, by_envelope)];
  if (by_envelope) return [say.good(`The envelope of ${bounce_domain} counts for From ${domain}`)];
  const title = `DMARC does not count the envelope of ${bounce_domain} for From ${domain}${strict.spf ? ' (strict)' : ''}`;
  const mend = `Set BOUNCE_DOMAIN to ${domain}${orRelax('aspf', strict.spf, dmarc)}, or sign: DKIM_DOMAIN.`;
  return [say.bad(title, NOBODY_VOUCHES, mend)];
}

const NOBODY_VOUCHES = 'Receivers see mail that nobody vouches for.';

function signatureOf(signer: string, domain: string, dmarc: Dmarc, by_envelope: boolean): Finding {
  const { dkim: is_strict } = dmarc.strict;
  const title = `DMARC does not count the signature of ${signer} for From ${domain}${is_strict ? ' (strict)' : ''}`;
  const mend = `Set DKIM_DOMAIN to ${domain}${orRelax('adkim', is_strict, dmarc)}.`;
  if (!by_envelope) return say.bad(title, NOBODY_VOUCHES, mend);
  return say.warning(title, 'Only the envelope counts, and forwarding breaks it.', mend);
}

function orRelax(tag: 'adkim' | 'aspf', is_strict: boolean, { found_at }: Dmarc): string {
  return is_strict ? `, or take ${tag}=s out of the TXT record at _dmarc.${found_at}` : '';
}
