/** Addresses and domains that nothing, or no promotion, is sent to any more, as people put them there and look at them. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { domainKey, hashKey } from './address-keys.ts';
import type { Database, Runner } from './database.ts';
import { addressSecrets } from './keys.ts';
import { array, ms, timestamp } from './values.ts';

export interface Suppression {
  readonly channel: string;
  /** In lower case; `@example.org` for a domain; null where only the hash of somebody's who was erased is kept. */
  readonly address: string | null;
  /** `all`, or `promotion` where only promotions are refused. */
  readonly scope: 'all' | 'promotion';
  readonly reason: string;
  readonly at: Instant;
}

export interface SuppressionPage {
  readonly list: readonly Suppression[];
  /** Where the next page begins; null at the end. */
  readonly next: Cursor | null;
}

/** The key of the last one that was read. */
export type Cursor = readonly [channel: string, key: string];

/** An address is one that `suppressible` of the core has read. */
export interface SuppressionList {
  /** By channel, then by address. */
  page(after: Cursor | null, limit: number): Promise<SuppressionPage>;
  /** Replaces what was said of the same address before. */
  put(given: Suppression & { readonly address: string }): Promise<void>;
  /** Also what is kept of the address as a hash. False where there was nothing. */
  remove(channel: string, address: string): Promise<boolean>;
}

export function openSuppressionList(db: Database): SuppressionList {
  return {
    page: (after, limit) => readPage(db, after, limit),
    put: (given) => put(db, given),
    remove: (channel, address) => remove(db, channel, address),
  };
}

type Row = Suppression & { readonly address: string };

async function readPage(db: Runner, after: Cursor | null, limit: number): Promise<SuppressionPage> {
  const [channel, key] = after ?? ['', ''];
  const found = await db.execute<{ [column: string]: unknown } & Row>(sql`
    select channel, address, scope, reason, ${ms('at')} as at from suppressions
    where (channel, address) > (${channel}, ${key}) order by channel, address limit ${limit + 1}`);
  const rows = found.rows.slice(0, limit);
  const last = rows.at(-1);
  return {
    list: rows.map((row) => ({ ...row, address: row.address.startsWith('#') ? null : row.address })),
    next: last && found.rows.length > limit ? [last.channel, last.address] : null,
  };
}

async function put(db: Runner, { channel, address, scope, reason, at }: Row): Promise<void> {
  await db.execute(sql`
    insert into suppressions (channel, address, scope, reason, at)
    values (${channel}, ${keyOf(address)}, ${scope}, ${reason}, ${timestamp(at)})
    on conflict (channel, address) do update
      set scope = excluded.scope, reason = excluded.reason, at = excluded.at
      where (suppressions.scope, suppressions.reason) <> (excluded.scope, excluded.reason)`);
}

function keyOf(address: string): string {
  return address.startsWith('@') ? domainKey(address.slice(1)) : address;
}

async function remove(db: Runner, channel: string, address: string): Promise<boolean> {
  const secrets = address.startsWith('@') ? [] : await addressSecrets(db);
  const keys = [keyOf(address), ...secrets.map((secret) => hashKey(address, secret))];
  const removed = await db.execute(sql`
    delete from suppressions where channel = ${channel} and address = any(${array(keys, 'text')})`);
  return (removed.rowCount ?? 0) > 0;
}
