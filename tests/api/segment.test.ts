import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fastifySwagger from '@fastify/swagger';
import { Analytics } from '@segment/analytics-node';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { afterEach, describe, expect, it, onTestFinished, test } from 'vitest';
import { segmentRoutes } from '../../src/api/segment.ts';
import type { SegmentOptions } from '../../src/api/segment.ts';
import type { IncomingEvent } from '../../src/core/events/event.ts';
import type { Rejected } from '../../src/core/events/segment.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const KEY = 'wk_shop';
const BASIC = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
const view = { userId: 'ada', event: 'Product Viewed', messageId: 'm-1' };

let app: FastifyInstance;
afterEach(() => app.close());

/** The routes on a bare server, with what reached the engine. */
function serve(changes: Partial<SegmentOptions> = {}) {
  const seen = {
    events: [] as IncomingEvent[],
    rows: [] as Rejected[],
    sources: new Set<string>(),
    keys: [] as string[],
  };
  app = Fastify();
  void app.register(
    segmentRoutes({
      authenticate: async (key) => {
        seen.keys.push(key);
        return key === KEY ? 'shop' : undefined;
      },
      receive: async (events, source) => {
        seen.events.push(...events);
        seen.sources.add(source);
      },
      reject: async (rows, source) => {
        seen.rows.push(...rows);
        seen.sources.add(source);
      },
      now: () => NOW,
      newId: () => 'made-here',
      ...changes,
    }),
  );
  return seen;
}

type Headers = Readonly<Record<string, string>>;

async function post(
  url: string,
  body: object | string | Buffer,
  headers: Headers = { authorization: BASIC },
) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await app.inject({ method: 'POST', url, payload, headers });
  const error = response.body === '' ? undefined : response.json<{ error?: Problem }>().error;
  return { status: response.statusCode, body: response.body, error, headers: response.headers };
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly pointer?: string;
  readonly rejected?: readonly Rejected[];
}

describe('paths', () => {
  test.each([
    ['/v1/identify', '/v1/i', 'identify'],
    ['/v1/track', '/v1/t', 'track'],
    ['/v1/page', '/v1/p', 'page'],
    ['/v1/screen', '/v1/s', 'screen'],
    ['/v1/group', '/v1/g', 'group'],
    ['/v1/alias', '/v1/a', 'alias'],
  ])('%s and %s take a call of type %s', async (long, short, type) => {
    const seen = serve();
    const call = { ...view, groupId: 'g', previousId: 'p' };
    for (const url of [long, short]) {
      expect(await post(url, call)).toMatchObject({ status: 200, body: '{"success":true}' });
    }
    expect(seen.events.map((event) => event.type)).toEqual([type, type]);
    expect([...seen.sources]).toEqual(['shop']);
  });

  test.each(['/v1/batch', '/v1/b', '/v1/import'])('%s takes a batch', async (url) => {
    const seen = serve();
    const answer = await post(url, {
      batch: [
        { ...view, type: 'track' },
        { type: 'identify', userId: 'bob' },
      ],
    });
    expect(answer.status).toBe(200);
    expect(seen.events.map((event) => [event.name, event.message_id])).toEqual([
      ['product_viewed', 'm-1'],
      ['identified', 'made-here'],
    ]);
  });
});

