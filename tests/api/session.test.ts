/** Setting up, signing in and out, and what a session can be talked into, by the API on a real database. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { addUser, PASSWORD, signedIn, visit } from '../support/visitor.ts';

let shop: Shop;
let server: FastifyInstance;
let ana: { readonly id: string; readonly email: string };

beforeAll(async () => {
  shop = await openShop({ roles: [] });
  server = await openServer(shop.app);
});
afterAll(async () => {
  await server.close();
  await shop.close();
});

describe('setting up', () => {
  const owner = { email: 'Olga@Shop.example', name: 'Olga', password: PASSWORD };

  async function tokenOfLink(): Promise<string> {
    return (await shop.app.accounts.setUpLink())?.split('#')[1] ?? '';
  }

  it('makes the first owner by the link of the start, once, and never again', async () => {
    const browser = visit(server);
    expect((await browser.ask('GET', '/v1/set-up')).body).toEqual({ wanted: true });
    expect((await browser.ask('GET', '/v1/session')).status).toBe(401);
    const [token, other] = [await tokenOfLink(), await tokenOfLink()];
    const stored = await shop.app.db.execute<{ row: string }>(sql`select i::text as row from invitations i`);
    expect(stored.rows.filter(({ row }) => row.includes(token))).toEqual([]);
    const refused = { status: 404, body: { error: { code: 'link_used_up' } } };
    expect(await browser.ask('POST', '/v1/set-up', { ...owner, token: 'x'.repeat(43) })).toMatchObject(
      refused,
    );
    for (const [given, pointer] of [
      [{ password: 'short' }, '/password'],
      [{ password: 'password1234' }, '/password'],
      [{ password: 'Olga Olga Olga' }, '/password'],
      [{ password: 'olga@shop.example' }, '/password'],
      [{ email: 'olga' }, '/email'],
      [{ name: ' ' }, '/name'],
    ] as const)
      expect(await browser.ask('POST', '/v1/set-up', { ...owner, token, ...given })).toMatchObject({
        status: 422,
        body: { error: { pointer } },
      });
    const made = await Promise.all(
      [token, token, other].map((one) => visit(server).ask('POST', '/v1/set-up', { ...owner, token: one })),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(made.find(({ status }) => status === 200)?.body).toMatchObject({
      user: { email: 'olga@shop.example', name: 'Olga', role: 'owner' },
      rights: ['read', 'people', 'publish', 'manage'],
      demo: false,
    });
    expect((await browser.ask('GET', '/v1/set-up')).body).toEqual({ wanted: false });
    expect(await shop.app.accounts.setUpLink()).toBeUndefined();
    for (const body of [{ ...owner, token }, { ...owner, token: other, email: 'eve@shop.example' }, {}])
      expect(await browser.ask('POST', '/v1/set-up', body)).toMatchObject({
        status: 409,
        body: { error: { code: 'set_up_before' } },
      });
    expect((await shop.app.accounts.page(null, 10)).map(({ email }) => email)).toEqual(['olga@shop.example']);
  }, 30_000);
});

describe('signing in', () => {
  beforeAll(async () => {
    ana = await addUser(shop.app, 'marketer', 'Ana');
  });
  beforeEach(() => shop.app.db.execute(sql`delete from sign_in_tries`));

  it('gives a new session each time, by a cookie that no script reads and no other site sends along', async () => {
    const browser = visit(server);
    const first = await browser.ask('POST', '/v1/session', {
      email: ` ${ana.email.toUpperCase()}`,
      password: PASSWORD,
    });
    expect(first).toMatchObject({
      status: 200,
      body: { user: { id: ana.id, role: 'marketer' }, demo: false },
    });
    expect(first.headers['set-cookie']).toMatch(
      /^etapa=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(JSON.stringify(first.body)).not.toContain('scrypt');
    const before = browser.token() ?? '';
    await browser.ask('POST', '/v1/session', { email: ana.email, password: PASSWORD });
    expect(browser.token()).not.toBe(before);
    expect((await visit(server, before).ask('GET', '/v1/session')).status).toBe(401);
    expect((await browser.ask('GET', '/v1/session')).body).toMatchObject({ user: { name: 'Ana' } });
    const rows = await shop.app.db.execute<{ row: string }>(sql`select s::text as row from sessions s`);
    expect(rows.rows.some(({ row }) => row.includes(browser.token() ?? '-'))).toBe(false);
  }, 30_000);

  it('never takes up a session that somebody else has put into the browser', async () => {
    const planted = 'A'.repeat(43);
    const browser = visit(server, planted);
    await browser.ask('POST', '/v1/session', { email: ana.email, password: PASSWORD });
    expect(browser.token()).not.toBe(planted);
    expect((await visit(server, planted).ask('GET', '/v1/session')).status).toBe(401);
  });

  it('is over when it is said so: the cookie opens nothing any more, wherever it was copied to', async () => {
    const browser = await signedIn(shop.app, server, ana.id);
    const stolen = browser.token() ?? '';
    expect((await browser.ask('DELETE', '/v1/session')).status).toBe(204);
    expect(browser.token()).toBeUndefined();
    expect((await visit(server, stolen).ask('GET', '/v1/session')).status).toBe(401);
    expect((await visit(server, stolen).ask('GET', '/v1/notices')).status).toBe(401);
  });

  it.each([
    ['after twelve hours of nothing', sql`last_seen_at = now() - interval '12 hours 1 second'`],
    ['after thirty days', sql`expires_at = now() - interval '1 second'`],
  ])('ends by itself %s', async (_name, aged) => {
    const browser = await signedIn(shop.app, server, ana.id);
    expect((await browser.ask('GET', '/v1/session')).status).toBe(200);
    await shop.app.db.execute(sql`update sessions set ${aged} where user_id = ${ana.id}`);
    expect((await browser.ask('GET', '/v1/session')).status).toBe(401);
  });

  it('goes on for who is there: a question is noted, once a minute at most', async () => {
    const browser = await signedIn(shop.app, server, ana.id);
    await shop.app.db.execute(
      sql`update sessions set last_seen_at = now() - interval '11 hours' where user_id = ${ana.id}`,
    );
    await browser.ask('GET', '/v1/session');
    const seen = await shop.app.db.execute(
      sql`select from sessions where user_id = ${ana.id} and last_seen_at > now() - interval '1 minute'`,
    );
    expect(seen.rowCount).toBe(1);
  });

  it('is refused with the same words for a wrong password, an unknown address, and somebody without a password', async () => {
    await shop.app.accounts.invite({ email: 'new@team.example', name: 'New', role: 'viewer' });
    const said = [];
    for (const email of [ana.email, 'nobody@team.example', 'new@team.example', 'no address'])
      said.push(
        await visit(server).ask('POST', '/v1/session', { email, password: 'not the password at all' }),
      );
    expect(new Set(said.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(said[0]).toMatchObject({ status: 401, body: { error: { code: 'sign_in_refused' } } });
    expect(said.every(({ headers }) => headers['set-cookie'] === undefined)).toBe(true);
  }, 30_000);

  it('is refused after ten tries of one account, from wherever, also when they come at once and the next is right', async () => {
    const tried = await Promise.all(
      Array.from({ length: 14 }, (_, n) =>
        visit(server).ask('POST', '/v1/session', { email: ana.email, password: `wrong password ${n}` }),
      ),
    );
    expect(tried.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = tried.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(4);
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(800);
    const right = { email: ana.email, password: PASSWORD };
    expect((await visit(server).ask('POST', '/v1/session', right)).status).toBe(429);
    await shop.app.db.execute(sql`update sign_in_tries set at = at - interval '15 minutes'`);
    expect((await visit(server).ask('POST', '/v1/session', right)).status).toBe(200);
  }, 60_000);

  it('is refused to one address that tries one account after the other', async () => {
    await shop.app.db.execute(sql`
      insert into sign_in_tries (account, ip, at) select 'a' || n, '127.0.0.1', now() from generate_series(1, 30) n`);
    const answer = await visit(server).ask('POST', '/v1/session', {
      email: 'x@team.example',
      password: PASSWORD,
    });
    expect(answer).toMatchObject({ status: 429, body: { error: { code: 'too_many_tries' } } });
  });

  it('takes what was tried before right as forgotten', async () => {
    await shop.app.db.execute(sql`
      insert into sign_in_tries (account, ip, at)
      select encode(sha256(${ana.email}::bytea), 'hex'), '192.0.2.' || n, now() from generate_series(1, 9) n`);
    expect(
      (await visit(server).ask('POST', '/v1/session', { email: ana.email, password: PASSWORD })).status,
    ).toBe(200);
    expect((await shop.app.db.execute(sql`select from sign_in_tries`)).rowCount).toBe(0);
  });
});

describe('a page of another site', () => {
  const OTHER = 'https://evil.example';

  const JSON_TYPE = { 'content-type': 'application/json' };

  test.each<[string, Record<string, string>, number]>([
    ['by fetch', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: OTHER }, 403],
    ['from a subdomain', { ...JSON_TYPE, 'sec-fetch-site': 'same-site', origin: 'http://x.localhost' }, 403],
    ['in an old browser', { ...JSON_TYPE, origin: OTHER }, 403],
    ['without an origin', JSON_TYPE, 403],
    ['with the origin null', { ...JSON_TYPE, origin: 'null' }, 403],
    ['by a form of text', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }, 415],
    [
      'by a form',
      { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      415,
    ],
  ])('cannot act for who is signed in, %s', async (_name, headers, status) => {
    const browser = await signedIn(shop.app, server, ana.id);
    const answer = await server.inject({
      ...{ method: 'POST', url: '/v1/suppressions', payload: '{"address":"a@b.example"}' },
      headers: { cookie: `etapa=${browser.token()}`, ...headers },
    });
    expect(answer.statusCode).toBe(status);
    expect((await shop.app.suppressions.page(null, 10)).list).toEqual([]);
  });

  test('cannot sign somebody in to a session of its own', async () => {
    const answer = await server.inject({
      ...{ method: 'POST', url: '/v1/session', payload: { email: ana.email, password: PASSWORD } },
      headers: { 'sec-fetch-site': 'cross-site', origin: OTHER },
    });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('cannot make a harmless method into another one', async () => {
    const browser = await signedIn(shop.app, server, ana.id);
    const override = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    expect((await browser.ask('GET', '/v1/session?_method=DELETE', undefined, override)).status).toBe(200);
    expect((await browser.ask('GET', '/v1/session')).status).toBe(200);
  });

  test('is no other site where its origin is this host, in a browser that says no more', async () => {
    const browser = await signedIn(shop.app, server, ana.id);
    const answer = await server.inject({
      ...{ method: 'DELETE', url: '/v1/session' },
      headers: {
        cookie: `etapa=${browser.token()}`,
        host: 'etapa.example:8686',
        origin: 'http://etapa.example:8686',
      },
    });
    expect(answer.statusCode).toBe(204);
  });
});

test('behind https the cookie is taken from this host alone, and another name is not looked at', async () => {
  const behind = await openServer({ ...shop.app, public_url: 'https://etapa.example' });
  const { token } = await shop.app.sessions.open(ana.id, { user_agent: '', ip: '' });
  const asWhom = async (cookie: string): Promise<number> =>
    (await behind.inject({ url: '/v1/session', headers: { cookie } })).statusCode;
  expect([await asWhom(`etapa=${token}`), await asWhom(`__Host-etapa=${token}`)]).toEqual([401, 200]);
  const signed = await behind.inject({
    ...{ method: 'POST', url: '/v1/session', payload: { email: ana.email, password: PASSWORD } },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(signed.headers['set-cookie']).toMatch(
    /^__Host-etapa=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  await behind.close();
});

describe('the demo', () => {
  it('signs in whoever comes to this machine by its own name, and nobody else', async () => {
    const demo = await openServer(shop.app, { demo: true });
    const asked = (host: string, site = 'same-origin') =>
      demo.inject({ url: '/v1/session', headers: { host, 'sec-fetch-site': site } });
    expect((await asked('evil.example:8686')).statusCode).toBe(401);
    expect((await asked('localhost:8686', 'cross-site')).statusCode).toBe(401);
    const answer = await asked('localhost:8686');
    expect(answer.json()).toMatchObject({ user: { role: 'owner' }, demo: true });
    const token = /^etapa=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '';
    expect((await visit(demo, token).ask('GET', '/v1/users')).status).toBe(200);
    await demo.close();
    expect((await visit(server).ask('GET', '/v1/session')).status).toBe(401);
  });
});
