/** The door of those who sign in: forged cookies, and requests that another site makes a browser send. */
import { request as httpRequest } from 'node:http';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { addUser } from '../support/visitor.ts';
import type { Case } from './cases.ts';
import type { World } from './world.ts';

type Attack = Case<'sessions'>;

const OWNER = 'owner@team.example';

export async function trySession(world: World, { cookie, answers, ...attack }: Attack): Promise<void> {
  const token = await tokenOfOwner(world);
  const before = await state(world);
  expect(answers).toContain(
    await statusOf(world, { ...attack, cookie: cookie.replaceAll('{token}', token) }),
  );
  expect(await state(world)).toEqual(before);
  // Whoever is signed in goes on.
  expect(await statusOf(world, { ...PLAIN_LOOK, cookie: `etapa=${token}` })).toBe(200);
}

async function tokenOfOwner({ shop: { app } }: World): Promise<string> {
  const known = (await app.accounts.page(null, 10)).find(({ email }) => email === OWNER);
  const { id } = known ?? (await addUser(app, 'owner'));
  return (await app.sessions.open(id, { user_agent: '', ip: '' })).token;
}

type Asked = Pick<Attack, 'cookie' | 'method' | 'path' | 'headers' | 'type' | 'body'>;

const PLAIN_LOOK = { method: 'GET', path: '/v1/users', headers: {} } as const;

async function state({ shop }: World): Promise<unknown> {
  const { rows } = await shop.app.db.execute(sql`
    select (select json_agg(u order by id) from users u) as users, (select count(*) from write_keys) as keys,
      (select count(*) from sessions) as sessions, (select count(*) from invitations) as invitations`);
  return rows;
}

/** Over the wire, as no client library would send it. */
function statusOf({ origin }: World, { cookie, method, path, headers, type, body }: Asked): Promise<number> {
  const given = { ...headers, cookie: Buffer.from(cookie).toString('latin1') };
  const written = type === undefined ? given : { ...given, 'content-type': type };
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${origin}${path}`, { method, headers: written, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
