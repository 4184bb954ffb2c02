/**
 * A 53-bit non-cryptographic hash of a text, for short stable keys and sticky spreading.
 * Two 32-bit lanes of multiply-and-xor with a final avalanche, so neighbouring texts land far apart.
 */
export function hash53(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/** A share in [0, 1) that is always the same for the same text. */
export function share(text: string): number {
  return hash53(text) / 2 ** 53;
}
