/** Keys, by the API: made and revoked by owners, told once. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { addUser, signedIn, visit, type Visitor } from '../support/visitor.ts';

let shop: Shop;
let server: FastifyInstance;
let owner: Visitor;

beforeAll(async () => {
  shop = await openShop({ roles: [] });
  server = await openServer(shop.app);
  owner = await signedIn(shop.app, server, (await addUser(shop.app, 'owner')).id);
});
afterAll(async () => {
  await server.close();
  await shop.close();
});

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

interface Made {
  readonly id: string;
  readonly key: string;
}

describe('a key', () => {
  it('is told once, opens what its scope says, and nothing any more when it is revoked', async () => {
    const made = await owner.ask('POST', '/v1/keys', { name: ' Web shop ', scope: 'api' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Web shop', scope: 'api' } });
    expect(made.headers['cache-control']).toBe('no-store');
    const { id, key } = made.body as Made;
    expect((await visit(server).ask('GET', '/v1/suppressions', undefined, bearer(key))).status).toBe(200);
    const list = await owner.ask('GET', '/v1/keys');
    expect(list.body).toMatchObject({
      keys: [{ id, name: 'Web shop', scope: 'api', revoked_at: null }],
      next: null,
    });
    expect(JSON.stringify(list.body)).not.toContain(key);
    expect((await owner.ask('DELETE', `/v1/keys/${id}`)).status).toBe(204);
    expect((await owner.ask('DELETE', `/v1/keys/${id}`)).status).toBe(404);
    const again = await openServer({ ...shop.app, findKey: () => Promise.resolve(undefined) });
    expect((await visit(again).ask('GET', '/v1/suppressions', undefined, bearer(key))).status).toBe(401);
    await again.close();
    const found = await shop.app.db.execute(
      sql`select from write_keys where id = ${id} and revoked_at is not null`,
    );
    expect(found.rowCount).toBe(1);
  });

  it('makes neither keys nor users, and is not taken from the address', async () => {
    const { key } = (await owner.ask('POST', '/v1/keys', { name: 'Api', scope: 'api' })).body as Made;
    const program = visit(server);
    for (const path of ['/v1/keys', '/v1/users', '/v1/audit'])
      expect((await program.ask('GET', path, undefined, bearer(key))).status, path).toBe(403);
    for (const path of ['/v1/sessions'])
      expect(await program.ask('GET', path, undefined, bearer(key))).toMatchObject({
        status: 403,
        body: { error: { code: 'only_for_users' } },
      });
    expect((await program.ask('GET', '/v1/session', undefined, bearer(key))).body).toMatchObject({
      user: { role: 'marketer', email: '' },
    });
    for (const query of [
      `key=${key}`,
      `authorization=Bearer%20${key}`,
      `writeKey=${key}`,
      `access_token=${key}`,
    ])
      expect((await program.ask('GET', `/v1/suppressions?${query}`)).status, query).toBe(401);
  });

  it('that is sent counts before the cookie of a browser, and needs no page of ours', async () => {
    const { key } = (await owner.ask('POST', '/v1/keys', { name: 'Api', scope: 'api' })).body as Made;
    expect((await owner.ask('GET', '/v1/users', undefined, bearer(key))).status).toBe(403);
    expect((await owner.ask('GET', '/v1/users', undefined, bearer('etapa_ak_wrong'))).status).toBe(401);
    const answer = await server.inject({
      ...{ method: 'POST', url: '/v1/suppressions', payload: { address: 'a@b.example' } },
      headers: bearer(key),
    });
    expect(answer.statusCode).toBe(200);
  });

  it('has a name and one of the scopes, and no other id than its own', async () => {
    for (const body of [{}, { name: '' }, { name: 'X', scope: 'all' }, { name: 'X', key: 'etapa_ak_mine' }])
      expect((await owner.ask('POST', '/v1/keys', body)).status).toBe(422);
    for (const id of ['nobody', '%00', '..%2F..'])
      expect((await owner.ask('DELETE', `/v1/keys/${id}`)).status, id).toBe(404);
  });
});
