import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Runner } from './database.ts';
import { ms } from './values.ts';

/** What a key opens: `events` alone, as in a browser where everybody can read it, or the whole `api`. */
export const KEY_SCOPES = ['events', 'api'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Begins every key, so that scanners for leaked secrets know one when they see it. */
const PREFIXES: Readonly<Record<KeyScope, string>> = { events: 'etapa_wk_', api: 'etapa_ak_' };

export interface WriteKey {
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
  readonly created_at: number;
  readonly revoked_at: number | null;
}

/** Makes a key. Its text is returned once and stored only as a hash. */
export async function createWriteKey(
  db: Runner,
  name: string,
  scope: KeyScope = 'events',
): Promise<{ id: string; key: string }> {
  const key = `${PREFIXES[scope]}${randomBytes(24).toString('base64url')}`;
  const id = uuidv7();
  await addWriteKey(db, id, name, key, scope);
  return { id, key };
}

/** For keys that are chosen by hand, such as the demo's. */
export async function addWriteKey(
  db: Runner,
  id: string,
  name: string,
  key: string,
  scope: KeyScope = 'events',
): Promise<void> {
  await db.execute(sql`
    insert into write_keys (id, name, scope, hash, created_at)
    values (${id}, ${name}, ${scope}, ${hashOf(key)}, now()) on conflict do nothing`);
}

export async function listWriteKeys(db: Runner): Promise<WriteKey[]> {
  const found = await db.execute<{
    id: string;
    name: string;
    scope: KeyScope;
    created_at: number;
    revoked_at: number | null;
  }>(sql`
    select id, name, scope, ${ms('created_at')} as created_at, ${ms('revoked_at')} as revoked_at
    from write_keys order by write_keys.created_at`);
  return found.rows;
}

/** False where there is no such key in use. */
export async function revokeWriteKey(db: Runner, id: string): Promise<boolean> {
  const revoked = await db.execute(
    sql`update write_keys set revoked_at = now() where id = ${id} and revoked_at is null`,
  );
  return revoked.rowCount === 1;
}

/** The key, if it is in use. Looked up by its hash, so no comparison tells anything by its time. */
export async function findWriteKey(
  db: Runner,
  key: string,
): Promise<Pick<WriteKey, 'id' | 'scope'> | undefined> {
  const found = await db.execute<{ id: string; scope: KeyScope }>(sql`
    select id, scope from write_keys where hash = ${hashOf(key)} and revoked_at is null`);
  return found.rows[0];
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The secrets that sign links, newest first; makes the first one. */
export function linkSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'links', randomBytes(32).toString('base64url'));
}

/**
 * The secrets that sign calls of other systems, newest first; makes the first one. Written as Standard Webhooks wants
 * them: https://www.standardwebhooks.com
 */
export function webhookSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'webhooks', `whsec_${randomBytes(32).toString('base64')}`);
}

/** The secrets of the hashes that are kept of addresses of people who were erased, newest first; makes the first one. */
export function addressSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'addresses', randomBytes(32).toString('base64url'));
}

async function secretsFor(
  db: Runner,
  use: 'links' | 'webhooks' | 'addresses',
  first: string,
): Promise<string[]> {
  await db.execute(sql`
    insert into secrets (name, value, created_at) select ${`${use}/1`}, ${first}, now()
    where not exists (select from secrets where name like ${`${use}/%`}) on conflict do nothing`);
  const found = await db.execute<{ value: string }>(sql`
    select value from secrets where name like ${`${use}/%`} and active order by created_at desc`);
  return found.rows.map((row) => row.value);
}
