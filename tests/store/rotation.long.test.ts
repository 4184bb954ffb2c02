/** Secrets are exchanged while processes sign and read with them (F29): nothing that was signed is refused. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signatureHeaders } from '../../src/channels/webhook-signature.ts';
import { createLinks } from '../../src/engine/links.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { openSecrets, retireSecrets, rotateSecret, webhookSecrets } from '../../src/store/keys.ts';
import { newDatabase } from '../support/database.ts';

let database: OpenDatabase;
beforeEach(async () => {
  database = openDatabase(await newDatabase());
});
const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await database.close();
});

/** What a process has of the secrets, looked at anew as often as processes do, only quicker. */
async function aProcess(every: number) {
  const secrets = await openSecrets(database.db);
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      await sleep(every);
      await secrets.refresh();
    }
  })();
  stopping.push(async () => {
    stopped = true;
    await looking;
  });
  return { secrets, links: createLinks('https://shop.example', secrets.links) };
}

const TIMES = 5;

describe('secrets exchanged five times under load', () => {
  test('sign links that every other process opens at once, and those of before are opened too', async () => {
    const [sender, api] = [await aProcess(70), await aProcess(150)];
    const made: { readonly id: string; readonly token: string }[] = [];
    const signers = new Set<string>();
    let refused = 0;
    let rotating = true;
    const load = (async () => {
      while (rotating) {
        const id = randomUUID();
        const token = sender.links.unsubscribeUrl(id).slice('https://shop.example/u/'.length);
        signers.add(sender.secrets.links[0] ?? '');
        if (api.links.read(token) !== id) refused++;
        made.push({ id, token });
        await sleep(1);
      }
    })();
    for (let time = 0; time < TIMES; time++) {
      expect(await rotateSecret(database.db, 'links', 1)).toBe(time + 2);
      await sleep(1300);
    }
    rotating = false;
    await load;
    expect({ refused, signers: signers.size }).toEqual({ refused: 0, signers: TIMES + 1 });
    expect(made.length).toBeGreaterThan(100);
    expect(made.filter(({ id, token }) => api.links.read(token) !== id)).toEqual([]);
  });

  test('sign calls so that whoever still checks with the one before, or with the new one already, believes them', async () => {
    const { secrets } = await aProcess(50);
    const [before = ''] = await webhookSecrets(database.db);
    for (let time = 0; time < TIMES; time++) {
      await rotateSecret(database.db, 'webhooks');
      await expect.poll(() => secrets.webhooks.length).toBe(time + 2);
      const [newest = ''] = await webhookSecrets(database.db);
      const { 'webhook-signature': signatures = '' } = signatureHeaders(
        'id',
        1_000_000,
        '{}',
        secrets.webhooks,
      );
      for (const secret of [before, newest]) expect(signatures.split(' ')).toContain(signatureBy(secret));
    }
  });
});

function signatureBy(secret: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update('id.1000.{}').digest('base64')}`;
}

describe('a secret that was replaced', () => {
  test('is put away after sixty days and not before, and the last one never', async () => {
    const { db } = database;
    const secrets = await openSecrets(db);
    const links = createLinks('https://shop.example', secrets.links);
    const id = randomUUID();
    const token = links.unsubscribeUrl(id).slice('https://shop.example/u/'.length);
    await rotateSecret(db, 'links', 0);
    await age(59);
    expect(await retireSecrets(db, 'links')).toEqual([]);
    await secrets.refresh();
    expect(links.read(token)).toBe(id);
    await age(2);
    expect(await retireSecrets(db, 'links')).toEqual(['links/1']);
    await secrets.refresh();
    expect(links.read(token)).toBeUndefined();
    await age(1000);
    expect(await retireSecrets(db, 'links')).toEqual([]);
    expect(secrets.links).toHaveLength(1);
  });

  async function age(days: number): Promise<void> {
    await database.db.execute(sql`update secrets set created_at = created_at - ${days} * interval '1 day'`);
  }
});
