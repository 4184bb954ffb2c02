/** What people change about a contact, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, timelinePage, type Person } from '../../src/api/contacts/shapes.ts';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';
import { tracked } from '../support/traffic.ts';

let shop: Shop;
let server: FastifyInstance;
let api_key: string;
let key_id: string;

beforeAll(async () => {
  const files = {
    ...SHOP_FILES,
    'etapa.yaml': `${SHOP_FILES['etapa.yaml'] ?? ''}topics: { tips: { title: { en: Tips, es: Consejos } } }\n`,
  };
  shop = await openShop({ files });
  const made = await createWriteKey(shop.app.db, 'Shop', 'api');
  api_key = made.key;
  key_id = made.id;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function ask(method: Method, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await server.inject({
    method,
    url: `/v1/contacts${path}`,
    headers: { authorization: `Bearer ${api_key}`, ...headers },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json<unknown>() };
}

async function read(who: string): Promise<Person> {
  return person.parse((await ask('GET', `/${who}`)).body);
}

/** Once it has been decided. */
function eventually(look: () => Promise<unknown>) {
  return expect.poll(look, { timeout: 15_000, interval: 25 });
}

describe('a new contact', () => {
  it('is there at once, and made once only by the same key', async () => {
    const given = { user_id: 'nora', fields: { email: 'nora@example.com', firstName: 'Nora' } };
    const made = await ask('POST', '', given, { 'idempotency-key': 'form-1' });
    expect(made).toMatchObject({ status: 201, body: { created: true } });
    const again = await ask('POST', '', given, { 'idempotency-key': 'form-1' });
    expect(again).toMatchObject({
      status: 200,
      body: { created: false, id: (made.body as { id: string }).id },
    });
    await eventually(async () => (await read('nora')).name).toBe('Nora');
    expect(await ask('POST', '', given)).toMatchObject({
      status: 409,
      body: { error: { code: 'contact_exists' } },
    });
    expect(await ask('POST', '', { fields: { email: 'NORA@example.com' } })).toMatchObject({ status: 409 });
  });

  it('needs no id of the shop, and no consent is given in passing', async () => {
    const made = await ask('POST', '', { fields: { email: 'walkin@example.com' } });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    await eventually(async () => (await read(id)).email).toBe('walkin@example.com');
    expect(await ask('POST', '', { fields: { consent: ['email'] } })).toMatchObject({
      status: 422,
      body: { error: { pointer: '/fields' } },
    });
    expect(await ask('POST', '', { field: {} })).toMatchObject({ status: 422 });
  });
});

describe('changed fields', () => {
  it('are history like anything else, with who changed them', async () => {
    await shop.receive(shop.knows('olga', { city: 'Vigo' }));
    const change = { fields: { city: 'Lugo', plan: null } };
    for (let n = 0; n < 2; n++)
      expect((await ask('PATCH', '/olga', change, { 'idempotency-key': 'edit-1' })).status).toBe(202);
    await eventually(async () => (await read('olga')).fields.find(({ name }) => name === 'city')?.value).toBe(
      'Lugo',
    );
    const { entries } = timelinePage.parse((await ask('GET', '/olga/timeline?kinds=event')).body);
    expect(entries.map(({ about }) => (about as { source: string }).source)).toEqual([key_id, 'test']);
  });

  it('are refused where they are none', async () => {
    expect((await ask('PATCH', '/olga', { fields: {} })).status).toBe(422);
    expect((await ask('PATCH', '/olga', {})).status).toBe(422);
    expect(await ask('PATCH', '/olga', { fields: { consent: 'email' } })).toMatchObject({ status: 422 });
    expect((await ask('PATCH', '/nobody', { fields: { city: 'Lugo' } })).status).toBe(404);
  });
});

describe('an event told by hand', () => {
  it('counts as any other', async () => {
    await shop.receive(shop.knows('pia'));
    const order = { event: 'Order Completed', properties: { order_id: 'by-phone', total: 30 } };
    expect((await ask('POST', '/pia/events', order)).status).toBe(202);
    await eventually(async () => (await read('pia')).orders.list.map(({ id }) => id)).toEqual(['by-phone']);
  });

  it('is not one of those that Etapa tells itself', async () => {
    expect(await ask('POST', '/pia/events', { event: 'message_opened' })).toMatchObject({
      status: 422,
      body: { error: { pointer: '/event' } },
    });
    expect((await ask('POST', '/pia/events', { event: '' })).status).toBe(422);
    expect((await ask('POST', '/pia/events', { event: 'x', properties: [] })).status).toBe(422);
  });
});

