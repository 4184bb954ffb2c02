/** Users, their sessions and the links that let choose a password, by the API. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { addUser, PASSWORD, signedIn, visit, type Visitor } from '../support/visitor.ts';

let shop: Shop;
let server: FastifyInstance;
let olga: { readonly id: string; readonly email: string };
let owner: Visitor;

beforeAll(async () => {
  shop = await openShop({ roles: [] });
  server = await openServer(shop.app);
  olga = await addUser(shop.app, 'owner', 'Olga');
});
afterAll(async () => {
  await server.close();
  await shop.close();
});
beforeEach(async () => {
  owner = await signedIn(shop.app, server, olga.id);
});

interface Invited {
  readonly user: { readonly id: string; readonly state: string };
  readonly link: string;
}

async function invite(email: string, role = 'viewer'): Promise<Invited & { token: string }> {
  const answer = await owner.ask('POST', '/v1/users', { email, name: 'Somebody', role });
  expect(answer.status).toBe(201);
  const invited = answer.body as Invited;
  return { ...invited, token: invited.link.slice(invited.link.lastIndexOf('/') + 1) };
}

describe('an invitation', () => {
  it('is a link that lets choose name and password once, and signs in', async () => {
    const { user, token, link } = await invite('Carla@Team.example', 'support');
    expect(link).toMatch(/^http:\/\/localhost:8686\/console\/invitation\/[\w-]{43}$/);
    expect(user).toMatchObject({
      email: 'carla@team.example',
      role: 'support',
      state: 'invited',
      last_seen_at: null,
    });
    const browser = visit(server);
    expect((await browser.ask('GET', `/v1/invitations/${token}`)).body).toMatchObject({
      email: 'carla@team.example',
      is_new: true,
    });
    const weak = await browser.ask('POST', `/v1/invitations/${token}`, {
      name: 'Carla',
      password: 'qwertyuiop12',
    });
    expect(weak).toMatchObject({ status: 422, body: { error: { code: 'password_is_common' } } });
    const chosen = { name: 'Carla', password: PASSWORD };
    const taken = await Promise.all(
      [browser, visit(server)].map((one) => one.ask('POST', `/v1/invitations/${token}`, chosen)),
    );
    expect(taken.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect((await browser.ask('GET', `/v1/invitations/${token}`)).status).toBe(404);
    const signed = await visit(server).ask('POST', '/v1/session', {
      email: 'carla@team.example',
      password: PASSWORD,
    });
    expect(signed.body).toMatchObject({
      user: { name: 'Carla', role: 'support' },
      rights: ['read', 'people'],
    });
  }, 30_000);

  it('expires, and is told once: who lost it gets another', async () => {
    const { user, token } = await invite('dora@team.example');
    await shop.app.db.execute(sql`update invitations set expires_at = now() - interval '1 second'`);
    const chosen = { name: 'Dora', password: PASSWORD };
    expect((await visit(server).ask('POST', `/v1/invitations/${token}`, chosen)).status).toBe(404);
    expect((await visit(server).ask('GET', '/v1/invitations/nonsense')).status).toBe(404);
    const again = (await owner.ask('POST', `/v1/users/${user.id}/invitation`)).body as Invited;
    const other = again.link.slice(again.link.lastIndexOf('/') + 1);
    expect((await visit(server).ask('POST', `/v1/invitations/${other}`, chosen)).status).toBe(200);
  }, 30_000);

  it('for an address that somebody has, or that is none, is refused', async () => {
    await invite('taken@team.example');
    const asked = { name: 'X', role: 'viewer' };
    expect(await owner.ask('POST', '/v1/users', { ...asked, email: 'TAKEN@team.example' })).toMatchObject({
      status: 409,
      body: { error: { code: 'email_taken', pointer: '/email' } },
    });
    for (const given of [
      { ...asked, email: 'a@b.example, c@d.example' },
      { ...asked, email: 'x@team.example', role: 'root' },
      { ...asked, email: 'x@team.example', state: 'active' },
      { ...asked, email: 'x@team.example', password_hash: 'scrypt$1' },
    ])
      expect((await owner.ask('POST', '/v1/users', given)).status).toBe(422);
  });

  it('of somebody who has a password lets choose another, which ends what was open', async () => {
    const emil = await addUser(shop.app, 'viewer', 'Emil');
    const before = await signedIn(shop.app, server, emil.id);
    const { link } = (await owner.ask('POST', `/v1/users/${emil.id}/invitation`)).body as Invited;
    const token = link.slice(link.lastIndexOf('/') + 1);
    expect((await visit(server).ask('GET', `/v1/invitations/${token}`)).body).toMatchObject({
      is_new: false,
    });
    const chosen = { name: 'Emil', password: 'otras peras lejanas' };
    expect((await visit(server).ask('POST', `/v1/invitations/${token}`, chosen)).status).toBe(200);
    expect((await before.ask('GET', '/v1/session')).status).toBe(401);
  }, 30_000);
});

describe('a change', () => {
  it('of the role holds at once, in sessions that are open', async () => {
    const { id } = await addUser(shop.app, 'viewer', 'Fina');
    const browser = await signedIn(shop.app, server, id);
    expect((await browser.ask('GET', '/v1/suppressions')).status).toBe(403);
    expect(await owner.ask('PATCH', `/v1/users/${id}`, { role: 'support', name: 'Fina F.' })).toMatchObject({
      status: 200,
      body: { id, role: 'support', name: 'Fina F.', state: 'active' },
    });
    expect((await browser.ask('GET', '/v1/suppressions')).status).toBe(200);
  });

  it('that disables ends all sessions and links, and signing in', async () => {
    const { id, email } = await addUser(shop.app, 'marketer', 'Gema');
    const browser = await signedIn(shop.app, server, id);
    const { link } = (await owner.ask('POST', `/v1/users/${id}/invitation`)).body as Invited;
    expect((await owner.ask('PATCH', `/v1/users/${id}`, { disabled: true })).body).toMatchObject({
      state: 'disabled',
    });
    expect((await browser.ask('GET', '/v1/session')).status).toBe(401);
    const token = link.slice(link.lastIndexOf('/') + 1);
    expect((await visit(server).ask('GET', `/v1/invitations/${token}`)).status).toBe(404);
    expect((await owner.ask('POST', `/v1/users/${id}/invitation`)).status).toBe(409);
    expect((await visit(server).ask('POST', '/v1/session', { email, password: PASSWORD })).status).toBe(401);
    await owner.ask('PATCH', `/v1/users/${id}`, { disabled: false });
    expect((await visit(server).ask('POST', '/v1/session', { email, password: PASSWORD })).status).toBe(200);
  }, 30_000);

  it('that leaves no owner is refused, also when two owners remove each other at once', async () => {
    for (const [method, body] of [
      ['PATCH', { role: 'viewer' }],
      ['PATCH', { disabled: true }],
      ['DELETE', undefined],
    ] as const)
      expect(await owner.ask(method, `/v1/users/${olga.id}`, body)).toMatchObject({
        status: 409,
        body: { error: { code: 'last_owner' } },
      });
    await invite('not-yet@team.example', 'owner');
    expect((await owner.ask('DELETE', `/v1/users/${olga.id}`)).status).toBe(409);

    const second = await addUser(shop.app, 'owner', 'Second');
    const other = await signedIn(shop.app, server, second.id);
    const removed = await Promise.all([
      other.ask('PATCH', `/v1/users/${olga.id}`, { role: 'viewer' }),
      owner.ask('PATCH', `/v1/users/${second.id}`, { role: 'viewer' }),
    ]);
    expect(removed.filter(({ status }) => status === 200)).toHaveLength(1);
    const owners = await shop.app.db.execute(
      sql`select from users where role = 'owner' and password_hash is not null and disabled_at is null`,
    );
    expect(owners.rowCount).toBe(1);
    await shop.app.db.execute(sql`update users set role = 'owner' where id = ${olga.id}`);
    await owner.ask('DELETE', `/v1/users/${second.id}`);
  });

  it('of nobody is a 404', async () => {
    for (const id of ['01931b2e-7a00-7000-8000-000000000001', 'me', "'; drop table users; --"])
      expect((await owner.ask('DELETE', `/v1/users/${encodeURIComponent(id)}`)).status).toBe(404);
  });
});

describe('the own password', () => {
  it('is changed by who knows it, and ends all other sessions', async () => {
    const { id, email } = await addUser(shop.app, 'viewer', 'Hugo');
    const [here, there] = [await signedIn(shop.app, server, id), await signedIn(shop.app, server, id)];
    const change = (old: string, password: string) =>
      here.ask('POST', '/v1/users/me/password', { old, password });
    expect(await change('something else', 'cuatro peras lejanas')).toMatchObject({
      status: 422,
      body: { error: { code: 'password_wrong', pointer: '/old' } },
    });
    expect(await change(PASSWORD, 'hugo hugo hugo')).toMatchObject({ status: 422 });
    expect((await change(PASSWORD, 'cuatro peras lejanas')).status).toBe(204);
    expect((await here.ask('GET', '/v1/session')).status).toBe(200);
    expect((await there.ask('GET', '/v1/session')).status).toBe(401);
    expect((await visit(server).ask('POST', '/v1/session', { email, password: PASSWORD })).status).toBe(401);
  }, 30_000);
});

describe('sessions', () => {
  it('are seen and ended by their user, and all of them by owners', async () => {
    const iris = await addUser(shop.app, 'viewer', 'Iris');
    const [here, there] = [
      await signedIn(shop.app, server, iris.id),
      await signedIn(shop.app, server, iris.id),
    ];
    const { sessions } = (await here.ask('GET', '/v1/sessions')).body as {
      sessions: { id: string; user_id: string; is_yours: boolean }[];
    };
    expect(new Set(sessions.map(({ user_id }) => user_id))).toEqual(new Set([iris.id]));
    expect(sessions.filter(({ is_yours }) => is_yours)).toHaveLength(1);
    const of_owner = (await owner.ask('GET', '/v1/sessions')).body as {
      sessions: { id: string; is_yours: boolean }[];
    };
    const foreign = of_owner.sessions.find(({ is_yours }) => is_yours)?.id ?? '';
    expect((await here.ask('DELETE', `/v1/sessions/${foreign}`)).status).toBe(404);
    expect((await owner.ask('GET', '/v1/session')).status).toBe(200);
    const other = sessions.find(({ is_yours }) => !is_yours)?.id ?? '';
    expect((await owner.ask('DELETE', `/v1/sessions/${other}`)).status).toBe(204);
    expect((await there.ask('GET', '/v1/session')).status).toBe(401);
    expect((await here.ask('GET', '/v1/session')).status).toBe(200);
  });

  it('and users are read page by page, each once', async () => {
    for (const [path, of] of [
      ['/v1/sessions', 'sessions'],
      ['/v1/users', 'users'],
    ] as const) {
      const seen: string[] = [];
      for (let cursor = '', more = true; more;) {
        const { body } = await owner.ask('GET', `${path}?limit=2${cursor}`);
        const page = body as Record<string, { id: string }[]> & { next: string | null };
        seen.push(...(page[of] ?? []).map(({ id }) => id));
        more = page.next !== null;
        cursor = `&cursor=${page.next}`;
      }
      expect(seen.length).toBeGreaterThan(4);
      expect(new Set(seen).size).toBe(seen.length);
    }
    expect((await owner.ask('GET', '/v1/users?cursor=x')).status).toBe(422);
  });
});
