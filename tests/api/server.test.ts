import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { newDatabase, queueOn } from '../support/database.ts';
import { linkTo, type Link } from '../support/link.ts';
import { openShop, type Shop } from '../support/shop.ts';

const KEY = `Basic ${Buffer.from('wk_test:').toString('base64')}`;
const JSON_TYPE = { 'content-type': 'application/json', authorization: KEY };

let link: Link;
let shop: Shop;
let server: FastifyInstance;
let origin: string;

beforeAll(async () => {
  const url = await newDatabase();
  link = await linkTo(url);
  shop = await openShop({ overrides: { database_url: link.url, queue: queueOn('postgres', link.url) } });
  await addWriteKey(shop.app.db, 'test', 'Test', 'wk_test');
  server = await openServer(shop.app);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  link.set('open');
  await server.close();
  await shop.close();
  await link.stop();
});

let calls = 0;

function call(messageId = `call-${++calls}`): string {
  return JSON.stringify({
    batch: [
      {
        type: 'track',
        userId: 'ana',
        event: 'Product Viewed',
        messageId,
        properties: { email: 'secret@x.example' },
      },
    ],
  });
}

function post(body: string | Buffer, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return fetch(`${origin}/v1/batch`, { method: 'POST', headers, body: body as string });
}

async function stored(): Promise<number> {
  return (await shop.app.db.execute(sql`select from events`)).rowCount ?? 0;
}

