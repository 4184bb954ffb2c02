import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type { Role } from '../../src/app.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { closedAfterEach } from '../support/closing.ts';
import { freePort } from '../support/redis-server.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type MessageRow, type Shop } from '../support/shop.ts';

const HOUR = 60 * 60_000;
const KEY = `Basic ${Buffer.from('wk_test:').toString('base64')}`;
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const FILES = {
  ...SHOP_FILES,
  'etapa.yaml': (SHOP_FILES['etapa.yaml'] ?? '').replace('name: Test shop', 'name: "Ana & <b>Co</b>"'),
  'workflows/reminding.yaml': `version: 1
workflow: reminding
purpose: promotion
enter_when: { event: checkout_started }
re_enter: always
steps:
  - wait: 1 hour
  - send_email: offer
`,
};

const closing = closedAfterEach();

interface Site {
  readonly shop: Shop;
  readonly smtp: ScriptedSmtp;
  readonly server: FastifyInstance;
  readonly origin: string;
}

async function openSite(roles: readonly Role[]): Promise<Site> {
  const smtp = await startScriptedSmtp();
  closing.push(() => smtp.stop());
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const shop = await openShop({ files: FILES, smtp_url: smtp.url, roles, overrides: { public_url: origin } });
  closing.push(() => shop.close());
  await addWriteKey(shop.app.db, 'test', 'Test', 'wk_test');
  const server = await openServer(shop.app);
  closing.push(() => server.close());
  await server.listen({ port, host: '127.0.0.1' });
  return { shop, smtp, server, origin };
}

async function batch({ origin }: Site, ...calls: object[]): Promise<void> {
  const answer = await fetch(`${origin}/v1/batch`, {
    method: 'POST',
    headers: { authorization: KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: calls }),
  });
  expect(answer.status).toBe(200);
}

function knows(userId: string, language = 'en'): object {
  return {
    type: 'identify',
    userId,
    traits: { email: `${userId}@example.com`, language, consent: ['email'] },
  };
}

function does(userId: string, event: string, properties: object = {}): object {
  return { type: 'track', userId, event, properties };
}

/** The link that a mail program would show as a button. */
function linkIn(raw: string | undefined): string {
  return /^List-Unsubscribe: <(.*)>\r$/m.exec((raw ?? '').replaceAll(/\r\n[ \t]/g, ' '))?.[1] ?? '';
}

/** All that a link could change. */
async function book({ app }: Shop): Promise<unknown> {
  const consents = await app.db.execute(
    sql`select channel, granted, at, source from consents order by contact_id`,
  );
  const events = await app.db.execute(sql`select name from events order by received_at, id`);
  return { consents: consents.rows, events: events.rows };
}

const isSent = (list: readonly MessageRow[]): boolean => list.every(({ state }) => state === 'sent');

describe('from a batch of events to a reminder to no more of them', () => {
  it('works by the link in the mail alone, and changes nothing but by the one POST', async () => {
    const site = await openSite(['engine', 'sender', 'chores']);
    const { shop, smtp } = site;
    await batch(site, knows('ana', 'es'), does('ana', 'Checkout Started', { value: 20 }));
    await expect.poll(async () => (await shop.app.db.execute(sql`select from runs`)).rowCount).toBe(1);
    shop.pass(1.1 * HOUR);
    await shop.until((list) => list.length === 1 && isSent(list));
    const link = linkIn(smtp.accepted[0]?.raw);
    expect(link).toMatch(new RegExp(`^${site.origin}/u/[A-Za-z0-9_-]{43}$`));

    const before = await book(shop);
    await looksThatChangeNothing(link);
    expect(await book(shop)).toEqual(before);

    const began = performance.now();
    const answer = await fetch(link, { method: 'POST', headers: FORM, body: ONE_CLICK, redirect: 'manual' });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.text()).toContain(
      'Hecho. Ana &#38; &#60;b&#62;Co&#60;/b&#62; no le enviará más promociones',
    );

    const after = await book(shop);
    expect(after).toMatchObject({
      consents: [{ channel: 'email', granted: false, source: 'unsubscribe_link' }],
      events: expect.arrayContaining([{ name: 'unsubscribed' }]),
    });
    const form = new FormData();
    form.append('List-Unsubscribe', 'One-Click');
    expect((await fetch(link, { method: 'POST', body: form })).status).toBe(200);
    const encoded = 'other=1&List%2DUnsubscribe=One%2DClick';
    expect((await fetch(link, { method: 'POST', headers: FORM, body: encoded })).status).toBe(200);
    expect(await book(shop)).toEqual(after);

    await batch(
      site,
      does('ana', 'Product Added', { product_id: 's1' }),
      does('ana', 'Order Completed', { order_id: 'o1' }),
    );
    const list = await shop.until(
      (all) => all.length === 3 && all.every(({ state }) => state === 'sent' || state === 'suppressed'),
    );
    expect(
      list
        .slice(1)
        .map(({ message, state, because }) => [message, state, because])
        .toSorted(),
    ).toEqual([
      ['offer', 'suppressed', 'said no to promotions by email'],
      ['receipt', 'sent', null],
    ]);
    expect(smtp.accepted).toHaveLength(2);
  });
});

