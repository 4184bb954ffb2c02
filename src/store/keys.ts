import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { KeyScope } from '../core/access/roles.ts';
import type { Runner } from './database.ts';
import { ms, timestamp } from './values.ts';

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

/** Keys as whoever manages them over the API sees them. */
export interface Keys {
  /** Oldest first, after the one that a page before ended with. */
  page(after: readonly [created_at: number, id: string] | null, limit: number): Promise<readonly WriteKey[]>;
  /** The key itself is told once. */
  create(name: string, scope: KeyScope): Promise<{ readonly id: string; readonly key: string }>;
  /** False where there is no such key in use. */
  revoke(id: string): Promise<boolean>;
}

export function openKeys(db: Runner): Keys {
  return {
    page: (after, limit) => keyPage(db, after, limit),
    create: (name, scope) => createWriteKey(db, name, scope),
    revoke: (id) => revokeWriteKey(db, id),
  };
}

type KeyRow = { [column: string]: unknown } & WriteKey;

const KEY_COLUMNS = sql`id, name, scope, ${ms('created_at')} as created_at, ${ms('revoked_at')} as revoked_at`;

async function keyPage(db: Runner, after: Parameters<Keys['page']>[0], limit: number): Promise<WriteKey[]> {
  const behind = after ? sql`(write_keys.created_at, id) > (${timestamp(after[0])}, ${after[1]})` : sql`true`;
  const found = await db.execute<KeyRow>(sql`
    select ${KEY_COLUMNS} from write_keys where ${behind} order by write_keys.created_at, id limit ${limit}`);
  return found.rows;
}

export async function listWriteKeys(db: Runner): Promise<WriteKey[]> {
  const found = await db.execute<KeyRow>(sql`
    select ${KEY_COLUMNS} from write_keys order by write_keys.created_at`);
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

/** The secrets of links, the one that signs first; makes the first one. */
export function linkSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'links');
}

/**
 * The secrets that sign calls of other systems, newest first; makes the first one. Written as Standard Webhooks wants
 * them: https://www.standardwebhooks.com
 */
export function webhookSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'webhooks');
}

/** The secrets of the hashes that are kept of addresses of people who were erased, newest first; makes the first one. */
export function addressSecrets(db: Runner): Promise<string[]> {
  return secretsFor(db, 'addresses');
}

/** What can be exchanged while everything runs. Those of `addresses` cannot: their hashes would lead nowhere. */
export const ROTATED = ['links', 'webhooks'] as const;
export type Rotated = (typeof ROTATED)[number];

/** A new secret of links signs so much later than it is known: until then every process can read what it will sign. */
const RIPENS_SECONDS: Readonly<Record<Rotated, number>> = { links: 30, webhooks: 0 };
/** So many days after it was replaced, a secret may be put away: people open old mails, and other systems are slow. */
export const KEPT_DAYS: Readonly<Record<Rotated, number>> = { links: 60, webhooks: 7 };

/** Makes a new secret; older ones go on being good. @returns how many are good now. */
export async function rotateSecret(
  db: Runner,
  use: Rotated,
  ripens_seconds = RIPENS_SECONDS[use],
): Promise<number> {
  const made = await (use === 'links' ? linkSecrets(db) : webhookSecrets(db));
  const value = FRESH[use]();
  await db.execute(sql`
    insert into secrets (name, value, created_at)
    select ${`${use}/`} || max(split_part(name, '/', 2)::int) + 1, ${value},
      now() + ${ripens_seconds} * interval '1 second'
    from secrets where name like ${`${use}/%`}`);
  return made.length + 1;
}

/** Puts away secrets that were replaced long enough ago. @returns their names. */
export async function retireSecrets(db: Runner, use: Rotated): Promise<string[]> {
  const retired = await db.execute<{ name: string }>(sql`
    update secrets old set active = false
    where old.name like ${`${use}/%`} and old.active and exists (
      select from secrets newer where newer.name like ${`${use}/%`} and newer.active
        and newer.created_at > old.created_at and newer.created_at < now() - ${KEPT_DAYS[use]} * interval '1 day')
    returning old.name`);
  return retired.rows.map(({ name }) => name);
}

/** Secrets as a running process has them: the same list, with what is in it kept up to date. */
export interface LiveSecrets {
  readonly links: readonly string[];
  readonly webhooks: readonly string[];
  refresh(): Promise<void>;
}

export async function openSecrets(db: Runner): Promise<LiveSecrets> {
  const links = await linkSecrets(db);
  const webhooks = await webhookSecrets(db);
  return {
    links,
    webhooks,
    async refresh() {
      const [of_links, of_webhooks] = await Promise.all([linkSecrets(db), webhookSecrets(db)]);
      links.splice(0, links.length, ...of_links);
      webhooks.splice(0, webhooks.length, ...of_webhooks);
    },
  };
}

const FRESH: Readonly<Record<Rotated | 'addresses', () => string>> = {
  links: () => randomBytes(32).toString('base64url'),
  webhooks: () => `whsec_${randomBytes(32).toString('base64')}`,
  addresses: () => randomBytes(32).toString('base64url'),
};

/** The one that signs comes first. */
async function secretsFor(db: Runner, use: Rotated | 'addresses'): Promise<string[]> {
  const found = await readSecrets(db, use);
  if (found.length > 0) return found;
  await db.execute(sql`
    insert into secrets (name, value, created_at) values (${`${use}/1`}, ${FRESH[use]()}, now()) on conflict do nothing`);
  return readSecrets(db, use);
}

async function readSecrets(db: Runner, use: Rotated | 'addresses'): Promise<string[]> {
  const found = await db.execute<{ value: string }>(sql`
    select value from secrets where name like ${`${use}/%`} and active 
      order by created_at <= now() desc, created_at desc`);
  return found.rows.map((row) => row.value);
}
