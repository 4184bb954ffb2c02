import { sayAs, type Finding } from '../check.ts';
import type { Place } from './place.ts';

const say = sayAs('dns');

/** Whether bounces of this domain find a mail server; many receivers refuse mail that nobody could answer. */
export async function checkBounces({ lookup, bounce_domain: domain }: Place): Promise<Finding[]> {
  const found = await lookup.mx(domain);
  if (found.length === 0) return [withoutMx(domain, await lookup.addresses(domain))];
  // RFC 7505: a null MX says that the domain takes no mail at all.
  if (found.some(({ exchange }) => exchange === '' || exchange === '.')) {
    const mend = `Replace it by the mail server that takes bounces, like: ${domain}. MX 10 mail.${domain}.`;
    return [say.bad(`${domain} says that it takes no mail (null MX)`, 'Bounces are lost.', mend)];
  }
  const hosts = found.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  const lost = await unreachable(hosts, lookup.addresses);
  if (lost.length === hosts.length) {
    const mend = `Add an A record for ${lost[0]}, or point the MX record of ${domain} at a mail server that exists.`;
    return [say.bad(`The mail servers of ${domain} have no address: ${lost.join(', ')}`, '', mend)];
  }
  if (lost.length > 0) {
    const title = `Of the mail servers of ${domain}, these have no address: ${lost.join(', ')}`;
    return [say.warning(title, '', 'Delete their MX records, or add A records for them.')];
  }
  return [say.good(`Bounces to ${domain} go to ${hosts.join(', ')}`)];
}

function withoutMx(domain: string, addresses: readonly string[]): Finding {
  const mend = `Add an MX record, like: ${domain}. MX 10 mail.${domain}.`;
  if (addresses.length === 0)
    return say.bad(`Bounces to ${domain} go nowhere: it has no MX record`, '', mend);
  const why = `Bounces go to ${addresses[0]}, the address of the domain itself (RFC 5321, 5.1).`;
  return say.warning(`${domain} has no MX record`, why, mend);
}

async function unreachable(
  hosts: readonly string[],
  addresses: (name: string) => Promise<string[]>,
): Promise<string[]> {
  const found = await Promise.all(hosts.map(addresses));
  return hosts.filter((_, index) => found[index]?.length === 0);
}
