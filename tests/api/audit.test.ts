/** What is written down of who changed what, on a real database. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { createLog } from '../../src/operations/log.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { addUser, PASSWORD, signedIn, visit, type Visitor } from '../support/visitor.ts';

let shop: Shop;
let server: FastifyInstance;
let owner: Visitor;
let support: Visitor;
const ids: Record<string, string> = {};
const lines: string[] = [];

beforeAll(async () => {
  shop = await openShop({ roles: ['engine'] });
  const log = createLog({ level: 'trace', plain: false, write: (line) => void lines.push(line) });
  server = await openServer(shop.app, { log: log.pino });
  ids.owner = (await addUser(shop.app, 'owner', 'Olga')).id;
  ids.support = (await addUser(shop.app, 'support', 'Sofia')).id;
  owner = await signedIn(shop.app, server, ids.owner);
  support = await signedIn(shop.app, server, ids.support);
  await shop.receive(shop.knows('eva'));
  await vi.waitUntil(async () => (await shop.app.reader.findContact('eva@example.com'))?.contact.id, {
    timeout: 15_000,
  });
});
afterAll(async () => {
  await server.close();
  await shop.close();
});
beforeEach(() => shop.app.db.execute(sql`delete from audit_log`));

interface Page {
  readonly entries: readonly {
    readonly id: number;
    readonly action: string;
    readonly actor_name: string | null;
  }[];
  readonly next: string | null;
}

async function entries(query = ''): Promise<Page['entries']> {
  return ((await owner.ask('GET', `/v1/audit${query}`)).body as Page).entries;
}

describe('what is changed', () => {
  it('is written down with who, what, from where, and ids alone, before it is answered', async () => {
    await support.ask('POST', '/v1/suppressions', { address: 'eva@example.com' });
    await support.ask('DELETE', '/v1/suppressions/eva@example.com');
    const { key } = await createWriteKey(shop.app.db, 'Office', 'api');
    const contact = (await shop.app.reader.findContact('eva'))?.contact.id;
    await visit(server).ask('GET', '/v1/contacts/eva@example.com/export', undefined, {
      authorization: `Bearer ${key}`,
    });
    await support.ask('DELETE', '/v1/contacts/eva@example.com');
    const made = (
      await owner.ask('POST', '/v1/users', { email: 'new@team.example', name: 'New', role: 'viewer' })
    ).body as { user: { id: string } };
    const by = { actor: `user:${ids.support}`, actor_name: 'Sofia', ip: '127.0.0.1', detail: {} };
    expect((await entries()).toReversed()).toMatchObject([
      { ...by, action: 'POST /v1/suppressions', subject: null },
      { ...by, action: 'DELETE /v1/suppressions/:address', subject: null },
      {
        actor: expect.stringMatching(/^key:/),
        actor_name: 'Office',
        action: 'GET /v1/contacts/:id/export',
        subject: contact,
      },
      { ...by, action: 'DELETE /v1/contacts/:id', subject: contact },
      { actor: `user:${ids.owner}`, action: 'POST /v1/users', subject: made.user.id },
    ]);
    const { rows } = await shop.app.db.execute<{ row: string }>(sql`select a::text as row from audit_log a`);
    expect(rows.map(({ row }) => row).join('\n')).not.toMatch(/@|eva|New\b/);
  });

  it('is not written where nothing was, or somebody only looked', async () => {
    await support.ask('GET', '/v1/suppressions');
    await support.ask('POST', '/v1/suppressions', { address: 'no address' });
    await visit(server).ask('POST', '/v1/suppressions', { address: 'a@b.example' });
    expect(await entries()).toEqual([]);
  });

  it('is written where somebody may not, and where a page of another site tried', async () => {
    await support.ask('POST', '/v1/keys', { name: 'mine' });
    await support.ask(
      'POST',
      '/v1/suppressions',
      { address: 'a@b.example' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(await entries()).toMatchObject([
      { action: 'POST /v1/suppressions', detail: { refused: true } },
      { action: 'POST /v1/keys', detail: { refused: true } },
    ]);
  });

  it('tells signing in, and who could not, but no flood of it', async () => {
    await visit(server).ask('POST', '/v1/session', { email: 'sofia@team.example', password: PASSWORD });
    await visit(server).ask('POST', '/v1/session', {
      email: 'sofia@team.example',
      password: 'something else',
    });
    await shop.app.db.execute(sql`
      insert into sign_in_tries (account, ip, at) select 'a' || n, '127.0.0.1', now() from generate_series(1, 30) n`);
    for (let n = 0; n < 5; n++)
      await visit(server).ask('POST', '/v1/session', {
        email: 'sofia@team.example',
        password: 'something else',
      });
    expect(await entries()).toMatchObject([
      { actor: 'nobody', action: 'POST /v1/session', subject: null, detail: { refused: true } },
      { actor: `user:${ids.support}`, action: 'POST /v1/session', subject: ids.support },
    ]);
    await shop.app.db.execute(sql`delete from sign_in_tries`);
  });

  it('stays when the user is gone', async () => {
    const { id } = await addUser(shop.app, 'support', 'Gone');
    const browser = await signedIn(shop.app, server, id);
    await browser.ask('POST', '/v1/suppressions', { address: 'b@c.example' });
    await owner.ask('DELETE', `/v1/users/${id}`);
    expect(await entries(`?actor=user:${id}`)).toMatchObject([{ actor: `user:${id}`, actor_name: null }]);
  });
});

describe('the log', () => {
  it('is read page by page, newest first, by actor, action and time', async () => {
    await shop.app.db.execute(sql`
      insert into audit_log (at, actor, action)
      select timestamptz '2026-11-20' + n % 4 * interval '1 hour', case n % 2 when 0 then 'user:a' else 'key:b' end, 'POST /x'
      from generate_series(1, 9) n`);
    const seen: number[] = [];
    for (let cursor = '', more = true; more;) {
      const { body } = await owner.ask('GET', `/v1/audit?limit=2&to=2026-11-21T00:00:00Z${cursor}`);
      const page = body as Page;
      seen.push(...page.entries.map(({ id }) => id));
      more = page.next !== null;
      cursor = `&cursor=${page.next}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([9, 9]);
    expect(await entries('?actor=user:a')).toHaveLength(4);
    expect(
      await entries('?action=POST%20%2Fx&from=2026-11-20T02:00:00%2B00:00&to=2026-11-20T03:00:00Z'),
    ).toHaveLength(2);
    expect(await entries('?action=POST%20%2Fy')).toEqual([]);
    expect((await owner.ask('GET', '/v1/audit?from=yesterday')).status).toBe(422);
  });

  it('of the program holds no password, token, cookie or address, whatever goes wrong', async () => {
    lines.length = 0;
    const secret = 'una contraseña secreta';
    const token = owner.token() ?? '';
    await visit(server).ask('POST', '/v1/session', { email: 'sofia@team.example', password: secret });
    await shop.app.db.execute(sql`alter table sign_in_tries rename to away`);
    const broken = await visit(server).ask('POST', '/v1/session', {
      email: 'sofia@team.example',
      password: secret,
    });
    await shop.app.db.execute(sql`alter table away rename to sign_in_tries`);
    expect(broken.status).toBe(503);
    await shop.app.db.execute(sql`alter table sessions rename to away`);
    expect((await owner.ask('GET', '/v1/session')).status).toBe(503);
    await shop.app.db.execute(sql`alter table away rename to sessions`);
    await shop.app.db.execute(sql`alter table audit_log rename to away`);
    expect((await owner.ask('POST', '/v1/suppressions', { address: 'd@e.example' })).status).toBe(200);
    await shop.app.db.execute(sql`alter table away rename to audit_log`);
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: 'error' });
    for (const hidden of [secret, token, 'sofia', 'etapa=', 'scrypt'])
      expect(lines.join('\n')).not.toContain(hidden);
  });
});