/** Mail scanners, previews and browsers that load ahead. */
async function looksThatChangeNothing(link: string): Promise<void> {
  const page = await fetch(link);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('set-cookie')).toBeNull();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(html).toContain('<html lang="es">');
  expect(html).toContain(
    '¿No quiere recibir más promociones de Ana &#38; &#60;b&#62;Co&#60;/b&#62; por correo?',
  );
  expect(html).toContain('<form method="post">');
  expect(html).toContain('Darme de baja');
  expect(html).not.toMatch(/<script|onload|onsubmit|http-equiv/i);
  const agents = ['Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b', 'Barracuda Sentinel', 'GoogleImageProxy'];
  for (const agent of agents) {
    const scanned = await fetch(`${link}?List-Unsubscribe=One-Click`, {
      headers: { 'user-agent': agent, purpose: 'prefetch', 'sec-purpose': 'prefetch' },
    });
    expect(scanned.status).toBe(200);
  }
  const head = await fetch(link, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
}

describe('the effect', () => {
  it('is there when the answer is: none of twenty promotions that are owed is claimed any more', async () => {
    const site = await openSite(['engine']);
    const { shop, smtp } = site;
    await batch(site, knows('ana'), knows('eva'));
    for (let n = 0; n < 20; n++) await batch(site, does('ana', 'Product Added', { product_id: `p${n}` }));
    await batch(
      site,
      does('eva', 'Product Added', { product_id: 'p' }),
      does('ana', 'Order Completed', { order_id: 'o' }),
    );
    const owed = await shop.until((list) => list.length === 22);
    const link = shop.app.links.unsubscribeUrl(owed.find(({ user }) => user === 'ana')?.id ?? '');

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => fetch(link, { method: 'POST', headers: FORM, body: ONE_CLICK })),
    );
    shop.send();
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const list = await shop.until((all) =>
      all.every(({ state }) => state === 'sent' || state === 'suppressed'),
    );
    const count = (user: string, message: string, state: string): number =>
      list.filter((row) => row.user === user && row.message === message && row.state === state).length;
    expect([
      count('ana', 'offer', 'suppressed'),
      count('ana', 'receipt', 'sent'),
      count('eva', 'offer', 'sent'),
    ]).toEqual([20, 1, 1]);
    expect(smtp.accepted).toHaveLength(2);
    const events = await shop.app.db.execute(sql`select from events where name = 'unsubscribed'`);
    expect(events.rowCount).toBe(1);
  });

  it('lasts until the person says yes again, and then promotions go', async () => {
    const site = await openSite(['engine', 'sender', 'chores']);
    const { shop } = site;
    await batch(site, knows('ana'), does('ana', 'Product Added'));
    const [first] = await shop.until((list) => list.length === 1 && isSent(list));
    const link = shop.app.links.unsubscribeUrl(first?.id ?? '');
    await fetch(link, { method: 'POST', headers: FORM, body: ONE_CLICK });
    await expect.poll(async () => (await shop.app.db.execute(sql`select from happenings`)).rowCount).toBe(0);
    await batch(site, does('ana', 'Consent Given'), does('ana', 'Product Added'));
    expect((await shop.until((list) => list.length === 2 && isSent(list)))[1]).toMatchObject({
      message: 'offer',
    });
  });
});

describe('a token that was not made here', () => {
  it('is 404 and changes nothing: every bit turned, other ends, and a message that is not there', async () => {
    const site = await openSite(['engine']);
    const { shop, server } = site;
    await batch(site, knows('ana'), does('ana', 'Product Added'));
    const [row] = await shop.until((list) => list.length === 1);
    const path = new URL(shop.app.links.unsubscribeUrl(row?.id ?? '')).pathname;
    const token = path.slice('/u/'.length);
    const bytes = Buffer.from(token, 'base64url');
    const turned = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy.toString('base64url');
    });
    const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const otherEnds = [...ALPHABET]
      .map((letter) => token.slice(0, -1) + letter)
      .filter((one) => one !== token);
    const unknown = new URL(shop.app.links.unsubscribeUrl(randomUUID())).pathname.slice('/u/'.length);
    const before = await book(shop);

    for (const bad of [...turned, ...otherEnds, unknown]) {
      const post = await server.inject({
        method: 'POST',
        url: `/u/${bad}`,
        headers: FORM,
        payload: ONE_CLICK,
      });
      expect(post.statusCode, bad).toBe(404);
    }
    for (const bad of [...otherEnds, unknown]) {
      const get = await server.inject({ url: `/u/${bad}` });
      expect([get.statusCode, get.body.includes('not known here'), get.body.includes('<form')]).toEqual([
        404,
        true,
        false,
      ]);
    }
    expect(await book(shop)).toEqual(before);
    expect(
      (await server.inject({ method: 'POST', url: path, headers: FORM, payload: ONE_CLICK })).statusCode,
    ).toBe(200);
    expect(await book(shop)).not.toEqual(before);
  });
});

it('the page speaks the language of the message', async () => {
  const site = await openSite(['engine']);
  const { shop, server } = site;
  await batch(
    site,
    knows('ana', 'es'),
    knows('eva', 'en'),
    does('ana', 'Product Added'),
    does('eva', 'Product Added'),
  );
  const rows = await shop.until((list) => list.length === 2);
  const pages = await Promise.all(
    ['ana', 'eva'].map(async (user) => {
      const id = rows.find((row) => row.user === user)?.id ?? '';
      const { pathname } = new URL(shop.app.links.unsubscribeUrl(id));
      return (await server.inject(pathname)).body;
    }),
  );
  expect(pages[0]).toContain('<html lang="es">');
  expect(pages[0]).toContain('Darme de baja');
  expect(pages[1]).toContain('<html lang="en">');
  expect(pages[1]).toContain('Unsubscribe me');
});
