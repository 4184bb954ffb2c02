/** Stopping promotions, letting them go on, and how mail arrives, by the API on the real engine. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deliverability } from '../../src/api/deliverability/shapes.ts';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { askingWith } from '../support/asking.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;
let server: FastifyInstance;
let key: string;
const ask = askingWith(
  () => server,
  () => key,
);

beforeAll(async () => {
  shop = await openShop({ roles: ['engine', 'sender'] });
  key = (await createWriteKey(shop.app.db, 'Console', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
});
afterAll(async () => {
  await server.close();
  await shop.close();
});

describe('promotions', () => {
  it('are stopped and go on by the API, by channel; saying it twice changes nothing', async () => {
    expect(await ask('GET', '/v1/sending')).toMatchObject({
      status: 200,
      body: { stops: [], complaints: { level: 'fine', warn_at: 0.001, pause_at: 0.003 } },
    });
    expect(await ask('POST', '/v1/sending/stop', { channel: 'email' })).toEqual({
      status: 200,
      body: { channel: 'email', stopped_before: false },
    });
    expect(await ask('POST', '/v1/sending/stop', { channel: 'email' })).toMatchObject({
      body: { stopped_before: true },
    });
    expect(await ask('GET', '/v1/sending')).toMatchObject({
      body: { stops: [{ channel: 'email', cause: 'hand', held: 0 }] },
    });
    expect(await ask('POST', '/v1/sending/resume', { channel: 'sms' })).toMatchObject({ body: { ended: 0 } });
    expect(await ask('POST', '/v1/sending/resume')).toMatchObject({ body: { ended: 1, released: 0 } });
    expect(await ask('GET', '/v1/sending')).toMatchObject({ body: { stops: [] } });
  });

  it('are for keys of the API alone, and for channels that exist', async () => {
    expect((await ask('POST', '/v1/sending/stop', {}, 'wk_browser')).status).toBe(403);
    expect((await ask('POST', '/v1/sending/stop', { channel: 'pigeon' })).status).toBe(422);
  });
});

/** Mails of a long past day, with what came of them. */
async function keepMails(): Promise<void> {
  await shop.app.db.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      sent_at, stage, language, tone, formality, because, event, address, attempts)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), 'w', n, 's', 1, 'm', 'email',
      'promotion', case when n <= 8 then 'sent' when n = 9 then 'refused' else 'uncertain' end,
      '2003-05-10T22:30Z'::timestamptz, now(), case when n <= 8 then '2003-05-10T22:30Z'::timestamptz end, 'awareness',
      'en', 'plain', '{}', '{"en":"","es":""}', '{}', 'p' || n || case when n % 2 = 0 then '@Two.example' else '@one.example' end,
      case when n = 1 then 3 else 1 end
    from generate_series(1, 10) n`);
  const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  await shop.app.db.execute(sql`
    insert into touches (message_id, kind, link, at, ip, user_agent, machine, sign) values
      (${id(1)}, 'open', null, now(), '', '', 'no', 'none'), (${id(1)}, 'open', null, now(), '', '', 'no', 'none'),
      (${id(2)}, 'click', 0, now(), '', '', 'no', 'none'), (${id(3)}, 'open', null, now(), '', '', 'certain', 'scanner')`);
  await shop.app.db.execute(sql`
    insert into reports (id, message_id, channel, address, kind, class, source, at) values
      ('b', ${id(4)}, 'email', '', 'bounced', 'address', 'test', now()),
      ('b again', ${id(4)}, 'email', '', 'bounced', 'address', 'test', now()),
      ('c', ${id(5)}, 'email', '', 'complained', null, 'test', now())`);
}

describe('how mail arrives', () => {
  it('is counted by domain and by day of the brand, each message once, and machines are not people', async () => {
    await keepMails();
    const { status, body } = await ask(
      'GET',
      '/v1/deliverability?from=2003-05-01T00:00:00Z&to=2003-06-01T00:00:00Z',
    );
    expect(status).toBe(200);
    const { whole, domains, days, counted_since, stops } = body as Deliverability;
    expect(whole).toEqual({
      ...{ sent: 8, deferred: 1, refused: 1, uncertain: 1, bounced: 1, complained: 1, opened: 2, clicked: 1 },
    });
    expect(domains.map(({ domain, sent, bounced }) => [domain, sent, bounced])).toEqual([
      ['one.example', 4, 0],
      ['two.example', 4, 1],
    ]);
    expect(days.map(({ day, sent }) => [day, sent])).toEqual([['2003-05-11', 8]]);
    expect(counted_since).toBeNull();
    expect(stops).toMatchObject([
      { channel: 'email', cause: 'hand', ended_at: expect.any(String) as string },
    ]);
  });

  it('is asked of a period that begins before it ends, and not of years', async () => {
    for (const period of ['from=2003-06-01T00:00:00Z&to=2003-05-01T00:00:00Z', 'from=2003-01-01T00:00:00Z'])
      expect(await ask('GET', `/v1/deliverability?${period}`)).toMatchObject({
        status: 422,
        body: { error: { code: 'period_unusable' } },
      });
  });

  it('needs nothing in DNS where mail stays in the house', async () => {
    expect(await ask('GET', '/v1/deliverability/set-up')).toEqual({
      status: 200,
      body: { domain: null, missing: [] },
    });
  });
});
