/** Every route × each role × nobody: a table says who is let in, and each route of the API must stand in it. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { ROLES, type Role } from '../../src/core/access/roles.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { addUser, signedIn, visit, type Method, type Visitor } from '../support/visitor.ts';

type Guest = Role | 'nobody' | 'api_key' | 'event_key';

const GUESTS: readonly Guest[] = [...ROLES, 'nobody', 'api_key', 'event_key'];

/** Who is let in, by what a route asks for. */
const LET_IN: Readonly<Record<string, readonly Guest[]>> = {
  anybody: GUESTS,
  read: ['owner', 'marketer', 'support', 'viewer', 'api_key'],
  people: ['owner', 'marketer', 'support', 'api_key'],
  publish: ['owner', 'marketer', 'api_key'],
  manage: ['owner'],
  signed_in: ['owner', 'marketer', 'support', 'viewer'],
  any_key: ['api_key', 'event_key'],
};

const ASKS: Readonly<Record<string, keyof typeof LET_IN>> = {
  'POST /v1/identify': 'any_key',
  'POST /v1/track': 'any_key',
  'POST /v1/page': 'any_key',
  'POST /v1/screen': 'any_key',
  'POST /v1/group': 'any_key',
  'POST /v1/alias': 'any_key',
  'POST /v1/batch': 'any_key',
  'POST /v1/import': 'any_key',
  'POST /v1/workflows/{id}/start': 'people',
  'GET /v1/notices': 'read',
  'POST /v1/notices/{id}/start': 'publish',
  'POST /v1/notices/{id}/end': 'publish',
  'GET /v1/messages': 'people',
  'GET /v1/messages/{id}': 'people',
  'POST /v1/messages/{id}/retry': 'people',
  'GET /v1/contacts/{id}/chat': 'people',
  'POST /v1/contacts/{id}/chat': 'people',
  'POST /v1/contacts/{id}/chat/read': 'people',
  'GET /v1/contacts/{id}/messages': 'people',
  'GET /v1/contacts/{id}/export': 'people',
  'DELETE /v1/contacts/{id}': 'people',
  'GET /v1/suppressions': 'people',
  'POST /v1/suppressions': 'people',
  'DELETE /v1/suppressions/{address}': 'people',
  'GET /v1/put-aside': 'people',
  'POST /v1/put-aside/retry': 'people',
  'GET /v1/map': 'read',
  'GET /v1/map/days': 'read',
  'GET /v1/contacts': 'people',
  'POST /v1/contacts': 'people',
  'GET /v1/contacts.csv': 'people',
  'GET /v1/contacts/{id}': 'people',
  'PATCH /v1/contacts/{id}': 'people',
  'GET /v1/contacts/{id}/timeline': 'people',
  'GET /v1/contacts/{id}/why-not': 'people',
  'GET /v1/contacts/{id}/explain': 'people',
  'POST /v1/contacts/{id}/consents': 'people',
  'POST /v1/contacts/{id}/events': 'people',
  'POST /v1/contacts/{id}/merge': 'people',
  'POST /v1/contacts/{id}/suppress': 'people',
  'DELETE /v1/contacts/{id}/suppress': 'people',
  'GET /v1/vocabulary': 'read',
  'POST /v1/messages/retry': 'people',
  'GET /v1/sending': 'read',
  'POST /v1/sending/stop': 'publish',
  'POST /v1/sending/resume': 'publish',
  'GET /v1/deliverability': 'read',
  'GET /v1/deliverability/set-up': 'read',
  'GET /v1/templates': 'read',
  'POST /v1/templates/{message}/preview': 'read',
  'GET /v1/calendar': 'read',
  'GET /v1/forecast': 'read',
  'GET /v1/notices/{id}/reach': 'read',
  'GET /v1/workflows': 'read',
  'GET /v1/workflows/{id}': 'read',
  'GET /v1/workflows/{id}/experiments': 'read',
  'GET /v1/workflows/{id}/waiting': 'people',
  'GET /v1/workflows/{id}/versions': 'read',
  'GET /v1/workflows/{id}/versions/{hash}': 'read',
  'POST /v1/workflows/{id}/try': 'people',
  'POST /v1/workflows/{id}/simulate': 'publish',
  'POST /v1/workflows/{id}/pause': 'publish',
  'POST /v1/workflows/{id}/resume': 'publish',
  'POST /v1/workflows/{id}/stop': 'publish',
  'GET /v1/project/files': 'read',
  'GET /v1/project/file': 'read',
  'GET /v1/project/versions': 'read',
  'POST /v1/project/check': 'read',
  'POST /v1/project/complete': 'read',
  'POST /v1/project/hover': 'read',
  'POST /v1/project/preview': 'publish',
  'POST /v1/project/deploy': 'publish',
  'POST /v1/project/rollback': 'publish',
  'GET /v1/jobs/{id}': 'publish',
  'GET /health/live': 'anybody',
  'GET /health/ready': 'anybody',
  'GET /v1/session': 'read',
  'DELETE /v1/session': 'signed_in',
  'GET /v1/set-up': 'anybody',
  'POST /v1/set-up': 'anybody',
  'GET /v1/invitations/{token}': 'anybody',
  'POST /v1/invitations/{token}': 'anybody',
  'GET /v1/sessions': 'signed_in',
  'DELETE /v1/sessions/{id}': 'signed_in',
  'GET /v1/users': 'manage',
  'POST /v1/users': 'manage',
  'PATCH /v1/users/{id}': 'manage',
  'DELETE /v1/users/{id}': 'manage',
  'POST /v1/users/{id}/invitation': 'manage',
  'POST /v1/users/me/password': 'signed_in',
  'GET /v1/keys': 'manage',
  'POST /v1/keys': 'manage',
  'DELETE /v1/keys/{id}': 'manage',
  'GET /v1/audit': 'manage',
  'GET /v1/health-report': 'read',
};

