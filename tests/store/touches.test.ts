/** From fetches of pictures and links to what workflows know of opens and clicks. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY, SETTLES_AFTER, type Fetch } from '../../src/core/messages/machine.ts';
import { partitionOf } from '../../src/engine/ports.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { leadsTo, MOST_TOUCHES, recordTouch } from '../../src/store/touches.ts';
import { newDatabase } from '../support/database.ts';
import { openEngine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

const SENT = Date.parse('2026-03-02T09:00:00Z');
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const LINKS = ['https://shop.example/a', 'https://shop.example/b', 'https://shop.example/c'];
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36';
const OTHER = { ip: '203.0.113.9', user_agent: 'Mozilla/5.0 (iPhone) Safari/604.1' };

let database: OpenDatabase;

beforeAll(async () => {
  const url = await newDatabase();
  await migrateDatabase(url);
  database = openDatabase(url);
});

afterAll(() => database.close());

interface Letter {
  readonly id: string;
  readonly contact_id: string;
  opens(at: number, more?: Partial<Fetch>): Promise<number | undefined>;
  clicks(link: number, at: number, more?: Partial<Fetch>): Promise<number | undefined>;
  touches(): Promise<readonly unknown[]>;
  events(): Promise<readonly unknown[]>;
  /** Events that wait to be decided, with the seconds after sending at which they will be. */
  waiting(): Promise<readonly unknown[]>;
  /** As a turn does that has come to this moment. */
  decide(at: number): Promise<void>;
}

