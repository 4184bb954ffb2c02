/** Addresses as they stand in reports: in brackets, quotes, after types and routes, or bare among words. */

/** Everything up to white space or a bracket; the local part may be quoted. Bounded, so that no text is slow. */
const ADDRESS = /(?:"[^"\s@]{1,64}"|[^\s<>()[\]"',;:@]{1,128})@[^\s<>()[\]"',;:@]{1,255}/;
const ADDRESSES = new RegExp(ADDRESS, 'g');

/** The first address in a text, in lower case; empty where there is none. */
export function firstAddress(text: string): string {
  return tidied(ADDRESS.exec(text)?.[0] ?? '');
}

/** All addresses in a text as they are written, the first `most` of them. */
export function addressesAsWritten(text: string, most: number): string[] {
  return (text.slice(0, 65_536).match(ADDRESSES) ?? []).slice(0, most).map(withoutStop);
}

/** The same in lower case. */
export function allAddresses(text: string, most: number): string[] {
  return [...new Set(addressesAsWritten(text, most).map(tidied))];
}

/** A sentence that ends with an address leaves its stop behind. */
function withoutStop(address: string): string {
  return address.replace(/[.!?`]{1,3}$/, '');
}

function tidied(address: string): string {
  return withoutStop(address).toLowerCase();
}
