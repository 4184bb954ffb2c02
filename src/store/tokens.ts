import { createHash, randomBytes } from 'node:crypto';

/** What nobody guesses: 256 bits of chance, in letters that need no escaping. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** As it is kept, and looked up by: so no comparison tells anything by its time, and whoever reads the table has none. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
