/** A sender whose domain is not set up in DNS, on the real engine over real SMTP; DNS is a table. */
import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dkimRecordFor } from '../../src/dns/dkim.ts';
import { openLookup, type Resolver } from '../../src/dns/lookup.ts';
import { missingParts } from '../../src/dns/set-up.ts';
import type { SendingAlert } from '../../src/engine/alert.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const DAY = 86_400_000;
const DOMAIN = 'lumbre.shop';
const SPF = { [DOMAIN]: 'v=spf1 ip4:198.51.100.7 -all' };
const DMARC = { [`_dmarc.${DOMAIN}`]: 'v=DMARC1; p=none' };

type Zone = Readonly<Record<string, string>>;

/** Texts by name; `ESERVFAIL` for all where nobody answers. */
function resolverOf(zone: () => Zone | 'silent'): Resolver {
  const no = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  const nothing = () => no('ENODATA');
  return {
    resolveTxt(name) {
      const table = zone();
      if (table === 'silent') return no('ESERVFAIL');
      const text = table[name];
      return text === undefined ? no('ENOTFOUND') : Promise.resolve([[text]]);
    },
    ...{ resolveMx: nothing, resolve4: nothing, resolve6: nothing, reverse: nothing },
  };
}

describe('a domain that is not set up', () => {
  let smtp: ScriptedSmtp;
  let shop: Shop;
  let zone: Zone | 'silent' = {};
  const alerts: SendingAlert[] = [];

  beforeAll(async () => {
    smtp = await startScriptedSmtp();
    const settings = (SHOP_FILES['etapa.yaml'] ?? '').replace('shop@shop.example', `hola@${DOMAIN}`);
    shop = await openShop({
      smtp_url: smtp.url,
      files: { ...SHOP_FILES, 'etapa.yaml': settings },
      overrides: { resolver: resolverOf(() => zone), onAlert: (alert) => alerts.push(alert) },
    });
    // So many had left today.
    await shop.app.db.execute(sql`
      insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
        sent_at, stage, language, tone, formality, because, event)
      select gen_random_uuid(), gen_random_uuid(), 'w', n, 's', 1, 'm', 'email', 'promotion', 'sent', now(), now(), now(),
        'awareness', 'en', 'plain', '{}', '{"en":"","es":""}', '{}' from generate_series(1, 997) n`);
  });
  afterAll(async () => {
    await shop.close();
    await smtp.stop();
  });

  const ours = async () => (await shop.messages()).filter(({ user }) => user !== '');

  async function owe(kind: 'puts' | 'orders', ...people: readonly string[]): Promise<void> {
    await shop.receive(...people.map((who) => shop.knows(who)));
    await shop.receive(...people.map((who) => shop[kind](who)));
    await shop.until((list) => people.every((who) => list.some(({ user }) => user === who)));
  }

  async function send(): Promise<void> {
    shop.send();
    await shop.until((list) => list.every(({ state }) => state === 'sent' || state === 'deferred'));
  }

  it('lets a thousand promotions leave in a day, and all services', async () => {
    zone = {};
    await owe('puts', 'a', 'b', 'c', 'd', 'e', 'f');
    await owe('orders', 'leo');
    await send();
    expect(smtp.accepted).toHaveLength(4);
    const waiting = (await ours()).filter(({ state }) => state === 'deferred');
    expect(waiting).toHaveLength(3);
    for (const { attempts, because, due_in } of waiting) {
      expect(attempts).toBe(0);
      expect(because).toMatch(/^lumbre\.shop is not set up .*SPF, DMARC.* 1000 promotions a day/);
      expect(due_in).toBeLessThan((DAY + 3_600_000) / 1000);
    }
    expect(alerts).toMatchObject([{ kind: 'setup', domain: DOMAIN }]);
    expect((await shop.app.sending.state()).stops).toMatchObject([
      { channel: 'email', cause: 'setup', held: 3 },
    ]);
    // That is mended in DNS, not by hand.
    expect(await shop.app.sending.resume()).toEqual({ ended: 0, released: 0 });
  });

  it('is looked at again each day, and what waited goes when it is set up', async () => {
    zone = { ...SPF, ...DMARC };
    // By the clock a day later nothing would begin that happens now.
    await owe('puts', 'max');
    shop.pass(DAY);
    await send();
    await expect.poll(async () => (await shop.app.sending.state()).stops).toEqual([]);
    shop.send();
    await shop.until((list) => list.every(({ state }) => state === 'sent'));
    expect((await ours()).map(({ attempts }) => attempts)).toEqual((await ours()).map(() => 1));
    expect(alerts).toHaveLength(1);
  });

  it('counts as set up while DNS is silent, which is told', async () => {
    await shop.app.db.execute(
      sql`update messages set state = 'owed', due_at = now() where id = ${(await ours())[0]?.id}`,
    );
    zone = 'silent';
    shop.pass(DAY);
    await send();
    expect((await ours()).every(({ state }) => state === 'sent')).toBe(true);
    expect(alerts.at(-1)).toMatchObject({ kind: 'dns_silent', domain: DOMAIN });
    expect(alerts.at(-1)?.response).toMatch(/DNS did not answer about .*ESERVFAIL/);
  });
});

describe('what is missing', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const KEY = { domain: DOMAIN, selector: 'ed' };
  const DKIM = { [`ed._domainkey.${DOMAIN}`]: dkimRecordFor(publicKey) };
  const missing = (zone: Zone, keys: readonly (typeof KEY)[] = [KEY], domain = DOMAIN) =>
    missingParts(openLookup(resolverOf(() => zone)), { domain, bounce_domain: domain, keys });

  it.each<[string, Zone, string[]]>([
    ['nothing', { ...SPF, ...DKIM, ...DMARC }, []],
    ['all', {}, ['SPF', 'DKIM', 'DMARC']],
    ['the record of our key', { ...SPF, ...DMARC }, ['DKIM']],
    ['a key that holds', { ...SPF, ...DMARC, [`ed._domainkey.${DOMAIN}`]: 'v=DKIM1; p=' }, ['DKIM']],
    ['a policy', { ...SPF, ...DKIM }, ['DMARC']],
    ['a record that is SPF', { ...DKIM, ...DMARC, [DOMAIN]: 'hello' }, ['SPF']],
  ])('is told: %s', async (_, zone, parts) => {
    expect(await missing(zone)).toEqual(parts);
  });

  it('is no key where a provider signs, and nothing of names that are nobody’s', async () => {
    expect(await missing({ ...SPF, ...DMARC }, [])).toEqual([]);
    expect(await missing({}, [KEY], 'lumbre.example')).toEqual([]);
  });
});
