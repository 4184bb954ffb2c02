/** One contact with every why, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  explanation,
  person,
  timelinePage,
  whyNot,
  type TimelineEntry,
} from '../../src/api/contacts/shapes.ts';
import { openServer } from '../../src/api/server.ts';
import { TIMELINE_KINDS } from '../../src/core/contacts/timeline.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { livePerson, PERSON_FILES } from '../support/person.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, type Shop } from '../support/shop.ts';

let smtp: ScriptedSmtp;
let shop: Shop;
let server: FastifyInstance;
let api_key: string;
let her: { contact_id: string; message_id: string };

beforeAll(async () => {
  smtp = await startScriptedSmtp();
  shop = await openShop({ files: PERSON_FILES, roles: ['engine', 'sender'], smtp_url: smtp.url });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
  her = await livePerson(shop);
  await vi.waitUntil(
    async () =>
      (await shop.app.db.$client.query('select from happenings where due_at <= now() limit 1')).rowCount ===
      0,
    { timeout: 15_000 },
  );
});

afterAll(async () => {
  await server.close();
  await shop.close();
  await smtp.stop();
});

async function ask(path: string, key = api_key) {
  const answer = await server.inject({
    url: `/v1/contacts/${path}`,
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: answer.statusCode, text: answer.body, body: answer.json<unknown>() };
}

describe('the page of a contact', () => {
  it('tells who she is and where she stands, with the reason of each thing', async () => {
    const answer = await ask('cust-90417');
    expect(answer.status, answer.text).toBe(200);
    const page = person.parse(answer.body);
    expect(page).toMatchObject({
      id: her.contact_id,
      name: 'Zoraida',
      email: 'Zoraida.Quispe@correo.example',
      language: 'en',
    });
    expect(page.identities.map(({ value }) => value).sort()).toEqual([
      'cust-90417',
      'cust-90418',
      'visitor-77ab31',
    ]);
    expect(page.merged.length).toBeGreaterThan(0);
    expect(page.fields.find(({ name }) => name === 'first_name')).toMatchObject({
      value: 'Zoraida',
      at: expect.stringMatching(/^\d{4}-/) as string,
    });
    expect(page.events).toBeGreaterThan(3);
    expect(page.stage.rules.length).toBeGreaterThan(0);
    expect(page.tones[0]?.because.es).not.toBe('');
    expect(page.segments).toMatchObject([{ segment: 'buyers', inside: true }]);
    expect(page.churn_risk).toMatchObject({ is: 'low' });
    expect(page.orders.list).toMatchObject([{ id: 'order-ZQ-5512', revenue: 20 }]);
    expect(page.consents).toMatchObject([{ channel: 'email', topic: '', granted: true }]);
    expect(page.proofs.some(({ text_version }) => text_version === 'v1')).toBe(true);
    expect(page.suppressions).toMatchObject([{ address: 'zoraida.quispe@correo.example', scope: 'all' }]);
    expect(page.runs.some(({ workflow, stands }) => workflow === 'selling' && stands !== null)).toBe(true);
    expect(page.week.sent.map(({ message }) => message).sort()).toEqual(['offer', 'receipt']);
    expect(page).toMatchObject({ put_aside: null, held_after_restore: false });
  });

  it('tells what holds her up', async () => {
    const { db } = shop.app;
    await db.$client.query(
      `insert into put_aside (contact_id, because, attempts, since) values ($1, 'broken', 2, now())`,
      [her.contact_id],
    );
    await db.$client.query('insert into recovery_contacts values ($1)', [her.contact_id]);
    const page = person.parse((await ask(her.contact_id)).body);
    await db.$client.query('delete from put_aside; delete from recovery_contacts');
    expect(page).toMatchObject({
      put_aside: { because: 'broken', attempts: 2, retry_at: null },
      held_after_restore: true,
    });
  });
});

async function timeline(query = ''): Promise<readonly TimelineEntry[]> {
  const answer = await ask(`cust-90417/timeline${query}`);
  expect(answer.status, answer.text).toBe(200);
  return timelinePage.parse(answer.body).entries;
}

describe('the timeline', () => {
  it('holds everything in one list, newest first, each in words', async () => {
    const entries = await timeline('?limit=500');
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    const kinds = new Set(entries.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(TIMELINE_KINDS.toSorted());
    for (const { says } of entries) expect(says.en && says.es).toBeTruthy();
    expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    const offer = entries.find((one) => one.kind === 'message' && one.about.message === 'offer');
    expect(offer).toMatchObject({
      says: { en: 'offer by email: sent', es: 'offer por email: enviado' },
      because: { en: expect.stringContaining('product_added') as string },
      about: { tone: 'plain', state: 'sent' },
    });
    const names = entries.flatMap((one) => (one.kind === 'event' ? [one.about.name] : []));
    expect(names).toContain('product_added');
    // What became of a message stands in the message and its responses.
    expect(names.filter((name) => name.startsWith('message_'))).toEqual([]);
    expect(entries.some((one) => one.kind === 'response' && one.about.what === 'bounced')).toBe(true);
  });

  it('is read page by page, each once, also where much happened at one moment', async () => {
    const all = (await timeline('?limit=500')).map(({ key }) => key);
    const seen: string[] = [];
    for (let query = '?limit=3'; ;) {
      const { entries, next } = timelinePage.parse((await ask(`cust-90417/timeline${query}`)).body);
      seen.push(...entries.map(({ key }) => key));
      if (next === null) break;
      query = `?limit=3&cursor=${next}`;
    }
    expect(seen).toEqual(all);
  });

  it('can be of some kinds alone', async () => {
    const some = await timeline('?kinds=message,consent');
    expect(new Set(some.map(({ kind }) => kind))).toEqual(new Set(['message', 'consent']));
    for (const kind of TIMELINE_KINDS) {
      expect((await timeline(`?kinds=${kind}`)).every((one) => one.kind === kind)).toBe(true);
    }
    expect(await ask('cust-90417/timeline?kinds=mesages')).toMatchObject({
      status: 422,
      body: { error: { pointer: '/kinds' } },
    });
    expect((await ask('cust-90417/timeline?cursor=nonsense')).status).toBe(422);
  });
});

describe('why she did not get something', () => {
  it('is told with what stands against it', async () => {
    const about = whyNot.parse((await ask('cust-90417/why-not?message=offer')).body);
    expect(about).toMatchObject({ asked: 'offer', of: 'message' });
    expect(about.findings.map(({ kind }) => kind)).toContain('sent');
    expect(whyNot.parse((await ask('cust-90417/why-not?workflow=offering')).body).of).toBe('workflow');
  });

  it('is asked of what the project has', async () => {
    expect(await ask('cust-90417/why-not?message=ofer')).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'message_unknown',
          message: 'There is no message called "ofer"; known here: offer, receipt.',
        },
      },
    });
    expect((await ask('cust-90417/why-not')).status).toBe(422);
    expect((await ask('cust-90417/why-not?message=offer&workflow=offering')).status).toBe(422);
  });
});

describe('an earlier moment', () => {
  it('is told as it was', async () => {
    const before = new Date(Date.now() - 24 * 60 * 60_000).toISOString();
    const answer = await ask(`cust-90417/explain?at=${before}`);
    expect(explanation.parse(answer.body)).toMatchObject({
      is_past: true,
      at: before,
      messages: [],
      runs: [],
    });
    expect(explanation.parse((await ask('cust-90417/explain')).body)).toMatchObject({ is_past: false });
  });

  it('is no moment that has yet to come', async () => {
    const soon = new Date(Date.now() + 60 * 60_000).toISOString();
    expect(await ask(`cust-90417/explain?at=${soon}`)).toMatchObject({
      status: 422,
      body: { error: { code: 'yet_to_come' } },
    });
  });
});

it('is told of nobody who is not there, and to nobody who may not see people', async () => {
  for (const path of ['', '/timeline', '/why-not?message=offer', '/explain']) {
    const unknown = await ask(`nobody-at-all${path}`);
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'contact_unknown' } } });
    expect(unknown.text).not.toContain('nobody-at-all');
    expect((await ask(`cust-90417${path}`, 'nobody')).status).toBe(401);
    expect((await ask(`cust-90417${path}`, 'wk_browser')).status).toBe(403);
  }
});