/** Whoever can sign in is somebody only then: without the right words the answer is 401, and lets nobody in. */
const DOORS = ['POST /v1/session'];

let shop: Shop;
let server: FastifyInstance;
let routes: readonly string[];
const users: Record<string, string> = {};
const keys: Record<string, string> = {};

beforeAll(async () => {
  shop = await openShop({ roles: [] });
  server = await openServer(shop.app);
  for (const role of ROLES) users[role] = (await addUser(shop.app, role)).id;
  keys.api_key = (await createWriteKey(shop.app.db, 'A', 'api')).key;
  keys.event_key = (await createWriteKey(shop.app.db, 'E')).key;
  const { paths } = (await server.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}, 60_000);
afterAll(async () => {
  await server.close();
  await shop.close();
});

async function come(guest: Guest): Promise<[Visitor, Record<string, string>]> {
  const user = users[guest];
  if (user !== undefined) return [await signedIn(shop.app, server, user), {}];
  const key = keys[guest];
  const basic = `Basic ${Buffer.from(`${key ?? ''}:`).toString('base64')}`;
  return [visit(server), key === undefined ? {} : { authorization: basic }];
}

test('each route stands in the table', () => {
  expect([...Object.keys(ASKS), ...DOORS].toSorted()).toEqual(routes.toSorted());
});

test.each(GUESTS)('%s is let in where the table says so, and nowhere else', async (guest) => {
  const seen: string[] = [];
  const wanted: string[] = [];
  for (const [route, asks] of Object.entries(ASKS)) {
    const [method = '', path = ''] = route.split(' ');
    const url = path.replaceAll(/\{\w+\}/g, '01931b2e-7a00-7000-8000-000000000001');
    const [browser, headers] = await come(guest);
    const { status } = await browser.ask(method as Method, url, method === 'GET' ? undefined : {}, headers);
    expect(status, route).toBeLessThan(500);
    const is_in = ![401, 403].includes(status);
    if (is_in) seen.push(route);
    if (LET_IN[asks]?.includes(guest)) wanted.push(route);
    // Who is known and may not is told so, and who is not known is asked who it is.
    if (!is_in) expect(status, route).toBe(guest === 'nobody' || asks === 'any_key' ? 401 : 403);
  }
  expect(seen).toEqual(wanted);
});