async function aLetter(links: readonly string[] | null = LINKS): Promise<Letter> {
  const { db } = database;
  const [id, contact_id] = [randomUUID(), randomUUID()];
  const list = links === null ? null : sql`${sql.param(links)}::text[]`;
  await db.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      stage, language, tone, formality, because, event, sent_at, links)
    values (${id}, ${contact_id}, 'offering', 2, 'send', 1, 'offer', 'email', 'promotion', 'sent', now(), now(),
      'awareness', 'en', 'plain', '{}', '{}', '{}', to_timestamp(${SENT / 1000}), ${list})`);
  const touch = (more: Partial<Fetch>): Promise<number | undefined> =>
    recordTouch(db, {
      ...{ message_id: id, kind: 'click', link: 0, at: SENT, ip: '198.51.100.7', user_agent: CHROME },
      ...{ method: 'GET', prefetch: false, ...more },
    });
  const rows = async (query: ReturnType<typeof sql>): Promise<readonly unknown[]> =>
    (await db.execute(query)).rows;
  return {
    ...{ id, contact_id },
    opens: (at, more) => touch({ kind: 'open', link: null, at: SENT + at, ...more }),
    clicks: (link, at, more) => touch({ link, at: SENT + at, ...more }),
    touches: () =>
      rows(sql`select kind, link, machine, sign from touches where message_id = ${id} order by at, id`),
    events: () =>
      rows(sql`
        select name, message_id, properties ->> 'url' as url, properties -> 'machine' as machine,
          extract(epoch from occurred_at)::float8 - ${SENT / 1000}::float8 as after from events
        where contact_id = ${contact_id} order by occurred_at, message_id desc`),
    waiting: () =>
      rows(sql`
        select e.message_id, extract(epoch from h.due_at)::float8 - ${SENT / 1000}::float8 as due
        from happenings h join events e on e.id = h.event_id
        where h.contact_id = ${contact_id} and h.partition = ${partitionOf(contact_id)} order by h.due_at, e.message_id desc`),
    decide: async (at) => {
      await db.execute(sql`
        delete from happenings where contact_id = ${contact_id} and due_at <= to_timestamp(${(SENT + at) / 1000}::float8)`);
    },
  };
}

const NO = { machine: 'no', sign: 'none' };

it('a person’s click is an event with what it belongs to, and an open too', async () => {
  const letter = await aLetter();
  expect(await letter.clicks(1, HOUR)).toBe(partitionOf(letter.contact_id));
  expect(await letter.touches()).toEqual([{ kind: 'click', link: 1, ...NO }]);
  expect(await letter.events()).toEqual([
    {
      name: 'message_opened',
      message_id: `message:${letter.id}:opened`,
      url: null,
      machine: null,
      after: 3600,
    },
    {
      ...{ name: 'message_clicked', message_id: `message:${letter.id}:clicked:1` },
      ...{ url: LINKS[1], machine: null, after: 3600 },
    },
  ]);
  const { rows } = await database.db.execute(sql`
    select type, source, properties from events where message_id = ${`message:${letter.id}:clicked:1`}`);
  expect(rows).toEqual([
    {
      ...{ type: 'track', source: 'etapa' },
      properties: { workflow: 'offering', run: 2, step: 'send', message: 'offer', url: LINKS[1] },
    },
  ]);
});

it('what people do again is kept and told once for each link', async () => {
  const letter = await aLetter();
  expect(await letter.opens(60 * SECOND)).toBeDefined();
  expect(await letter.opens(70 * SECOND)).toBeUndefined();
  expect(await letter.clicks(0, 80 * SECOND)).toBeDefined();
  expect(await letter.clicks(0, 90 * SECOND)).toBeUndefined();
  expect(await letter.clicks(2, 95 * SECOND, OTHER)).toBeDefined();
  expect(await letter.touches()).toHaveLength(5);
  expect(await letter.events()).toMatchObject([
    { name: 'message_opened', after: 60 },
    { name: 'message_clicked', url: LINKS[0], after: 80 },
    { name: 'message_clicked', url: LINKS[2], after: 95 },
  ]);
});

it('what machines do is kept and told to nobody', async () => {
  const letter = await aLetter();
  await letter.opens(30 * SECOND, { user_agent: 'Mozilla/5.0' });
  await letter.clicks(0, SECOND);
  await letter.clicks(1, HOUR, { method: 'HEAD' });
  await letter.clicks(2, HOUR, { user_agent: 'curl/8.5.0', ip: '192.0.2.1' });
  await letter.clicks(CANARY, 2 * HOUR, { ip: '192.0.2.2' });
  expect(await letter.touches()).toMatchObject([
    { sign: 'too_soon', machine: 'likely' },
    { sign: 'apple_proxy', machine: 'likely' },
    { sign: 'head', machine: 'certain' },
    { sign: 'scanner', machine: 'certain' },
    { sign: 'canary', machine: 'certain', link: CANARY },
  ]);
  expect([await letter.events(), await letter.waiting()]).toEqual([[], []]);
});

describe('what turns out to be a machine’s', () => {
  it('is taken back as long as it waits, and the person who comes later is told', async () => {
    const letter = await aLetter();
    await letter.clicks(0, 60 * SECOND);
    await letter.clicks(1, 61 * SECOND);
    expect(await letter.waiting()).toMatchObject([
      { message_id: `message:${letter.id}:opened`, due: 90 },
      { message_id: `message:${letter.id}:clicked:0`, due: 90 },
      { message_id: `message:${letter.id}:clicked:1`, due: 91 },
    ]);
    expect(await letter.clicks(2, 62 * SECOND)).toBeUndefined();
    expect(await letter.touches()).toEqual(
      [0, 1, 2].map((link) => ({ kind: 'click', link, machine: 'certain', sign: 'all_links' })),
    );
    expect([await letter.events(), await letter.waiting()]).toEqual([[], []]);

    expect(await letter.clicks(1, HOUR, OTHER)).toBe(partitionOf(letter.contact_id));
    expect(await letter.clicks(1, 2 * HOUR, OTHER)).toBeUndefined();
    expect(await letter.events()).toMatchObject([
      { name: 'message_opened', after: 3600 },
      { name: 'message_clicked', url: LINKS[1], after: 3600 },
    ]);
    expect(await letter.waiting()).toHaveLength(2);
  });

  it('gives its place to the person who came in between', async () => {
    const letter = await aLetter();
    await letter.clicks(0, 60 * SECOND);
    await letter.clicks(0, 72 * SECOND, OTHER);
    await letter.clicks(CANARY, 61 * SECOND);
    expect(await letter.events()).toMatchObject([
      { name: 'message_opened', after: 72 },
      { name: 'message_clicked', url: LINKS[0], after: 72 },
    ]);
    expect((await letter.waiting()).map((one) => (one as { due: number }).due)).toEqual([102, 102]);
  });

  it('stays in the history once it is decided, marked, until a person does the same', async () => {
    const letter = await aLetter();
    await letter.clicks(0, 60 * SECOND);
    await letter.decide(60 * SECOND + SETTLES_AFTER);
    await letter.clicks(CANARY, 100 * SECOND);
    expect(await letter.events()).toMatchObject([
      { name: 'message_opened', machine: true },
      { name: 'message_clicked', machine: true, url: LINKS[0] },
    ]);
    await letter.opens(HOUR, OTHER);
    expect(await letter.events()).toMatchObject([
      { name: 'message_opened', machine: null },
      { name: 'message_clicked', machine: true },
    ]);
    await letter.clicks(0, 2 * HOUR, OTHER);
    expect(await letter.events()).toMatchObject([
      { name: 'message_opened', machine: null, after: 60 },
      { name: 'message_clicked', machine: null, after: 60 },
    ]);
    expect(await letter.waiting()).toEqual([]);
  });

  it('is not taken back in the last second, when a turn may have read it', async () => {
    const letter = await aLetter();
    await letter.opens(60 * SECOND);
    await letter.clicks(CANARY, 60 * SECOND + SETTLES_AFTER - SECOND);
    expect(await letter.events()).toMatchObject([{ name: 'message_opened', machine: true }]);
    expect(await letter.waiting()).toHaveLength(1);
  });
});

it('all links fetched by twenty at a time are found out, in whatever order they are stored', async () => {
  const many = Array.from({ length: 20 }, (_, n) => `https://shop.example/${n}`);
  const letter = await aLetter(many);
  await Promise.all(many.map((_url, link) => letter.clicks(link, 60 * SECOND + link * 100)));
  expect(new Set((await letter.touches()).map((one) => (one as { sign: string }).sign))).toEqual(
    new Set(['all_links']),
  );
  expect([await letter.events(), await letter.waiting()]).toEqual([[], []]);
});

