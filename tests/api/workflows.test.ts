/** Workflows started by the API, over real HTTP on the real engine. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey, listWriteKeys, revokeWriteKey } from '../../src/store/keys.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { linkTo, type Link } from '../support/link.ts';
import { newDatabase } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified } from '../support/traffic.ts';

const POLL = { interval: 30, timeout: 15_000 };

const workflow = (id: string, more: string): Record<string, string> => ({
  [`workflows/${id}.yaml`]: `version: 1\nworkflow: ${id}\npurpose: service\n${more}`,
});
const FILES = projectFiles({
  ...messageFiles('hello', 'service'),
  'templates/hello/message.yaml': `version: 1
message: hello
purpose: service
subject: { plain: "Gift {{event.gift_name}} for {{email}}" }
`,
  ...workflow('gifting', 'enter_when: manual\nre_enter: always\nsteps:\n  - send_email: hello\n'),
  ...workflow('resting', 'status: paused\nenter_when: manual\nsteps:\n  - send_email: hello\n'),
  ...workflow('planned', 'status: draft\nenter_when: manual\nsteps:\n  - send_email: hello\n'),
  ...workflow('gone_by', 'status: stopped\nenter_when: manual\nsteps:\n  - send_email: hello\n'),
});

let site: TestApp;
let server: FastifyInstance;
let link: Link;
let origin: string;
let api_key: string;

beforeAll(async () => {
  const database_url = await newDatabase();
  link = await linkTo(database_url);
  site = await openTestApp({
    files: FILES,
    backend: 'postgres',
    start: 0,
    roles: ['engine', 'sender', 'chores'],
    overrides: {
      database_url: link.url,
      queue: { kind: 'postgres', url: database_url },
      onError: () => undefined,
    },
  });
  site.clock.run(0);
  api_key = (await createWriteKey(site.app.db, 'Shop', 'api')).key;
  await addWriteKey(site.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(site.app);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  link.set('open');
  await server.close();
  await site.close();
  await link.stop();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

async function start(workflow: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${origin}/v1/workflows/${workflow}/start`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

async function starts(): Promise<Record<string, unknown>[]> {
  const found = await site.app.db.execute(sql`
    select message_id, type, properties, source from events where name = 'workflow:started'
    order by received_at, message_id`);
  return found.rows;
}

const subjects = (): string[] => site.parcels.map(({ subject }) => subject);

describe('a start', () => {
  it('makes the contact, walks the workflow with its data, and is stored under the name of the key', async () => {
    const { id } = (await listWriteKeys(site.app.db)).find(({ name }) => name === 'Shop') ?? {};
    await site.app.receiver.receive([identified({ user_id: 'ana' }, { email: 'ana@example.com' })]);
    const answer = await start('gifting', {
      user_id: 'ana',
      data: { giftName: 'mug', nested: { a: ['\0x', 1.5, null] } },
      message_id: 'gift-1',
    });
    expect(answer).toMatchObject({ status: 202, body: { accepted: true } });
    await expect.poll(subjects, POLL).toEqual(['Gift mug for ana@example.com']);
    expect(await starts()).toEqual([
      {
        message_id: 'start:gifting:gift-1',
        type: 'track',
        properties: { workflow: 'gifting', data: { gift_name: 'mug', nested: { a: ['x', 1.5, null] } } },
        source: id,
      },
    ]);
    const found = await site.app.db.execute(sql`select because ->> 'en' as because, outcome from runs`);
    expect(found.rows).toEqual([{ because: 'started by hand', outcome: 'completed' }]);

    const fresh = await start('gifting', { user_id: 7 });
    expect(fresh.status).toBe(202);
    await expect
      .poll(async () => (await site.app.reader.findContact('7'))?.contact.stage, POLL)
      .toBe('awareness');
    const visitor = await start('gifting', { anonymous_id: 'visitor-1' });
    expect(visitor.status).toBe(202);
    expect((await site.app.reader.findContact('visitor-1'))?.contact.id).toBeDefined();
  });

  it('counts once for each id, in the body or the header, and apart from other workflows and events', async () => {
    const before = (await starts()).length;
    const body = { user_id: 'once', message_id: 'order-17' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => start('gifting', body)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect((await start('gifting', { user_id: 'once' }, { 'idempotency-key': 'order-17' })).status).toBe(202);
    expect((await starts()).length).toBe(before + 1);
    expect((await start('gifting', { user_id: 'once' }, { 'idempotency-key': 'order-18' })).status).toBe(202);
    expect((await start('gifting', { user_id: 'once' })).status).toBe(202);
    expect((await start('gifting', { user_id: 'once' })).status).toBe(202);
    expect((await starts()).length).toBe(before + 4);
    const tracked = await fetch(`${origin}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('wk_browser:')}` },
      body: JSON.stringify({ userId: 'once', event: 'Something Done', messageId: 'order-17' }),
    });
    expect(tracked.status).toBe(200);
    const found = await site.app.db.execute(sql`select from events where name = 'something_done'`);
    expect(found.rowCount).toBe(1);
  });

  it('finds a contact by the id that Etapa gave it', async () => {
    await site.app.receiver.receive([
      identified({ anonymous_id: 'only-visitor' }, { email: 'v@example.com' }),
    ]);
    const { id: contact_id } = (await site.app.reader.findContact('only-visitor'))?.contact ?? {};
    expect((await start('gifting', { contact_id, data: { gift_name: 'cup' } })).status).toBe(202);
    await expect.poll(subjects, POLL).toContain('Gift cup for v@example.com');
    const unknown = '01931b2e-7a00-7000-8000-000000000001';
    expect(await start('gifting', { contact_id: unknown })).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'contact_unknown',
          message: `There is no contact with the id "${unknown}".`,
          pointer: '/contact_id',
        },
      },
    });
  });
});

describe('a start is refused', () => {
  it('without a key, with an unknown or revoked one, and with one that may only send events', async () => {
    const before = (await starts()).length;
    const ask = (authorization: string): Promise<Answer> =>
      start('gifting', { user_id: 'thief' }, { authorization });
    const revoked = await createWriteKey(site.app.db, 'Old', 'api');
    await revokeWriteKey(site.app.db, revoked.id);
    for (const [authorization, status, code] of [
      ['', 401, 'key_missing'],
      ['Bearer ', 401, 'key_missing'],
      ['Bearer two words', 401, 'key_missing'],
      ['Bearer nonsense', 401, 'key_unknown'],
      [`Bearer ${revoked.key}`, 401, 'key_unknown'],
      ['Bearer wk_browser', 403, 'key_of_other_scope'],
      [`Basic ${btoa('wk_browser:')}`, 403, 'key_of_other_scope'],
    ] as const) {
      const answer = await ask(authorization);
      expect(answer, authorization).toMatchObject({ status, body: { error: { code } } });
      expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
      expect((answer.body as { error: { message: string } }).error.message).toMatch(/api/);
    }
    expect(
      (await start('gifting', { user_id: 'thief', writeKey: api_key }, { authorization: '' })).status,
    ).toBe(401);
    expect((await starts()).length).toBe(before);
    expect((await ask(`Basic ${btoa(`${api_key}:`)}`)).status).toBe(202);
    expect((await ask(`bearer ${api_key}`)).status).toBe(202);
  });

  it.each([
    ['giftin', 'There is no workflow called "giftin"; did you mean "gifting"?'],
    ['constructor', 'There is no workflow called "constructor"; known here: gifting'],
    ['resting', 'The workflow "resting" is paused; write "status: live" in it and deploy.'],
    ['planned', 'The workflow "planned" is a draft; write "status: live" in it and deploy.'],
    ['gone_by', 'The workflow "gone_by" is stopped; write "status: live" in it and deploy.'],
  ])('for %s, which is not live', async (workflow, message) => {
    expect(await start(workflow, { user_id: 'ana' })).toMatchObject({
      status: 404,
      body: { error: { code: 'workflow_not_live', message } },
    });
  });

  it.each<[unknown, string, string | RegExp]>([
    [{}, '', 'say who it is for: "user_id", "anonymous_id" or "contact_id".'],
    ['null', '', 'say who it is for: "user_id", "anonymous_id" or "contact_id".'],
    [[], '', 'The body is a JSON object, like { "user_id": "ana" }.'],
    [{ user_id: '' }, '/user_id', 'an id has between 1 and 255 characters.'],
    [{ user_id: ' '.repeat(9) }, '/user_id', 'an id has between 1 and 255 characters.'],
    [{ user_id: 'x'.repeat(256) }, '/user_id', 'an id has between 1 and 255 characters.'],
    [{ user_id: true }, '/user_id', /./],
    [{ anonymous_id: {} }, '/anonymous_id', /./],
    [{ contact_id: 'ana' }, '/contact_id', /^a contact's id is written like/],
    [
      { contact_id: '01931b2e-7a00-7000-8000-000000000001', user_id: 'ana' },
      '/contact_id',
      'a "contact_id" stands alone; leave it out, or "user_id" and "anonymous_id".',
    ],
    [{ user_id: 'ana', data: [] }, '/data', /./],
    [{ user_id: 'ana', data: 'x' }, '/data', /./],
    [
      { user_id: 'ana', message_id: 'x'.repeat(101) },
      '/message_id',
      'an id has between 1 and 100 characters.',
    ],
    [
      { userid: 'ben' },
      '/userid',
      '"userid" does not belong here; known here: user_id, anonymous_id, contact_id, data, message_id.',
    ],
    [`{"user_id":"ana","data":{"n":1e400}}`, '/data/n', /too large/],
    [
      `{"user_id":"ana","data":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
      `/data${'/a'.repeat(32)}`,
      /nested too deeply/,
    ],
  ])('with %j', async (body, pointer, message) => {
    const before = (await starts()).length;
    const answer = await start('gifting', body);
    expect(answer).toMatchObject({ status: 422, body: { error: { pointer } } });
    const { error } = answer.body as { error: { message: string } };
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect((await starts()).length).toBe(before);
  });

  it('with a header that is too long, a body that is no JSON, or too much of it', async () => {
    const long = await start('gifting', { user_id: 'ana' }, { 'idempotency-key': 'x'.repeat(101) });
    expect(long).toMatchObject({ status: 422, body: { error: { code: 'id_too_long' } } });
    expect((await start('gifting', '{')).status).toBe(400);
    expect((await start('gifting', 'user_id=ana', { 'content-type': 'text/plain' })).status).toBe(422);
    expect((await start('gifting', { user_id: 'ana', data: { a: 'x'.repeat(70_000) } })).status).toBe(413);
  });

  it('while the database is away, with the time to come back, and then taken', async () => {
    const body = { user_id: 'ana', message_id: 'after-all' };
    expect((await start('gifting', { user_id: 'ana' })).status).toBe(202);
    link.set('cut');
    const away = await start('gifting', body);
    expect(away).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(away.headers.get('retry-after')).toBe('5');
    link.set('open');
    await expect.poll(async () => (await start('gifting', body)).status, POLL).toBe(202);
    expect(
      (await starts()).filter(({ message_id }) => message_id === 'start:gifting:after-all'),
    ).toHaveLength(1);
  });
});

describe('the description of the API', () => {
  it('tells how a workflow is started', async () => {
    const { paths, components } = (await (await fetch(`${origin}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
      components: { securitySchemes: object };
    };
    const operation = paths['/v1/workflows/{id}/start']?.['post'];
    expect(operation).toMatchObject({
      tags: ['Workflows'],
      security: [{ apiKey: [] }],
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'id', in: 'path', required: true }),
        expect.objectContaining({ name: 'idempotency-key', in: 'header' }),
      ]),
    });
    expect(Object.keys(operation?.['responses'] as object)).toEqual([
      '202',
      '400',
      '401',
      '403',
      '404',
      '422',
      '503',
    ]);
    expect(components.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
  });
});