describe('a consent', () => {
  it('is noted with its proof, for a channel or a topic, and can be withdrawn', async () => {
    await shop.receive(tracked({ user_id: 'rosa' }, 'product_viewed', { product_id: 'shoe' }));
    const proof = { text_version: 'by phone, order 1042' };
    expect(
      (await ask('POST', '/rosa/consents', { channel: 'email', topic: 'tips', granted: true, proof })).status,
    ).toBe(202);
    await eventually(async () => (await read('rosa')).consents).toMatchObject([
      { channel: 'email', topic: 'tips', granted: true },
    ]);
    expect((await read('rosa')).proofs).toMatchObject([
      { said: 'given', text_version: 'by phone, order 1042', source: key_id },
    ]);
    await ask('POST', '/rosa/consents', { channel: 'email', topic: 'tips', granted: false });
    await eventually(async () => (await read('rosa')).consents.map(({ granted }) => granted)).toEqual([
      false,
    ]);
  });

  it('is no yes without its proof', async () => {
    expect(await ask('POST', '/rosa/consents', { channel: 'email', granted: true })).toMatchObject({
      status: 422,
      body: { error: { code: 'proof_missing', pointer: '/proof/text_version' } },
    });
    expect(
      await ask('POST', '/rosa/consents', { channel: 'email', topic: 'tip', granted: false }),
    ).toMatchObject({
      status: 422,
      body: { error: { code: 'topic_unknown' } },
    });
    expect((await ask('POST', '/rosa/consents', { channel: 'pigeon', granted: false })).status).toBe(422);
  });
});

describe('two contacts that are one person', () => {
  it('are merged, whether the one that goes is a customer or a visitor', async () => {
    await shop.receive(
      shop.knows('sara'),
      shop.knows('sara-old', { nickname: 'Sari' }),
      tracked({ anonymous_id: 'device-9' }, 'product_viewed', { product_id: 'shoe' }),
    );
    const { id } = await read('sara');
    for (const gone of ['sara-old', 'device-9'])
      expect((await ask('POST', `/${gone}/merge`, { into: 'sara' })).status).toBe(202);
    await eventually(async () => (await read('sara')).merged.length).toBe(2);
    await eventually(async () => (await read('device-9')).id).toBe(id);
    expect((await read('sara-old')).id).toBe(id);
  });

  it('are not merged into themselves, into nobody, or into a visitor', async () => {
    await shop.receive(shop.knows('tina'), tracked({ anonymous_id: 'device-10' }, 'product_viewed', {}));
    expect(await ask('POST', '/tina/merge', { into: 'tina' })).toMatchObject({
      status: 422,
      body: { error: { code: 'same_contact' } },
    });
    expect((await ask('POST', '/tina/merge', { into: 'nobody' })).status).toBe(404);
    expect(await ask('POST', '/tina/merge', { into: 'device-10' })).toMatchObject({
      status: 422,
      body: { error: { code: 'into_a_visitor', pointer: '/into' } },
    });
  });
});

describe('the address of a contact', () => {
  it('is suppressed, and allowed again', async () => {
    await shop.receive(shop.knows('vera'));
    await eventually(async () => (await read('vera')).email).toBe('vera@example.com');
    expect(await ask('POST', '/vera/suppress', { reason: 'asked by phone' })).toMatchObject({
      status: 200,
      body: { address: 'vera@example.com', scope: 'all', reason: 'asked by phone' },
    });
    expect((await read('vera')).suppressions).toMatchObject([{ reason: 'asked by phone' }]);
    expect((await ask('DELETE', '/vera/suppress')).status).toBe(204);
    expect(await ask('DELETE', '/vera/suppress')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_suppressed' } },
    });
    expect(await ask('POST', '/vera/suppress', { channel: 'sms' })).toMatchObject({
      status: 422,
      body: { error: { code: 'no_address' } },
    });
  });
});

it('is for whoever may see people alone', async () => {
  const all: [Method, string, object?][] = [
    ['POST', '', { fields: {} }],
    ['PATCH', '/vera', { fields: { city: 'Vigo' } }],
    ['POST', '/vera/events', { event: 'x' }],
    ['POST', '/vera/consents', { channel: 'email', granted: false }],
    ['POST', '/vera/merge', { into: 'sara' }],
    ['POST', '/vera/suppress', {}],
    ['DELETE', '/vera/suppress'],
  ];
  for (const [method, path, body] of all) {
    expect((await ask(method, path, body, { authorization: 'Bearer nobody' })).status, path).toBe(401);
    expect((await ask(method, path, body, { authorization: 'Bearer wk_browser' })).status, path).toBe(403);
  }
});

it('takes no key that is too long to be kept', async () => {
  const headers = { 'idempotency-key': 'x'.repeat(101) };
  expect(await ask('PATCH', '/vera', { fields: { city: 'Vigo' } }, headers)).toMatchObject({
    status: 422,
    body: { error: { code: 'id_too_long' } },
  });
});
