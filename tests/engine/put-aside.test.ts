/** Contacts whom no rule can be applied to, and rows that no database takes, among others who have nothing to do with it. */
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { openTestApp } from '../support/app.ts';
import { backends } from '../support/database.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { tracked } from '../support/traffic.ts';

const FILES = projectFiles({
  ...messageFiles('hello', 'service'),
  'workflows/greeting.yaml': `version: 1
workflow: greeting
purpose: service
enter_when: { event: asked }
re_enter: always
steps:
  - send_email: hello
`,
});

const engines: Engine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));

async function open(): Promise<Engine> {
  const engine = await openEngine({ files: FILES });
  engines.push(engine);
  return engine;
}

interface Person extends Record<string, unknown> {
  readonly user: string;
  readonly id: string;
}

/** People whom a first event has made known. */
async function people(engine: Engine, count: number): Promise<readonly Person[]> {
  const names = Array.from({ length: count }, (_, index) => `person-${index}`);
  await engine.receive(...names.map((user_id) => tracked({ user_id }, 'arrived')));
  await engine.settle();
  return engine.query<Person>(sql`
    select value as user, contact_id as id from identities order by contact_id`);
}

/** What no decision can be made of: `fields` is not there. */
async function poison(engine: Engine, { id }: Person): Promise<void> {
  await engine.query(sql`update contacts set profile = '{"memory": {}}' where id = ${id}`);
}

/** What a trigger refuses for one contact, as PostgreSQL refuses a number that is out of range. */
async function refuseRunsOf(engine: Engine, { id }: Person): Promise<void> {
  await engine.query(
    sql.raw(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if new.contact_id = '${id}' then raise exception 'numeric field overflow for ana@example.com' using errcode = '22003'; end if;
      return new;
    end $$;
    create trigger refuse before insert on runs for each row execute function refuse()`),
  );
}

const asideNow = (engine: Engine) => engine.app.aside.list(null, 10);

async function greeted(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.query<{ user: string }>(sql`
    select i.value as user from messages m join identities i on i.contact_id = m.contact_id order by m.contact_id`);
  return rows.map(({ user }) => user);
}

describe.each([
  { what: 'cannot be decided', harm: poison },
  { what: 'cannot be written', harm: refuseRunsOf },
])('a contact that $what', ({ harm }) => {
  it('is put aside with the reason, and everybody else is served in the same turns', async () => {
    const engine = await open();
    const all = await people(engine, 200);
    const sick = all[77] as Person;
    await harm(engine, sick);
    await engine.receive(...all.map(({ user }) => tracked({ user_id: user }, 'asked')));
    await engine.settle();
    expect(await greeted(engine)).toEqual(all.filter((one) => one !== sick).map(({ user }) => user));
    const [aside, ...others] = await asideNow(engine);
    expect(others).toEqual([]);
    expect(aside).toMatchObject({ contact_id: sick.id, attempts: 1 });
    expect(aside?.because).not.toContain('ana@');
    expect(Math.round(((aside?.retry_at ?? 0) - (aside?.since ?? 0)) / 60_000)).toBe(1);
    expect(await engine.query(sql`select contact_id from happenings`)).toEqual([{ contact_id: sick.id }]);
  });

  it('is tried again later and later, then only when asked to; what happened meanwhile waits in order', async () => {
    const engine = await open();
    const [sick] = (await people(engine, 1)) as [Person];
    await harm(engine, sick);
    await engine.receive(tracked({ user_id: sick.user }, 'asked'));
    const waits: (number | null)[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      await engine.settle();
      await engine.receive(tracked({ user_id: sick.user }, 'asked'));
      await engine.settle();
      const [aside] = await engine.query<{ attempts: number; minutes: number | null }>(sql`
        select attempts, round(extract(epoch from retry_at - now()) / 60)::int as minutes from put_aside`);
      expect(aside?.attempts).toBe(attempt);
      waits.push(aside?.minutes ?? null);
      await engine.query(sql`update put_aside set retry_at = now() where retry_at is not null`);
    }
    expect(waits).toEqual([1, 5, 30, 120, null]);
    await engine.settle();
    expect((await asideNow(engine)).map(({ attempts }) => attempts)).toEqual([5]);
    await engine.query(sql`drop trigger if exists refuse on runs`);
    await engine.query(
      sql`update contacts set profile = ${JSON.stringify({ fields: {}, memory: {}, cart: { changes: [] }, orders: { list: [], cancelled: {}, refunded: {} }, consent: {} })}::jsonb where id = ${sick.id}`,
    );
    await engine.settle();
    expect(await greeted(engine)).toEqual([]);
    expect(await engine.app.aside.retry([sick.id])).toBe(1);
    await engine.settle();
    expect(await greeted(engine)).toEqual(Array.from({ length: 6 }, () => sick.user));
    expect(await asideNow(engine)).toEqual([]);
  });
});

it('whoever was put aside is tried when other rules are deployed', async () => {
  const engine = await open();
  const [sick] = (await people(engine, 1)) as [Person];
  await poison(engine, sick);
  await engine.receive(tracked({ user_id: sick.user }, 'asked'));
  await engine.settle();
  await engine.query(sql`update put_aside set attempts = 5, retry_at = null`);
  const stages = FILES['workflows/journey/stages.yaml'] ?? '';
  await engine.app.deploy({
    ...FILES,
    'workflows/journey/stages.yaml': `${stages}\n# other rules\n`.replace('more_than: 0', 'more_than: 50'),
  });
  await engine.settle();
  expect(await asideNow(engine)).toMatchObject([{ contact_id: sick.id, attempts: 1 }]);
});