it('a flood is not kept, and does not keep a person from being heard', async () => {
  const letter = await aLetter();
  for (let n = 0; n < MOST_TOUCHES + 20; n++) await letter.opens(HOUR + n, { method: 'HEAD' });
  expect(await letter.touches()).toHaveLength(MOST_TOUCHES);
  expect(await letter.clicks(0, 2 * HOUR, OTHER)).toBeDefined();
  const touches = await letter.touches();
  expect(touches).toHaveLength(MOST_TOUCHES);
  expect(touches.at(-1)).toEqual({ kind: 'click', link: 0, ...NO });
  expect(await letter.events()).toHaveLength(2);
});

it('a message or a link that is not there is not kept', async () => {
  const { db } = database;
  const letter = await aLetter();
  const unfollowed = await aLetter(null);
  expect(await letter.clicks(3, HOUR)).toBeUndefined();
  expect(await unfollowed.clicks(0, HOUR)).toBeUndefined();
  expect(await letter.clicks(0, HOUR, { message_id: randomUUID() })).toBeUndefined();
  expect([await letter.touches(), await unfollowed.touches()]).toEqual([[], []]);
  expect(await Promise.all([0, 2, 3, CANARY].map((number) => leadsTo(db, letter.id, number)))).toEqual([
    ...[LINKS[0], LINKS[2]],
    ...[undefined, undefined],
  ]);
  expect(await leadsTo(db, unfollowed.id, 0)).toBeUndefined();
  expect(await leadsTo(db, randomUUID(), 0)).toBeUndefined();
});

it('what a browser calls itself is stored as it is, be it a script or SQL', async () => {
  const letter = await aLetter();
  const user_agent = `<script>alert(1)</script>'); drop table touches; -- \u00ff`;
  await letter.clicks(0, HOUR, { user_agent });
  const { rows } = await database.db.execute(
    sql`select user_agent from touches where message_id = ${letter.id}`,
  );
  expect(rows).toEqual([{ user_agent }]);
});

describe('a workflow', () => {
  const FILES = projectFiles({
    ...messageFiles('offer', 'service'),
    'workflows/offering.yaml': `version: 1
workflow: offering
purpose: service
enter_when: { event: asked }
exit_when: { message: offer, was: clicked }
steps:
  - send_email: offer
  - wait: 30 days
`,
  });

  it('hears of a person’s click half a minute later, and of a machine’s never', async () => {
    const engine = await openEngine({ files: FILES });
    try {
      const people = ['ana', 'eva'];
      const now = engine.now();
      for (const user_id of people)
        await engine.receive(
          identified({ user_id }, { email: `${user_id}@shop.example` }, { at: now }),
          tracked({ user_id }, 'asked', {}, { at: now }),
        );
      await engine.settle();
      const sent = await engine.query<{ id: string; user: string }>(sql`
        update messages m set state = 'sent', sent_at = to_timestamp(${now / 1000}::float8), links = '{https://shop.example/a}'
        from identities i where i.contact_id = m.contact_id returning m.id, i.value as user`);
      engine.pass(HOUR);
      for (const { id, user } of sent)
        await recordTouch(engine.app.db, {
          ...{
            message_id: id,
            kind: 'click',
            link: 0,
            at: engine.now(),
            ip: '203.0.113.9',
            user_agent: CHROME,
          },
          ...{ method: user === 'ana' ? 'GET' : 'HEAD', prefetch: false },
        });
      const ended = (): Promise<readonly unknown[]> =>
        engine.query(sql`
          select i.value as user, r.ended_because ->> 'en' as because from runs r join identities i using (contact_id)
          where ended_at is not null`);
      await engine.settle();
      expect(await ended()).toEqual([]);
      engine.pass(SETTLES_AFTER + SECOND);
      await engine.settle();
      expect(await ended()).toEqual([{ user: 'ana', because: expect.stringContaining('clicked') as string }]);
    } finally {
      await engine.close();
    }
  });
});