describe('the write key', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each<[string, Headers, object]>([
    ['as user name', { authorization: `Basic ${base64(`${KEY}:`)}` }, {}],
    ['as user name without a colon', { authorization: `Basic ${base64(KEY)}` }, {}],
    ['as user name beside a password', { authorization: `basic ${base64(`${KEY}:x`)}` }, {}],
    ['in the body', {}, { writeKey: KEY }],
    ['in the body beside a Bearer token', { authorization: 'Bearer abc' }, { writeKey: KEY }],
    ['in the body beside an empty user name', { authorization: `Basic ${base64(':')}` }, { writeKey: KEY }],
  ])('is read %s', async (_, headers, fields) => {
    const seen = serve();
    expect((await post('/v1/track', { ...view, ...fields }, headers)).status).toBe(200);
    expect(seen.keys).toEqual([KEY]);
    expect(JSON.stringify(seen.events)).not.toContain(KEY);
  });

  test.each<[string, Headers, object, string]>([
    ['none', {}, {}, 'write_key_missing'],
    ['a Bearer token alone', { authorization: `Bearer ${KEY}` }, {}, 'write_key_missing'],
    ['a key that is no text', {}, { writeKey: { key: KEY } }, 'write_key_missing'],
    ['a key with a NUL', {}, { writeKey: `${KEY}\u0000` }, 'write_key_missing'],
    [
      'an unknown user name',
      { authorization: `Basic ${base64('other:')}` },
      { writeKey: KEY },
      'write_key_unknown',
    ],
    ['an unknown key in the body', {}, { writeKey: 'other' }, 'write_key_unknown'],
  ])('%s is a 401 and stores nothing', async (_, headers, fields, code) => {
    const seen = serve();
    const answer = await post('/v1/track', { ...view, ...fields }, headers);
    expect(answer).toMatchObject({ status: 401, error: { code } });
    expect(answer.headers['www-authenticate']).toContain('Basic');
    expect([seen.events, seen.rows]).toEqual([[], []]);
  });
});

