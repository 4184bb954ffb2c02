import { isIPv6 } from 'node:net';
import { sayAs, type Finding } from '../check.ts';
import { isWithin, mailServerAt } from '../mail-server.ts';
import type { Place } from './place.ts';

const say = sayAs('dns');

/**
 * Whether the addresses that connect to the mail servers of others have a name that leads back to them; Gmail refuses
 * mail where it does not (5.7.25). Only asked where mail leaves from servers of our own.
 */
export async function checkPointers(place: Place): Promise<Finding[]> {
  const addresses = await sendingAddresses(place);
  if ('state' in addresses) return [addresses];
  return Promise.all(addresses.map((address) => checkPointer(place, address)));
}

async function sendingAddresses({ around, domain, lookup }: Place): Promise<readonly string[] | Finding> {
  const told = around.identity.sending_addresses;
  if (told.length > 0) return told;
  const title = 'The name of the sending address was not asked';
  const mend =
    'Where mail leaves from a server of your own, run it with "--sending-address <its public address>".';
  if (around.settings.smtp_url === undefined) return say.notAsked(title, 'SMTP_URL is not set.', mend);
  const { host } = mailServerAt(around.settings.smtp_url);
  if (!isWithin(host, domain)) return say.notAsked(title, `Mail leaves by way of ${host}.`, mend);
  const found = await lookup.addresses(host);
  return found.length > 0 ? found : say.notAsked(title, `${host} has no address in DNS.`, mend);
}

async function checkPointer({ lookup, domain }: Place, address: string): Promise<Finding> {
  const names = await lookup.names(address);
  const leads_back = await Promise.all(
    names.map(async (name) => (await lookup.addresses(name)).map(canonical).includes(canonical(address))),
  );
  const name = names.find((_, index) => leads_back[index]);
  if (name !== undefined) return say.good(`${address} is called ${name}, and ${name} is ${address}`);
  const why = 'Gmail refuses mail from such an address (5.7.25).';
  const [first] = names;
  if (first === undefined) {
    const mend = `Ask whoever gave you ${address} for a PTR record, like mail.${domain}, and add an A record of that name for ${address}.`;
    return say.bad(`${address} has no name (PTR record)`, why, mend);
  }
  const mend = `Add an A (or AAAA) record for ${first}: ${address}.`;
  return say.bad(`${address} is called ${first}, but ${first} is not ${address}`, why, mend);
}

/** IPv6 addresses can be written in several ways. */
function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname : address;
}