describe('the description of the API', () => {
  interface Operation {
    readonly tags?: readonly string[];
    readonly summary?: string;
    readonly parameters?: readonly { readonly name: string; readonly in: string }[];
    readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
    readonly responses: Record<string, { readonly description: string }>;
  }
  interface OpenApi {
    readonly openapi: string;
    readonly info: { readonly title: string; readonly version: string };
    readonly paths: Record<string, Record<string, Operation>>;
  }

  it('is OpenAPI 3 with everything that it must have, and resolves whatever it refers to', async () => {
    const answer = await fetch(`${origin}/openapi.json`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    const document = (await answer.json()) as OpenApi;
    expect(document.openapi).toMatch(/^3\.[01]\.\d+$/);
    expect(document.info.title).toBe('Etapa');
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const [path, operations] of Object.entries(document.paths)) {
      expect(path).toMatch(/^\//);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const [method, operation] of Object.entries(operations)) {
        expect(['get', 'post', 'put', 'delete', 'patch', 'head', 'options']).toContain(method);
        const inPath = (operation.parameters ?? [])
          .filter((one) => one.in === 'path')
          .map(({ name }) => name);
        expect(inPath, `${method} ${path}`).toEqual(named);
        expect(Object.keys(operation.responses).length, `${method} ${path}`).toBeGreaterThan(0);
        for (const [status, response] of Object.entries(operation.responses)) {
          expect(status).toMatch(/^([1-5]\d\d|default)$/);
          expect(typeof response.description, `${method} ${path} ${status}`).toBe('string');
        }
      }
    }
    const text = JSON.stringify(document);
    for (const [, place = ''] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      const found = place
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
      expect(found, place).toBeDefined();
    }
  });

  it('lists the calls of Segment with their bodies and answers, and hides what is not for developers', async () => {
    const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as OpenApi;
    const names = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'import'];
    expect(Object.keys(paths).toSorted()).toEqual(
      [
        ...names.map((name) => `/v1/${name}`),
        ...['/v1/messages', '/v1/messages/retry', '/v1/messages/{id}', '/v1/messages/{id}/retry'],
        ...['/v1/sending', '/v1/sending/stop', '/v1/sending/resume'],
        ...['/v1/deliverability', '/v1/deliverability/set-up'],
        ...['/v1/templates', '/v1/templates/{message}/preview'],
        ...['/v1/calendar', '/v1/forecast', '/v1/notices/{id}/reach'],
        ...['/v1/map', '/v1/map/days'],
        ...['', '/chat', '/chat/read', '/export', '/messages', '/timeline', '/why-not', '/explain'].map(
          (path) => `/v1/contacts/{id}${path}`,
        ),
        ...['/consents', '/events', '/merge', '/suppress'].map((path) => `/v1/contacts/{id}${path}`),
        ...['/v1/contacts', '/v1/contacts.csv', '/v1/vocabulary'],
        ...['/v1/notices', '/v1/notices/{id}/start', '/v1/notices/{id}/end'],
        ...['/v1/suppressions', '/v1/suppressions/{address}', '/v1/put-aside', '/v1/put-aside/retry'],
        ...['/v1/session', '/v1/set-up', '/v1/invitations/{token}', '/v1/sessions', '/v1/sessions/{id}'],
        ...['/v1/users', '/v1/users/{id}', '/v1/users/{id}/invitation', '/v1/users/me/password'],
        ...['/v1/keys', '/v1/keys/{id}', '/v1/audit', '/v1/health-report'],
        ...[
          '',
          '/start',
          '/experiments',
          '/waiting',
          '/versions',
          '/versions/{hash}',
          '/try',
          '/simulate',
        ].map((path) => `/v1/workflows/{id}${path}`),
        ...['/pause', '/resume', '/stop'].map((path) => `/v1/workflows/{id}${path}`),
        ...['files', 'file', 'versions', 'check', 'complete', 'hover', 'preview', 'deploy', 'rollback'].map(
          (name) => `/v1/project/${name}`,
        ),
        ...['/health/live', '/health/ready', '/v1/workflows', '/v1/jobs/{id}'],
      ].toSorted(),
    );
    for (const name of names) {
      const operation = paths[`/v1/${name}`]?.['post'];
      expect(Object.keys(operation?.responses ?? {}), name).toEqual(
        expect.arrayContaining(['200', '400', '401', '503']),
      );
      expect(operation?.requestBody?.content['application/json']?.schema, name).toMatchObject({
        type: 'object',
      });
      expect(operation?.summary, name).toMatch(/^[A-Z]\w+ /);
    }
  });

  it('can be read in a browser', async () => {
    const page = await fetch(`${origin}/docs`);
    expect(page.status).toBe(200);
    const html = await page.text();
    const scripts = [...html.matchAll(/src="([^"]+\.js)"/g)].map(
      ([, src = '']) => new URL(src, page.url).href,
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect((await fetch(script)).status, script).toBe(200);
  });

  it('comes with headers that browsers are safer by', async () => {
    const { headers } = await fetch(`${origin}/health/live`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

test.each<[string, Record<string, string>, string]>([
  ['no key', { 'content-type': 'application/json' }, 'write_key_missing'],
  ['an unknown key', { authorization: 'Basic b3RoZXI6' }, 'write_key_unknown'],
])('with %s nothing is taken', async (_name, headers, code) => {
  const before = await stored();
  const answer = await post(call(), headers);
  expect(answer.status).toBe(401);
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe(code);
  expect(await stored()).toBe(before);
});

describe('when the database is away', () => {
  const ready = async (): Promise<number> => (await fetch(`${origin}/health/ready`)).status;
  const live = async (): Promise<number> => (await fetch(`${origin}/health/live`)).status;

  it('is alive and not ready, stores nothing and says when to come again; then takes the same events', async () => {
    expect([await live(), await ready()]).toEqual([200, 200]);
    const before = await stored();
    const body = call('kept-by-the-client');
    link.set('cut');
    expect([await live(), await ready()]).toEqual([200, 503]);
    const refused = await post(body);
    const text = await refused.text();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'not_stored' } });
    expect(text).not.toMatch(/select|insert|ECONN|secret@/i);

    const unsubscribe = await fetch(
      shop.app.links
        .unsubscribeUrl('01931b2e-7a00-7000-8000-000000000001')
        .replace(/^.*\/u\//, `${origin}/u/`),
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      },
    );
    const page = await unsubscribe.text();
    expect([unsubscribe.status, unsubscribe.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page).toContain('Please try again in a moment.');
    expect(page).not.toMatch(/select|ECONN/i);

    link.set('open');
    await expect.poll(ready).toBe(200);
    expect(await stored()).toBe(before);
    expect((await post(body)).status).toBe(200);
    expect((await post(body)).status).toBe(200);
    expect(await stored()).toBe(before + 1);
  });

  it('says that it is not ready also when the database only keeps silent', async () => {
    link.set('mute');
    const began = performance.now();
    expect([await ready(), await live()]).toEqual([503, 200]);
    expect(performance.now() - began).toBeLessThan(5000);
    // What hangs on silent connections is lost with them.
    link.set('cut');
    link.set('open');
    await expect.poll(ready).toBe(200);
  });
});

it.each([
  ['behind the proxies that were named', ['127.0.0.1', '10.1.0.0/16'], '203.0.113.9'],
  ['behind another proxy', ['10.1.0.7'], '127.0.0.1'],
  ['where none is named', undefined, '127.0.0.1'],
])('the address that an open is noted with is the right one %s', async (_name, trust_proxy, ip) => {
  const { app } = shop;
  await shop.receive(shop.knows(`reader-${ip}`), shop.puts(`reader-${ip}`));
  const [message] = await shop.until((list) => list.length > 0);
  await app.db.execute(sql`delete from touches`);
  const behind = await openServer(app, { trust_proxy });
  const { pathname } = new URL(app.links.pixelUrl(message?.id ?? ''));
  // The reader feigned the first; the last came from the nearest proxy.
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.1.0.7' };
  expect((await behind.inject({ url: pathname, headers })).statusCode).toBe(200);
  const noted = await app.db.execute<{ ip: string }>(sql`select ip from touches`);
  expect(noted.rows).toEqual([{ ip }]);
  await behind.close();
});