describe.each(backends())('over %s', (backend) => {
  it('the API lists who is put aside, page by page, and tries them again', { timeout: 60_000 }, async () => {
    const errors: string[] = [];
    const { app } = await openTestApp({
      ...{ backend, files: FILES, start: 0, roles: ['engine', 'chores'] },
      overrides: { clock: databaseClock, onError: (error) => errors.push(String(error)) },
    });
    onTestFinished(() => app.close());
    const key = (await createWriteKey(app.db, 'Shop', 'api')).key;
    const server = await openServer(app);
    onTestFinished(() => server.close());
    const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await server.inject({ method, url, headers, ...(payload ? { payload } : {}) });
      return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
    };
    await app.receiver.receive(['ana', 'ben', 'eva'].map((user_id) => tracked({ user_id }, 'arrived')));
    const unsettled = async () => (await app.db.execute(sql`select from happenings`)).rowCount;
    await expect.poll(unsettled).toBe(0);
    await app.db.execute(sql`update contacts set profile = '{"memory": {}}'`);
    await app.receiver.receive(['ana', 'ben', 'eva'].map((user_id) => tracked({ user_id }, 'asked')));
    await expect.poll(async () => (await app.aside.list(null, 10)).length).toBe(3);
    const first = await ask('GET', '/v1/put-aside?limit=2');
    const next = first.body['next'] as string;
    const second = await ask('GET', `/v1/put-aside?limit=2&cursor=${next}`);
    const listed = [first, second].flatMap(({ body }) => body['contacts'] as { contact_id: string }[]);
    expect(new Set(listed.map(({ contact_id }) => contact_id)).size).toBe(3);
    expect(second.body['next']).toBeNull();
    expect(errors.filter((words) => words.includes(listed[0]?.contact_id ?? '?'))).toHaveLength(1);
    expect((await ask('GET', '/v1/put-aside?cursor=nonsense')).body).toMatchObject({
      error: { code: 'cursor_unknown' },
    });
    expect(await ask('POST', '/v1/put-aside/retry', { contact_ids: ['x'] })).toMatchObject({ status: 422 });
    expect(await ask('POST', '/v1/put-aside/retry', {})).toEqual({ status: 200, body: { tried: 3 } });
    await expect
      .poll(
        async () =>
          (
            await app.db.execute<{ n: number }>(
              sql`select count(*)::int as n from put_aside where attempts = 1 and retry_at > now()`,
            )
          ).rows[0]?.n,
      )
      .toBe(3);
  });
});
