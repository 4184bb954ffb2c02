import { isIP } from 'node:net';

/** The address from which somebody comes, as tries are counted by: of IPv6 the net of 64 bits, all of which one customer has. */
export function netOf(ip: string): string {
  const plain = ip
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
  const kind = isIP(plain);
  if (kind === 0) return 'unknown';
  return kind === 4 ? plain : `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups, without leading zeros. */
function groupsOf(ip: string): readonly string[] {
  const [front, back] = ip.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const [first = [], last = []] = [front, back];
  const missing = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...missing, ...last].map((group) => group.replace(/^0+(?=.)/, ''));
}
