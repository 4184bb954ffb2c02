/** Keys with their scopes, and the secrets that an installation makes for itself. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import {
  addWriteKey,
  createWriteKey,
  findWriteKey,
  linkSecrets,
  listWriteKeys,
  revokeWriteKey,
  webhookSecrets,
} from '../../src/store/keys.ts';
import { newDatabase } from '../support/database.ts';

let database: OpenDatabase;

beforeAll(async () => {
  const url = await newDatabase();
  await migrateDatabase(url);
  database = openDatabase(url);
});

afterAll(() => database.close());

describe('a key', () => {
  it('opens what its scope says, and events where none is said', async () => {
    const { db } = database;
    const shop = await createWriteKey(db, 'Shop');
    const office = await createWriteKey(db, 'Office', 'api');
    await addWriteKey(db, 'demo', 'Demo', 'by-hand');
    expect(shop.key).toMatch(/^etapa_wk_[\w-]{32}$/);
    expect(office.key).toMatch(/^etapa_ak_[\w-]{32}$/);
    expect(await findWriteKey(db, shop.key)).toEqual({ id: shop.id, scope: 'events' });
    expect(await findWriteKey(db, office.key)).toEqual({ id: office.id, scope: 'api' });
    expect(await findWriteKey(db, 'by-hand')).toEqual({ id: 'demo', scope: 'events' });
    expect((await listWriteKeys(db)).map(({ name, scope }) => [name, scope]).toSorted()).toEqual([
      ['Demo', 'events'],
      ['Office', 'api'],
      ['Shop', 'events'],
    ]);
    expect(await revokeWriteKey(db, office.id)).toBe(true);
    expect(await findWriteKey(db, office.key)).toBeUndefined();
  });

  it('that was made before there were scopes opens events', async () => {
    const { db } = database;
    await db.execute(sql`
      insert into write_keys (id, name, hash, created_at)
      values ('old', 'Old', encode(sha256('an-old-key'), 'hex'), now())`);
    expect(await findWriteKey(db, 'an-old-key')).toEqual({ id: 'old', scope: 'events' });
  });
});

describe('the secret that signs calls', () => {
  it('is made once, also by many at a time, and apart from those of links', async () => {
    const { db } = database;
    const all = await Promise.all(Array.from({ length: 8 }, () => webhookSecrets(db)));
    const [secret = ''] = await webhookSecrets(db);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new Set(all.flat())).toEqual(new Set([secret]));
    const [link = ''] = await linkSecrets(db);
    expect(link).toMatch(/^[\w-]{43}$/);
    expect(await webhookSecrets(db)).toEqual([secret]);
    expect(await linkSecrets(db)).toEqual([link]);
  });

  it('may be exchanged: the newest comes first, and one that is put away signs no more', async () => {
    const { db } = database;
    const [first = ''] = await webhookSecrets(db);
    await db.execute(sql`update secrets set created_at = created_at - interval '1 hour'`);
    await db.execute(sql`
      insert into secrets (name, value, created_at) values ('webhooks/2', 'whsec_bmV3', now())`);
    expect(await webhookSecrets(db)).toEqual(['whsec_bmV3', first]);
    await db.execute(sql`update secrets set active = false where name = 'webhooks/1'`);
    expect(await webhookSecrets(db)).toEqual(['whsec_bmV3']);
  });
});
