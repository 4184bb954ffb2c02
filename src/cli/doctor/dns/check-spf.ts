import { sayAs, type Finding } from '../check.ts';
import { isWithin, mailServerAt } from '../mail-server.ts';
import { MOST_LOOKUPS, MOST_VOIDS, readSpf, type Spf } from '../../../dns/spf.ts';
import type { Place } from './place.ts';

const say = sayAs('dns');

/** SPF is asked of the envelope's domain, where bounces go. */
export async function checkSpf(place: Place): Promise<Finding[]> {
  const domain = place.bounce_domain;
  const spf = await readSpf(place.lookup, domain);
  const [record] = spf.records;
  if (record === undefined) return [missing(place)];
  if (spf.records.length > 1) return [several(domain, spf.records)];
  const wrong = [...errors(domain, spf), ...ending(domain, spf), ...asksForPointers(domain, spf)];
  if (wrong.length > 0) return wrong;
  return [say.good(`SPF of ${domain} ends in ${spf.ending}all, after ${lookups(spf)}`, record)];
}

function missing({ bounce_domain, around }: Place): Finding {
  return say.bad(
    `${bounce_domain} has no SPF record`,
    'Gmail, Yahoo and Microsoft refuse bulk mail without one.',
    `Add a TXT record at ${bounce_domain}: "${suggestion(around.settings.smtp_url, bounce_domain)}".`,
  );
}

/** What providers ask their customers to take in, by the host that mail is handed to. */
const PROVIDERS: readonly (readonly [host: RegExp, include: string])[] = [
  [/(^|\.)amazonaws\.com$/, 'amazonses.com'],
  [/(^|\.)resend\.com$/, 'amazonses.com'],
  [/(^|\.)sendgrid\.net$/, 'sendgrid.net'],
  [/(^|\.)mailgun\.org$/, 'mailgun.org'],
  [/(^|\.)postmarkapp\.com$/, 'spf.mtasv.net'],
  [/(^|\.)(brevo|sendinblue)\.com$/, 'spf.brevo.com'],
  [/(^|\.)(gmail|google)\.com$/, '_spf.google.com'],
  [/(^|\.)office365\.com$/, 'spf.protection.outlook.com'],
];

function suggestion(smtp_url: string | undefined, domain: string): string {
  if (smtp_url === undefined) return 'v=spf1 include:<what your mail provider tells> ~all';
  const { host, is_near } = mailServerAt(smtp_url);
  const include = PROVIDERS.find(([pattern]) => pattern.test(host))?.[1];
  if (include !== undefined) return `v=spf1 include:${include} ~all`;
  if (isWithin(host, domain)) return `v=spf1 a:${host} ~all`;
  return is_near
    ? 'v=spf1 ip4:<the public address of your mail server> ~all'
    : 'v=spf1 include:<what your mail provider tells> ~all';
}

function several(domain: string, records: readonly string[]): Finding {
  return say.bad(
    `${domain} has ${records.length} SPF records`,
    'With more than one, receivers take none (RFC 7208, 4.5).',
    `Put the mechanisms of all into one TXT record at ${domain}, and delete the others.`,
  );
}

function errors(domain: string, spf: Spf): Finding[] {
  const found = spf.errors.map((error) =>
    say.bad(
      `SPF of ${domain} is broken: ${error}`,
      'Receivers take the whole record for void (permerror).',
      `Mend this part of the TXT record at ${domain}, or take it out.`,
    ),
  );
  if (spf.lookups > MOST_LOOKUPS) found.push(tooLong(domain, spf));
  if (spf.voids > MOST_VOIDS) found.push(tooVoid(domain, spf));
  return found;
}

function tooLong(domain: string, spf: Spf): Finding {
  return say.bad(
    `SPF of ${domain} needs ${lookups(spf)}; receivers stop after ${MOST_LOOKUPS}`,
    'They count include, a, mx, ptr, exists and redirect, also those in records that are taken in.',
    'Take out includes of services that no longer send for you, or write their addresses as ip4: and ip6:.',
  );
}

function tooVoid(domain: string, { voids }: Spf): Finding {
  return say.bad(
    `${voids} names in the SPF record of ${domain} do not exist; receivers stop after ${MOST_VOIDS}`,
    '',
    'Take out the names that DNS does not know.',
  );
}

function ending(domain: string, { ending: last, records }: Spf): Finding[] {
  const mend = `End the TXT record at ${domain} in "~all", or in "-all" once every sender of yours is in it.`;
  if (last === '+') {
    const title = `SPF of ${domain} lets anybody send for it (+all)`;
    return [say.bad(title, records.join(' '), mend)];
  }
  if (last === '-' || last === '~') return [];
  const says = last === '?' ? 'ends in ?all' : 'does not end in -all or ~all';
  return [
    say.warning(`SPF of ${domain} ${says}, so it says nothing about strangers`, records.join(' '), mend),
  ];
}

function asksForPointers(domain: string, { uses_ptr }: Spf): Finding[] {
  if (!uses_ptr) return [];
  const why = 'It is slow, and RFC 7208 (5.5) asks not to use it.';
  return [say.warning(`SPF of ${domain} uses ptr`, why, 'Replace ptr by a:, ip4: or ip6:.')];
}

function lookups({ lookups: count }: Spf): string {
  return `${count} ${count === 1 ? 'look-up' : 'look-ups'}`;
}
