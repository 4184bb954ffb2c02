/** Addresses and domains that nothing is sent to, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openShop, type MessageRow, type Shop } from '../support/shop.ts';
import { aliased, tracked } from '../support/traffic.ts';

let shop: Shop;
let server: FastifyInstance;
let api_key: string;

beforeAll(async () => {
  shop = await openShop({ roles: ['engine', 'sender'] });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

type Method = 'GET' | 'POST' | 'DELETE';

async function ask(method: Method, path: string, body?: object, key = api_key) {
  const answer = await server.inject({
    method,
    url: `/v1/suppressions${path}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json<unknown>() };
}

/** What became of the messages of these people, once all have come to their end. */
async function fates(...users: string[]): Promise<string[]> {
  const isDone = (list: readonly MessageRow[]): boolean =>
    list.every(({ state }) => ['sent', 'suppressed'].includes(state));
  const counted = (list: readonly MessageRow[]): boolean =>
    users.every((user) => list.some((row) => row.user === user));
  const list = await shop.until((rows) => isDone(rows) && counted(rows));
  return list
    .filter(({ user }) => users.includes(user))
    .map(({ user, message, state, because }) => [user, message, because ?? state].join(': '))
    .sort();
}

describe('who is suppressed', () => {
  it('is not written to, by whichever import or merge the address comes back, until it is allowed again', async () => {
    expect(await ask('POST', '', { address: 'Eva@Example.COM', reason: 'asked by phone' })).toMatchObject({
      status: 200,
      body: { address: 'eva@example.com', channel: 'email', scope: 'all', reason: 'asked by phone' },
    });
    await shop.receive(shop.knows('eva'), shop.orders('eva'));
    await shop.receive(shop.knows('imported', { email: 'EVA@example.com' }), shop.orders('imported'));
    const looks = tracked({ user_id: 'nameless' }, 'product_viewed');
    await shop.receive(looks, shop.knows('renamed', { email: 'eva@example.com' }));
    await shop.receive(aliased('nameless', 'renamed'));
    const emailOfNameless = async (): Promise<unknown> =>
      (await shop.app.reader.findContact('nameless'))?.contact.profile.fields.email?.value;
    await expect.poll(emailOfNameless, { interval: 20, timeout: 15_000 }).toBe('eva@example.com');
    await shop.receive(shop.orders('nameless'));
    const held = 'receipt: the address is suppressed: asked by phone';
    expect(await fates('eva', 'imported', 'nameless')).toEqual(
      ['eva', 'imported', 'nameless'].map((user) => `${user}: ${held}`),
    );

    expect((await ask('DELETE', '/EVA@example.com')).status).toBe(204);
    expect(await ask('DELETE', '/eva@example.com')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_suppressed' } },
    });
    await shop.receive(shop.orders('eva'));
    await shop.until((list) => list.some(({ user, state }) => user === 'eva' && state === 'sent'));
  });

  it('may be a whole domain, whose subdomains are others, in either spelling of its letters', async () => {
    await ask('POST', '', { address: '@Müller.example', reason: 'competitor' });
    await shop.receive(
      shop.knows('unicode', { email: 'ana@müller.example' }),
      shop.knows('ascii', { email: 'ana@xn--mller-kva.example' }),
      shop.knows('sub', { email: 'ana@mail.müller.example' }),
      ...['unicode', 'ascii', 'sub'].map((user) => shop.orders(user)),
    );
    const held = 'receipt: the address is suppressed: competitor';
    expect(await fates('unicode', 'ascii', 'sub')).toEqual([
      `ascii: ${held}`,
      'sub: receipt: sent',
      `unicode: ${held}`,
    ]);
  });

  it('may be so for promotions alone', async () => {
    await ask('POST', '', { address: '@quiet.example', scope: 'promotion' });
    await shop.receive(
      shop.knows('quiet', { email: 'q@quiet.example' }),
      shop.puts('quiet'),
      shop.orders('quiet'),
    );
    await shop.until((list) => list.filter(({ user }) => user === 'quiet').length === 2);
    expect(await fates('quiet')).toEqual([
      'quiet: offer: the address is suppressed: by hand',
      'quiet: receipt: sent',
    ]);
  });
});

describe('the list', () => {
  it('is read page by page, each once, and saying the same again changes nothing', async () => {
    for (let n = 0; n < 7; n++) await ask('POST', '', { address: `n${n}@paged.example` });
    const first = await ask('POST', '', { address: 'n0@paged.example' });
    expect(first.status).toBe(200);
    const seen: string[] = [];
    let pages = 0;
    for (let cursor = ''; ; pages++) {
      const { body } = await ask('GET', `?limit=3${cursor && `&cursor=${cursor}`}`);
      const { suppressions, next } = body as { suppressions: { address: string }[]; next: string | null };
      seen.push(...suppressions.map(({ address }) => address));
      if (next === null) break;
      cursor = next;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen.filter((one) => one.endsWith('@paged.example'))).toHaveLength(7);
    expect(seen).toContain('@xn--mller-kva.example');
  });

  it('refuses what is no one address, with the place and the mend', async () => {
    for (const address of [
      'ana',
      'a@b.example, c@d.example',
      '@',
      '@localhost',
      'ana@x.example\n',
      '#hash',
    ]) {
      const answer = await ask('POST', '', { address: `${address} x` });
      expect(answer, address).toMatchObject({
        status: 422,
        body: { error: { code: 'not_an_address', pointer: '/address' } },
      });
    }
    expect(await ask('POST', '', { address: '34600', channel: 'sms' })).toMatchObject({ status: 422 });
    expect(await ask('POST', '', { adress: 'a@b.example' })).toMatchObject({ status: 422 });
    expect(await ask('GET', '?cursor=nonsense')).toMatchObject({
      status: 422,
      body: { error: { code: 'cursor_unknown' } },
    });
  });

  it('is for keys of the API alone, and documented', async () => {
    expect((await ask('GET', '', undefined, 'nobody')).status).toBe(401);
    expect((await ask('POST', '', { address: 'a@b.example' }, 'wk_browser')).status).toBe(403);
    const { paths } = (await server.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
    expect(Object.keys(paths['/v1/suppressions'] ?? {})).toEqual(['get', 'post']);
    expect(Object.keys(paths['/v1/suppressions/{address}'] ?? {})).toEqual(['delete']);
  });
});
