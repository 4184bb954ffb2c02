import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Whether an IP address is one of the open internet. Everything else is refused, named or not: private, loopback,
 * link-local and carrier networks, multicast, documentation, and addresses that hide an IPv4 address inside
 * (IANA's registries of special-purpose addresses, RFC 6890).
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !NOT_PUBLIC_4.check(address);
  if (!isIPv6(address) || address.includes('%')) return false;
  const groups = groupsOf(address);
  if (TRANSLATED.every((group, index) => groups[index] === group)) return isPublicAddress(lastFour(groups));
  return GLOBAL_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6');
}

const NOT_PUBLIC_4 = listOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);

/** All that was ever given out for the open internet; `::ffff:…`, `fc00::`, `fe80::` and `ff00::` lie outside. */
const GLOBAL_6 = listOf('ipv6', ['2000::/3']);

/** Protocols' own, tunnels (Teredo, 6to4), documentation. */
const NOT_PUBLIC_6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** RFC 6052: how networks without IPv4 reach it, with the address in the last 32 bits. */
const TRANSLATED = [0x64, 0xff9b, 0, 0, 0, 0];

function listOf(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** The eight numbers of an IPv6 address, however it is written. */
function groupsOf(address: string): readonly number[] {
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [before, behind] = [read(head), read(tail ?? '')];
  return tail === undefined
    ? before
    : [...before, ...Array<number>(8 - before.length - behind.length).fill(0), ...behind];
}

function lastFour(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