describe('bodies', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
  ])('are read as %s', async (type) => {
    const seen = serve();
    expect((await post('/v1/t', view, { authorization: BASIC, 'content-type': type })).status).toBe(200);
    expect(seen.events).toHaveLength(1);
  });

  it('are read without a content type', async () => {
    const seen = serve();
    expect((await post('/v1/t', Buffer.from(JSON.stringify({ ...view, writeKey: KEY })), {})).status).toBe(
      200,
    );
    expect(seen.events).toHaveLength(1);
  });

  test.each<[string, string | Buffer, Headers, string]>([
    ['no JSON', '{"userId":', {}, 'invalid_json'],
    ['an empty body', '', {}, 'invalid_json'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 'invalid_json'],
    ['what is not gzip', 'plain', { 'content-encoding': 'gzip' }, 'gzip_unreadable'],
    ['cut gzip', gzipSync('{"a":1}').subarray(0, 15), { 'content-encoding': 'gzip' }, 'gzip_unreadable'],
    ['an unknown encoding', '{}', { 'content-encoding': 'br' }, 'encoding_unknown'],
    ['a content type that is none', '{}', { 'content-type': 'a b' }, 'request_unreadable'],
    ['33 KB', JSON.stringify({ a: 'x'.repeat(33 * 1024) }), {}, 'body_too_large'],
  ])('%s is a 400', async (_, body, headers, code) => {
    const seen = serve();
    const answer = await post('/v1/track', body, { authorization: BASIC, ...headers });
    expect(answer).toMatchObject({ status: 400, error: { code } });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(seen.events).toEqual([]);
  });

  it('of a batch may have 500 KB and not 501', async () => {
    const seen = serve();
    const call = { ...view, type: 'track', properties: { a: 'x'.repeat(30_000) } };
    const batch = Array.from({ length: 16 }, () => call);
    expect((await post('/v1/batch', { batch })).status).toBe(200);
    expect(seen.events).toHaveLength(16);
    const large = await post('/v1/batch', { batch: [...batch, call, call] });
    expect(large).toMatchObject({ status: 400, error: { code: 'body_too_large' } });
    expect(large.error?.message).toContain('500 KB');
  });

  it('may be gzip', async () => {
    const seen = serve();
    const body = gzipSync(JSON.stringify(view));
    expect((await post('/v1/track', body, { authorization: BASIC, 'content-encoding': 'gzip' })).status).toBe(
      200,
    );
    expect(seen.events[0]?.message_id).toBe('m-1');
  });

  test.each(['/v1/track', '/v1/batch'])('that inflate without end are refused at %s', async (url) => {
    const seen = serve();
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
    expect(bomb.length).toBeLessThan(32 * 1024);
    const answer = await post(url, bomb, { authorization: BASIC, 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 400, error: { code: 'body_too_large' } });
    expect(seen.events).toEqual([]);
  });

  it('never pollute a prototype', async () => {
    const seen = serve();
    const body =
      '{"userId":"ada","event":"x","properties":{"__proto__":{"polluted":1},"a":1},"__proto__":{"polluted":1}}';
    expect((await post('/v1/track', body)).status).toBe(200);
    expect(seen.events[0]?.properties).toStrictEqual({ a: 1 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('are placed in time by the clock of the server', async () => {
    const seen = serve();
    await post('/v1/batch', {
      batch: [{ ...view, type: 'track', timestamp: '2020-01-01T00:00:00Z' }],
      sentAt: '2020-01-01T00:00:30Z',
    });
    expect(seen.events[0]).toMatchObject({ occurred_at: NOW - 30_000, received_at: NOW });
  });
});

describe('calls with mistakes', () => {
  const batch = [
    { ...view, type: 'track' },
    { type: 'track', userId: 'ada', messageId: 'm-2' },
  ];

  it('get 200, go to the debugger, and do not stop the others', async () => {
    const seen = serve();
    expect(await post('/v1/batch', { batch })).toMatchObject({ status: 200, body: '{"success":true}' });
    expect(seen.events.map((event) => event.message_id)).toEqual(['m-1']);
    expect(seen.rows).toMatchObject([
      { index: 1, code: 'event_missing', pointer: '/batch/1/event', message_id: 'm-2' },
    ]);
  });

  test.each([{ userId: 3 }, [], 'text', null])('get 200 even as %j', async (body) => {
    const seen = serve();
    expect((await post('/v1/track', JSON.stringify(body))).status).toBe(200);
    expect(seen.rows).toHaveLength(1);
  });

  it('are a 400 with ?strict=1, which stores nothing of the request', async () => {
    const seen = serve();
    const answer = await post('/v1/batch?strict=1', { batch });
    expect(answer).toMatchObject({
      status: 400,
      error: {
        code: 'calls_rejected',
        pointer: '/batch/1/event',
        rejected: [{ index: 1, code: 'event_missing' }],
      },
    });
    expect([seen.events, seen.rows]).toEqual([[], []]);
  });

  it('are none with ?strict=1 when all is well', async () => {
    const seen = serve();
    expect((await post('/v1/track?strict=1', view)).status).toBe(200);
    expect(seen.events).toHaveLength(1);
  });
});

describe('when the engine cannot', () => {
  const fail = () => Promise.reject(new Error('the database is gone'));

  test.each<[string, Partial<SegmentOptions>]>([
    ['store', { receive: fail }],
    ['keep the rejected', { reject: fail }],
    ['look the key up', { authenticate: fail }],
    ['tell the time', { now: fail }],
  ])('%s, the answer is 503 with Retry-After and tells nothing of the cause', async (_, changes) => {
    const seen = serve(changes);
    const answer = await post('/v1/batch', { batch: [{ ...view, type: 'track' }, {}] });
    expect(answer).toMatchObject({ status: 503, error: { code: 'not_stored' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).not.toContain('database');
    expect(seen.events).toEqual([]);
  });

  it('waits for the events to be durable before it answers', async () => {
    const engine = new EventEmitter();
    const asked = once(engine, 'asked');
    serve({
      receive: async () => {
        const stored = once(engine, 'stored');
        engine.emit('asked');
        await stored;
      },
    });
    let answered = false;
    const answer = post('/v1/track', view).finally(() => (answered = true));
    await asked;
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    engine.emit('stored');
    expect((await answer).status).toBe(200);
  });
});

describe('browsers', () => {
  it('may ask first, without a key', async () => {
    serve();
    const response = await app.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    });
  });

  it('may read the answer, a refusal too', async () => {
    serve();
    const taken = await post('/v1/t', view);
    const refused = await post('/v1/t', view, {});
    expect(taken.headers['access-control-allow-origin']).toBe('*');
    expect(refused.headers['access-control-allow-origin']).toBe('*');
  });
});

describe('beside other routes', () => {
  it('leaves their parsers and errors alone', async () => {
    serve();
    app.post('/other', (request) => ({ got: request.body }));
    const response = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } });
    expect(response.json()).toEqual({ got: { a: 1 } });
    const broken = await app.inject({
      method: 'POST',
      url: '/other',
      payload: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(broken.statusCode).toBe(415);
  });

  it('is documented, also where the others are documented from zod', async () => {
    app = Fastify();
    await app.register(fastifySwagger, {
      openapi: { openapi: '3.1.0', info: { title: 'x', version: '1' } },
      transform: jsonSchemaTransform,
    });
    const unused = async () => undefined;
    await app.register(
      segmentRoutes({
        authenticate: unused,
        receive: unused,
        reject: unused,
        now: () => NOW,
        newId: () => '',
      }),
    );
    await app.ready();
    const paths = app.swagger().paths ?? {};
    expect(Object.keys(paths).toSorted()).toEqual(
      ['alias', 'batch', 'group', 'identify', 'import', 'page', 'screen', 'track'].map(
        (name) => `/v1/${name}`,
      ),
    );
    expect(paths['/v1/track']?.post).toMatchObject({
      tags: ['Events'],
      summary: 'Say what a contact did',
      requestBody: { content: { 'application/json': { schema: { required: ['event'] } } } },
    });
  });
});

describe('the client library of Segment for Node', () => {
  async function connect(seen: ReturnType<typeof serve>) {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const client = new Analytics({ writeKey: KEY, host: `http://127.0.0.1:${port}`, maxRetries: 0 });
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    onTestFinished(() => client.closeAndFlush({ timeout: 1000 }));
    return { client, errors, seen };
  }

  it('delivers every kind of call', async () => {
    // It writes its own clock into the calls, so this server goes by the same one.
    const { client, errors, seen } = await connect(serve({ now: () => Date.now() }));
    const context = { timezone: 'Europe/Madrid', locale: 'es-ES', ip: '8.8.8.8' };
    const timestamp = new Date(Date.now() - 3_600_000);
    client.identify({ userId: 'ada', traits: { firstName: 'Ada', email: 'ada@example.org' }, context });
    client.track({
      anonymousId: 'a-1',
      event: 'Product Added',
      properties: { productId: 'p', price: 3 },
      timestamp,
    });
    client.page({ userId: 'ada', name: 'Home', properties: { url: 'https://shop.example/' } });
    client.group({ userId: 'ada', groupId: 'acme', traits: { planName: 'club' } });
    client.alias({ userId: 'ada', previousId: 'a-1' });
    await client.closeAndFlush();

    expect(errors).toEqual([]);
    expect(seen.rows).toEqual([]);
    const [identified, added, viewed, joined, aliased] = seen.events;
    const library = { library: { name: '@segment/analytics-node' } };
    expect(identified).toMatchObject({ type: 'identify', name: 'identified', user_id: 'ada' });
    expect(identified?.properties).toEqual({
      first_name: 'Ada',
      email: 'ada@example.org',
      language: 'es',
      time_zone: 'Europe/Madrid',
    });
    expect(added).toMatchObject({ type: 'track', name: 'product_added', anonymous_id: 'a-1' });
    expect(added).not.toHaveProperty('user_id');
    expect(added?.properties).toEqual({ product_id: 'p', price: 3, context: library });
    expect(Math.abs(added!.occurred_at - timestamp.getTime())).toBeLessThan(5000);
    expect(viewed).toMatchObject({ type: 'page', name: 'page_viewed', user_id: 'ada' });
    expect(viewed?.properties).toEqual({ name: 'Home', url: 'https://shop.example/', context: library });
    expect(joined).toMatchObject({ type: 'group', name: 'group_joined' });
    expect(joined?.properties).toEqual({ group_id: 'acme', plan_name: 'club' });
    expect(aliased).toMatchObject({ type: 'alias', name: 'aliased', user_id: 'ada', previous_id: 'a-1' });
    expect(new Set(seen.events.map((event) => event.message_id)).size).toBe(5);
  });

  it('hears of it when nothing was stored', async () => {
    const seen = serve({ receive: () => Promise.reject(new Error('gone')) });
    const { client, errors } = await connect(seen);
    client.track({ userId: 'ada', event: 'x' });
    await client.closeAndFlush({ timeout: 5000 });
    expect(errors).toHaveLength(1);
    expect(seen.events).toEqual([]);
  });
});
