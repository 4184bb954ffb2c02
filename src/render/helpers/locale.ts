import { LRUCache } from 'lru-cache';
import type { Root } from '../helper.ts';

export function language(root: Root): 'en' | 'es' {
  return root['language'] === 'es' ? 'es' : 'en';
}

/** Language with the contact's country when it is a two-letter code: `es-MX` writes numbers unlike `es-ES`. */
export function locale(root: Root): string {
  const country = root['country'];
  const known = typeof country === 'string' && /^[A-Za-z]{2}$/.test(country);
  return known ? `${language(root)}-${country.toUpperCase()}` : language(root);
}

const kept = new LRUCache<string, { format(value: number): string }>({ max: 500 });

/** Making an Intl formatter costs a hundred times more than using it; contacts choose the key, so the shelf is bounded. */
export function formatter(
  key: string,
  make: () => { format(value: number): string },
): { format(value: number): string } {
  const found = kept.get(key);
  if (found) return found;
  const made = make();
  kept.set(key, made);
  return made;
}

/** A number, also when it was sent as text ("12.50"); undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
