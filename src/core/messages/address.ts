/**
 * The addresses that Etapa writes to: `dot-atom@domain`, exactly one recipient. Narrower than RFC 5321 on purpose: no
 * quoted local parts, comments, groups, lists, IP literals, single labels, white space or control characters, all of
 * which mail libraries have read as other or further recipients. At most 254 octets, 64 before the `@`.
 *
 * One mailbox has one spelling, so that who is suppressed cannot come back in other code points: composed letters (NFC)
 * throughout, and no compatibility letters, such as full-width ones, in a domain.
 *
 * @returns the address with its domain in lower case, or undefined where it is not one.
 */
export function address(text: string): string | undefined {
  if (text.length > 254) return undefined;
  const place = text.lastIndexOf('@');
  const local = text.slice(0, place).normalize('NFC');
  const domain = text
    .slice(place + 1)
    .toLowerCase()
    .normalize('NFC');
  const whole = `${local}@${domain}`;
  return place > 0 && octets(whole) <= 254 && isLocal(local) && isDomain(domain) ? whole : undefined;
}

/** RFC 5322 atext, and letters beyond ASCII as RFC 6531 allows; dots only between atoms. */
const ATOM = /^(?!\p{M})[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u;
/** A label of a host name, in ASCII or in letters of other scripts (IDNA). */
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;

function isLocal(local: string): boolean {
  return octets(local) <= 64 && !local.startsWith('=?') && local.split('.').every((atom) => ATOM.test(atom));
}

/** Of the text in UTF-8. */
function octets(text: string): number {
  if (text.length > 254) return text.length;
  let sum = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    sum += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return sum;
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  const isPlain = domain === domain.normalize('NFKC') && !/^\p{N}+$/u.test(last);
  return isPlain && labels.length >= 2 && labels.every((label) => LABEL.test(label));
}

/** In lower case; whatever is no address is its own domain. */
export function domainOf(mailbox: string): string {
  return mailbox.slice(mailbox.lastIndexOf('@') + 1).toLowerCase();
}
