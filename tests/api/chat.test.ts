/** The inbox by the API, over real HTTP on the real engine. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openChat } from '../../src/store/chat.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { projectFiles, textFiles } from '../support/projects.ts';
import { aliased, identified, tracked } from '../support/traffic.ts';

const POLL = { interval: 30, timeout: 15_000 };
const FILES = projectFiles({
  ...textFiles('hello', 'chat', 'service', { en: 'Hello {{email}}', es: 'Hola {{email}}' }),
  ...textFiles('answer', 'chat', 'service', { en: 'You: {{event.text}}', es: 'Tú: {{event.text}}' }),
  'workflows/greeting.yaml':
    'version: 1\nworkflow: greeting\npurpose: service\nenter_when: { event: arrived }\nre_enter: always\nsteps:\n  - send_chat: hello\n',
  'workflows/answering.yaml':
    'version: 1\nworkflow: answering\npurpose: service\nenter_when: { event: chat_message_written }\nre_enter: always\nsteps:\n  - send_chat: answer\n',
});

let site: TestApp;
let server: FastifyInstance;
let origin: string;
let api_key: string;

beforeAll(async () => {
  site = await openTestApp({
    files: FILES,
    backend: 'postgres',
    start: 0,
    roles: ['engine', 'sender', 'chores'],
  });
  site.clock.run(0);
  api_key = (await createWriteKey(site.app.db, 'Shop', 'api')).key;
  await addWriteKey(site.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(site.app);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await server.close();
  await site.close();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Entry {
  readonly id: string;
  readonly written_by: string;
  readonly text: string;
  readonly at: string;
  readonly read_at: string | null;
}

async function ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${origin}/v1/contacts/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function entries(who: string): Promise<readonly Entry[]> {
  return (await ask(`${who}/chat`)).body.entries as readonly Entry[];
}

const texts = async (who: string): Promise<string[]> => (await entries(who)).map(({ text }) => text);

async function meet(user_id: string): Promise<string> {
  await site.app.receiver.receive([
    identified({ user_id }, { email: `${user_id}@example.com`, language: 'en' }),
  ]);
  await expect.poll(async () => (await site.app.reader.findContact(user_id))?.contact.id, POLL).toBeDefined();
  return (await site.app.reader.findContact(user_id))?.contact.id ?? '';
}

describe('the inbox', () => {
  it('shows what workflows sent and what the contact wrote, the newest first, and answers to it', async () => {
    const id = await meet('ana');
    await site.app.receiver.receive([tracked({ user_id: 'ana' }, 'arrived')]);
    await expect.poll(() => texts('ana'), POLL).toEqual(['Hello ana@example.com']);
    const written = await ask('ana/chat', { text: '  Where is it?\u0000 ' });
    expect(written).toMatchObject({ status: 201, body: { id: expect.any(String) } });
    await expect
      .poll(() => texts(id), POLL)
      .toEqual(['You: Where is it?', 'Where is it?', 'Hello ana@example.com']);
    const found = await entries('ana');
    expect(found.map(({ written_by }) => written_by)).toEqual(['us', 'contact', 'us']);
    expect(found[1]?.id).toBe(written.body.id);
  });

  it('stores what comes twice once, and lets it happen once', async () => {
    await meet('twice');
    const first = await ask('twice/chat', { text: 'Hi', message_id: 'm1' });
    expect(await ask('twice/chat', { text: 'Hi again', message_id: 'm1' })).toEqual(first);
    expect(await ask('twice/chat', { text: 'Hi' }, { 'idempotency-key': 'm1' })).toEqual(first);
    await meet('other');
    expect((await ask('other/chat', { text: 'Hi', message_id: 'm1' })).body.id).not.toBe(first.body.id);
    await expect.poll(() => texts('twice'), POLL).toEqual(['You: Hi', 'Hi']);
    const { rows } = await site.app.db.execute<{ text: string }>(sql`
      select e.properties ->> 'text' as text from events e join identities i using (contact_id)
      where e.name = 'chat_message_written' and i.value = 'twice'`);
    expect(rows).toEqual([{ text: 'Hi' }]);
  });

  it('keeps what is no whole letter as the sign for that', async () => {
    await meet('torn');
    expect((await ask('torn/chat', { text: 'a\ud83d' })).status).toBe(201);
    await expect.poll(() => texts('torn'), POLL).toEqual(['You: a\ufffd', 'a\ufffd']);
  });

  it('is read page by page, with nothing twice and nothing left out, also where moments are equal', async () => {
    const contact_id = await meet('pages');
    const ids = Array.from({ length: 7 }, (_, index) => `01931b2e-7a00-7000-8000-00000000010${index}`);
    for (const [index, id] of ids.entries())
      await openChat(site.app.db).keep({
        id,
        contact_id,
        text: `t${index}`,
        at: 1000 + Math.floor(index / 3),
      });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`pages/chat?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...(body.entries as Entry[]).map(({ text }) => text));
      expect(body.unread).toBe(7);
      cursor = (body.next_cursor as string | null) ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0']);
  });

  it('counts what is unread, up to the entry that was read', async () => {
    const contact_id = await meet('reader');
    const [old, young] = ['01931b2e-7a00-7000-8000-000000000201', '01931b2e-7a00-7000-8000-000000000202'];
    for (const [index, id] of [old, young].entries())
      await openChat(site.app.db).keep({ id, contact_id, text: 'x', at: 1000 + index });
    expect((await ask('reader/chat')).body.unread).toBe(2);
    expect(await ask('reader/chat/read', { up_to: old })).toEqual({ status: 200, body: { unread: 1 } });
    expect((await entries('reader')).map(({ read_at }) => read_at !== null)).toEqual([false, true]);
    const { read_at } = (await entries('reader'))[1] as Entry;
    expect(await ask('reader/chat/read', {})).toEqual({ status: 200, body: { unread: 0 } });
    expect((await entries('reader'))[1]?.read_at).toBe(read_at);
    const others = await meet('not_the_reader');
    expect(await ask(`${others}/chat/read`, { up_to: young })).toMatchObject({ status: 200 });
  });

  it('moves with the contact, and what comes for who it was goes to who it is', async () => {
    const gone = await meet('visitor');
    const kept = await meet('member');
    await ask('visitor/chat', { text: 'before' });
    await site.app.receiver.receive([aliased('member', 'visitor')]);
    const now = async (): Promise<string | undefined> =>
      (await site.app.reader.findContact('visitor'))?.contact.id;
    await expect
      .poll(async () => (await now()) === (await site.app.reader.findContact('member'))?.contact.id, POLL)
      .toBe(true);
    const id = '01931b2e-7a00-7000-8000-000000000301';
    const other = (await now()) === kept ? gone : kept;
    await openChat(site.app.db).keep({ id, contact_id: other, text: 'late', at: Date.now() + 60_000 });
    await expect.poll(() => texts('member'), POLL).toEqual(expect.arrayContaining(['late', 'before']));
  });
});

describe('what is asked wrongly', () => {
  it.each([
    ['a contact that is not there', 'nobody/chat', undefined, 404, 'contact_unknown', undefined],
    ['a limit that is none', 'ana/chat?limit=0', undefined, 422, 'field_unusable', '/limit'],
    ['a cursor that is none', 'ana/chat?cursor=abc', undefined, 422, 'field_unusable', '/cursor'],
    ['a parameter that is none', 'ana/chat?page=2', undefined, 422, 'field_unusable', '/page'],
    ['a contact of no letters', '%00/chat', undefined, 404, 'contact_unknown', undefined],
    ['no text', 'ana/chat', {}, 422, 'field_unusable', ''],
    ['an empty text', 'ana/chat', { text: ' ' }, 422, 'field_unusable', '/text'],
    ['a long text', 'ana/chat', { text: 'x'.repeat(10_001) }, 422, 'field_unusable', '/text'],
    ['no object', 'ana/chat', ['x'], 422, 'field_unusable', ''],
    ['an entry that is none', 'ana/chat/read', { up_to: 'x' }, 422, 'field_unusable', '/up_to'],
  ])('%s is told with its place', async (_, path, body, status, code, pointer) => {
    const answer = await ask(path, body);
    expect([answer.status, answer.body.error]).toEqual([
      status,
      { code, message: expect.stringMatching(/\.$/), ...(pointer === undefined ? {} : { pointer }) },
    ]);
  });

  it('is not answered without a key of scope api', async () => {
    expect((await ask('ana/chat', undefined, { authorization: '' })).status).toBe(401);
    expect((await ask('ana/chat', { text: 'x' }, { authorization: 'Bearer wk_browser' })).status).toBe(403);
    expect((await ask('ana/chat/read', {}, { authorization: 'Bearer nobody' })).status).toBe(401);
  });

  it('is documented', async () => {
    const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/contacts/{id}/chat', '/v1/contacts/{id}/chat/read']),
    );
  });
});
