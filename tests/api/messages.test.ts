/** Messages that died, listed and tried again, over real HTTP and SMTP on the real engine. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { startScriptedSmtp, type ScriptedSmtp, type SmtpAnswer } from '../support/scripted-smtp.ts';
import { openShop, type Shop } from '../support/shop.ts';

let smtp: ScriptedSmtp;
let shop: Shop;
let server: FastifyInstance;
let origin: string;
let api_key: string;
/** What the mail server says to the message. */
let at_dot: SmtpAnswer;

beforeAll(async () => {
  smtp = await startScriptedSmtp(({ step }) => (step === 'dot' ? at_dot : undefined));
  shop = await openShop({ smtp_url: smtp.url, roles: ['engine', 'sender', 'chores'] });
  api_key = (await createWriteKey(shop.app.db, 'Console', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await server.close();
  await shop.close();
  await smtp.stop();
});

interface Told {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly held_because: { readonly en: string; readonly es: string } | null;
}
interface Answer {
  readonly status: number;
  readonly body: Partial<Told> & {
    readonly messages?: readonly Told[];
    readonly next_cursor?: string | null;
    readonly looked_back_to?: string | null;
    readonly touches?: readonly {
      readonly kind: string;
      readonly machine: string;
      readonly url: string | null;
    }[];
    readonly reports?: readonly { readonly kind: string }[];
    readonly run_now?: { readonly outcome: string | null } | null;
    readonly on_their_way?: readonly string[];
    readonly left_alone?: readonly { readonly id: string; readonly code: string }[];
    readonly error?: { readonly code: string; readonly message: string };
  };
}

async function ask(path: string, { key = api_key, method = 'GET', body = '' } = {}): Promise<Answer> {
  const answer = await fetch(`${origin}/v1/messages${path}`, {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === '' ? {} : { body }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

const retry = (id: string, body = ''): Promise<Answer> => ask(`/${id}/retry`, { method: 'POST', body });
const SURE = '{ "even_if_it_may_have_arrived": true }';

/** A message to somebody new that the mail server answers so; resolves when it has come to its end. */
async function send(
  who: string,
  kind: 'puts' | 'orders',
  answer: SmtpAnswer,
  state: string,
): Promise<string> {
  at_dot = answer;
  await shop.receive(shop.knows(who), shop[kind](who));
  const list = await shop.until((all) => all.some((one) => one.user === who && one.state === state));
  at_dot = undefined;
  return list.find(({ user }) => user === who)?.id ?? '';
}

const messageIdOf = (raw: string | undefined): string => /^Message-ID: (.*)$/im.exec(raw ?? '')?.[1] ?? '';

describe('a message that was refused', () => {
  it('is told with its reason, and goes under the same Message-ID when it is tried again; asking twice sends once', async () => {
    const id = await send('ana', 'orders', '554 5.6.0 content', 'refused');
    const listed = await ask('');
    expect(listed.body.messages).toHaveLength(1);
    const [first] = listed.body.messages ?? [];
    expect(first).toMatchObject({ id, state: 'refused', attempts: 1, response: '554 5.6.0 content' });
    expect(first).toMatchObject({ purpose: 'service', channel: 'email', address: 'ana@example.com' });
    expect(first?.held_because).toEqual({
      en: 'the receiver refused it: 554 5.6.0 content',
      es: 'el destinatario lo rechazó: 554 5.6.0 content',
    });
    expect((await ask(`/${id}`)).body).toMatchObject({ ...first, touches: [], reports: [] });
    const both = await Promise.all([retry(id), retry(id)]);
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    await shop.until((all) => all.every(({ state }) => state === 'sent'));
    expect(smtp.accepted.map(({ to }) => to[0])).toEqual(['RCPT TO:<ana@example.com>']);
    expect(messageIdOf(smtp.accepted[0]?.raw)).toContain(id);
    expect((await ask(`/${id}`)).body).toMatchObject({ state: 'sent', attempts: 1, held_because: null });
    const again = await retry(id);
    expect(again.status).toBe(409);
    expect(again.body.error).toMatchObject({ code: 'message_sent' });
    expect((await ask('')).body).toEqual({ messages: [], next_cursor: null, looked_back_to: null });
  });

  it('is not sent to who said no meanwhile', async () => {
    const id = await send('eva', 'puts', '554 5.6.0 content', 'refused');
    await shop.app.pages.unsubscribe(id, 'test');
    expect((await retry(id)).status).toBe(202);
    await shop.until((all) => all.find((one) => one.id === id)?.state === 'suppressed');
    const answer = await retry(id);
    expect(answer.status).toBe(409);
    expect(answer.body.error?.code).toBe('message_held_back');
    expect(answer.body.error?.message).toMatch(/held back and not refused: .*consent/);
    expect(smtp.accepted).toHaveLength(1);
  });
});

describe('a message of which nobody knows whether it arrived', () => {
  it('is sent again only where that is said, if it is a promotion', async () => {
    const id = await send('leo', 'puts', 'drop', 'uncertain');
    const refused = await retry(id);
    expect(refused.status).toBe(409);
    expect(refused.body.error?.code).toBe('may_have_arrived');
    expect((await ask('?state=uncertain')).body.messages?.map((one) => one.id)).toEqual([id]);
    expect((await retry(id, SURE)).status).toBe(202);
    await shop.until((all) => all.find((one) => one.id === id)?.state === 'sent');
  });
});

describe('the list', () => {
  it('goes on behind the last one, newest first, whatever comes in between', async () => {
    await shop.app.db.execute(sql`
      insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
        stage, language, tone, formality, because, event)
      select gen_random_uuid(), gen_random_uuid(), 'w', n, 's', 1, 'm', case when n % 2 = 0 then 'sms' else 'email' end,
        'promotion', 'refused', to_timestamp(1000 + n / 3), now(), 'awareness', 'en', 'plain', '{}', '{"en":"","es":""}', '{}'
      from generate_series(1, 25) n`);
    const seen: string[] = [];
    let cursor: string | null | undefined = '';
    for (let page = 0; page < 10 && typeof cursor === 'string'; page++) {
      const { body }: Answer = await ask(
        `?state=refused,uncertain&limit=7&cursor=${cursor}`.replace(/&cursor=$/, ''),
      );
      seen.push(...(body.messages ?? []).map(({ id }) => id));
      cursor = body.next_cursor;
    }
    const all = await shop.app.db.execute<{ id: string }>(
      sql`select id from messages where state in ('refused', 'uncertain') order by owed_at desc, id desc`,
    );
    expect(seen).toEqual(all.rows.map(({ id }) => id));
    expect(seen).toHaveLength(25);
    expect((await ask('?channel=sms')).body.messages).toHaveLength(12);
  });

  it('of one contact holds all of hers', async () => {
    const { body } = await ask('?contact=ana@example.com');
    expect(body.messages?.map(({ state }) => state)).toEqual(['sent']);
    expect((await ask('?contact=ana&state=refused')).body.messages).toEqual([]);
  });
});

/** Rows as they would have become, without living through them. */
async function keepMessages(values: ReturnType<typeof sql>): Promise<void> {
  await shop.app.db.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      stage, language, tone, formality, because, event, address) ${values}`);
}

describe('what is looked for', () => {
  it('is found by workflow, message, tone, language, domain and time, alone and together', async () => {
    await keepMessages(sql`
      select gen_random_uuid(), gen_random_uuid(), 'sought', n, 's', 1, 'm' || n % 2, 'email', 'promotion', 'sent',
        '2001-01-01T00:00Z'::timestamptz + n * interval '1 hour', now(), 'awareness', case when n < 4 then 'es' else 'en' end,
        case when n % 3 = 0 then 'warm' else 'plain' end, '{}', '{"en":"","es":""}', '{}',
        'p' || n || case when n = 5 then '@Other.example' else '@one.example' end
      from generate_series(1, 6) n`);
    const count = async (query: string): Promise<number | undefined> =>
      (await ask(`?state=all&workflow=sought&${query}`)).body.messages?.length;
    expect(await count('')).toBe(6);
    expect(await count('message=m1')).toBe(3);
    expect(await count('tone=warm')).toBe(2);
    expect(await count('language=es&message=m1')).toBe(2);
    expect(await count('domain=other.EXAMPLE')).toBe(1);
    expect(await count('from=2001-01-01T03:00:00Z&to=2001-01-01T05:00:00Z')).toBe(2);
    expect((await ask('?workflow=sought')).body.messages).toEqual([]);
  });

  it('is looked for so far back as one page can, and the next page goes on from there', async () => {
    await keepMessages(sql`
      select gen_random_uuid(), gen_random_uuid(), 'many', n, 's', 1, case when n = 1 then 'rare' else 'common' end, 'email',
        'promotion', 'sent', '2002-01-01T00:00Z'::timestamptz + n * interval '1 second', now(), 'awareness', 'en', 'plain',
        '{}', '{"en":"","es":""}', '{}', null
      from generate_series(1, 20050) n`);
    const until = '&to=2002-02-01T00:00:00Z';
    const { body } = await ask(`?state=all&message=rare${until}`);
    expect(body).toMatchObject({ messages: [], looked_back_to: '2002-01-01T00:00:51.000Z' });
    const next = await ask(`?state=all&message=rare${until}&cursor=${body.next_cursor ?? ''}`);
    expect(next.body).toMatchObject({ looked_back_to: null, next_cursor: null });
    expect(next.body.messages).toHaveLength(1);
  });
});

describe('one message', () => {
  it('is told with what became of it: opens and clicks with the machines marked, reports, and its run', async () => {
    const id = await send('mia', 'orders', undefined, 'sent');
    await shop.app.db.execute(sql`update messages set links = '{https://shop.example/a}' where id = ${id}`);
    await shop.app.db.execute(sql`
      insert into touches (message_id, kind, link, at, ip, user_agent, machine, sign) values
        (${id}, 'open', null, now(), '127.0.0.1', 'scanner', 'certain', 'scanner'),
        (${id}, 'click', 0, now() + interval '1 minute', '127.0.0.1', 'a browser', 'no', 'none')`);
    await shop.app.db.execute(sql`
      insert into reports (id, message_id, channel, address, kind, source, at)
      values ('r1', ${id}, 'email', 'mia@example.com', 'complained', 'test', now())`);
    const { body } = await ask(`/${id}`);
    expect(body.touches).toMatchObject([
      { kind: 'open', machine: 'certain', url: null },
      { kind: 'click', machine: 'no', url: 'https://shop.example/a' },
    ]);
    expect(body.reports).toMatchObject([{ kind: 'complained', source: 'test' }]);
    expect(body.run_now).toMatchObject({ outcome: 'completed' });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });
});

describe('several messages', () => {
  it('are tried again together; what cannot be, is told and keeps none of the others', async () => {
    const refused = await send('pia', 'orders', '554 5.6.0 content', 'refused');
    const sent = await send('ada', 'orders', undefined, 'sent');
    const unknown = '01931b2e-7a00-7000-8000-000000000001';
    const body = JSON.stringify({ ids: [unknown, sent, refused] });
    const answer = await ask('/retry', { method: 'POST', body });
    expect(answer.status).toBe(202);
    expect(answer.body.on_their_way).toEqual([refused]);
    expect(answer.body.left_alone?.map(({ id, code }) => [id, code])).toEqual([
      [unknown, 'message_unknown'],
      [sent, 'message_sent'],
    ]);
    await shop.until((all) => all.find((one) => one.id === refused)?.state === 'sent');
  });

  it('are at most 200', async () => {
    const ids = Array.from({ length: 201 }, () => '01931b2e-7a00-7000-8000-000000000001');
    expect((await ask('/retry', { method: 'POST', body: JSON.stringify({ ids }) })).status).toBe(422);
  });
});

describe('what cannot be done is told with the mend', () => {
  it.each([
    ['?state=dead', 422, 'field_unusable', /^state.*: a state is one of owed/],
    ['?limit=1000', 422, 'field_unusable', /^limit/],
    ['?cursor=zzz', 422, 'field_unusable', /^cursor: .*next_cursor/],
    ['?stat=sent', 422, 'field_unusable', /stat/],
    ['?contact=nobody', 422, 'contact_unknown', /nobody/],
    ['/nonsense', 404, 'message_unknown', /no message/],
    ['/01931b2e-7a00-7000-8000-000000000001', 404, 'message_unknown', /no message/],
  ])('GET %s: %i %s', async (path, status, code, words) => {
    const answer = await ask(path);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(answer.body.error?.message).toMatch(words);
  });

  it.each([
    ['nonsense', '', 404, 'message_unknown'],
    ['01931b2e-7a00-7000-8000-000000000001', '{}', 404, 'message_unknown'],
    ['01931b2e-7a00-7000-8000-000000000001', '{ "sure": true }', 422, 'field_unusable'],
    ['01931b2e-7a00-7000-8000-000000000001', '{', 400, 'request_unreadable'],
  ])('POST %s/retry with %j: %i %s', async (id, body, status, code) => {
    const answer = await retry(id, body);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });

  it('also to who has no key, or one that may only send events', async () => {
    expect((await ask('', { key: '' })).status).toBe(401);
    expect((await ask('', { key: 'wk_nobody' })).status).toBe(401);
    expect((await ask('', { key: 'wk_browser' })).status).toBe(403);
    expect((await ask('/x/retry', { key: 'wk_browser', method: 'POST' })).status).toBe(403);
  });

  it('and stands in the description of the API', async () => {
    const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/messages', '/v1/messages/{id}', '/v1/messages/{id}/retry']),
    );
  });
});
