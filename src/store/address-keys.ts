/** By which keys an address is found among those that are suppressed. */
import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { sql, type SQL } from 'drizzle-orm';
import { domainOf } from '../core/messages/address.ts';
import { addressField } from '../core/messages/address-of.ts';
import { SUPPRESSED_CHANNELS } from '../core/messages/suppression.ts';
import type { Runner } from './database.ts';
import { array } from './values.ts';

/** Itself, its whole domain, and what is kept of it once its owner was erased: one hash for each secret. */
export function suppressionKeys(address: string, secrets: readonly string[]): readonly string[] {
  const domain = address.includes('@') ? [domainKey(domainOf(address))] : [];
  return [address.toLowerCase(), ...domain, ...secrets.map((secret) => hashKey(address, secret))];
}

/** `@example.org`, in the letters of the DNS; subdomains are other domains. */
export function domainKey(domain: string): string {
  return `@${domainToASCII(domain) || domain.toLowerCase()}`;
}

/** HMAC-SHA-256 of the address in lower case, its domain in ASCII, so that each of its spellings has one. */
export function hashKey(address: string, secret: string): string {
  const local = address.slice(0, address.lastIndexOf('@') + 1).toLowerCase();
  const spelling = local === '' ? address.toLowerCase() : local + domainKey(domainOf(address)).slice(1);
  return `#${createHmac('sha256', secret).update(spelling).digest('base64url')}`;
}

/** By which field of events and contacts each channel finds somebody: a table `c (channel, field)`. */
export const ADDRESS_FIELDS: SQL = sql`unnest(${array(SUPPRESSED_CHANNELS, 'text')},
  ${array(SUPPRESSED_CHANNELS.map(addressField), 'text')}) as c (channel, field)`;

/** The secrets of hashes as a column of a statement that looks for them. */
export const ADDRESS_SECRETS: SQL = sql`
  (select array_agg(value) from secrets where name like 'addresses/%' and active)`;

/** Whether somebody who had this address was erased: then it must not be written down again. */
export async function wasErased(db: Runner, channel: string, address: string): Promise<boolean> {
  if (address === '') return false;
  const secrets = await db.execute<{ secret: string }>(sql`select unnest(${ADDRESS_SECRETS}) as secret`);
  const hashes = secrets.rows.map(({ secret }) => hashKey(address, secret));
  const found = await db.execute(sql`
    select from suppressions where channel = ${channel} and address = any(${array(hashes, 'text')}) limit 1`);
  return found.rowCount === 1;
}
