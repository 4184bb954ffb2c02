/** What people may ask for about themselves, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personExport } from '../../src/api/contacts/export-shape.ts';
import { openServer } from '../../src/api/server.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { HER_WORDS, livePerson, PERSON_FILES } from '../support/person.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { tracked } from '../support/traffic.ts';

let smtp: ScriptedSmtp;
let shop: Shop;
let server: FastifyInstance;
let origin: string;
let api_key: string;
let her: { contact_id: string; message_id: string };

beforeAll(async () => {
  smtp = await startScriptedSmtp();
  shop = await openShop({ files: PERSON_FILES, roles: ['engine', 'sender'], smtp_url: smtp.url });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  server = await openServer(shop.app);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
  her = await livePerson(shop);
});

afterAll(async () => {
  await server.close();
  await shop.close();
  await smtp.stop();
});

function ask(path: string, method = 'GET', key = api_key): Promise<Response> {
  return fetch(`${origin}/v1/contacts/${path}`, { method, headers: { authorization: `Bearer ${key}` } });
}

interface Page {
  readonly messages: readonly {
    id: string;
    message: string;
    state: string;
    because: { en: string } | null;
  }[];
  readonly next: string | null;
}

async function messages(query = ''): Promise<Page> {
  return (await (await ask(`cust-90417/messages${query}`)).json()) as Page;
}

describe('the messages of a contact', () => {
  it('are those of the last week, newest first, sent and held back, each with its reason', async () => {
    const { messages: list, next } = await messages();
    expect(next).toBeNull();
    expect(list.map(({ message, state }) => `${message} ${state}`).sort()).toEqual([
      'offer sent',
      'receipt sent',
    ]);
    expect(list[0]).toMatchObject({ purpose: expect.any(String) as string, tone: 'plain', because: null });

    // The bounce has suppressed the address.
    const buys = { product_id: 'x', name: 'cup', price: 20, quantity: 1, url: 'https://shop.example/x' };
    await shop.receive(tracked({ user_id: 'cust-90417' }, 'product_added', buys));
    await shop.until((rows) => rows.some(({ state }) => state === 'suppressed'));
    const [newest] = (await messages()).messages;
    expect(newest).toMatchObject({ message: 'offer', state: 'suppressed' });
    expect(newest?.because?.en).toMatch(/^the address is suppressed: bounced/);
  });

  it('are read page by page, each once, and between two moments', async () => {
    const all = (await messages()).messages.map(({ id }) => id);
    const seen: string[] = [];
    for (let query = '?limit=1'; ;) {
      const { messages: list, next } = await messages(query);
      seen.push(...list.map(({ id }) => id));
      if (next === null) break;
      query = `?limit=1&cursor=${next}`;
    }
    expect(seen).toEqual(all);
    const soon = new Date(Date.now() + 60_000).toISOString();
    const before = new Date(Date.now() - 60 * 60_000).toISOString();
    expect((await messages(`?to=${before}`)).messages).toEqual([]);
    expect((await messages(`?from=${before}&to=${soon}`)).messages).toHaveLength(all.length);
    expect((await messages(`?from=${soon}`)).messages).toEqual([]);
    expect((await ask('cust-90417/messages?from=yesterday')).status).toBe(422);
  });
});

describe('the export', () => {
  it('holds everything that is kept of the person, in the shape that is documented', async () => {
    const answer = await ask('zoraida.quispe@correo.example/export');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="contact-${her.contact_id}.json"`,
    );
    const text = await answer.text();
    for (const word of HER_WORDS) expect(text.toLowerCase(), word).toContain(word);
    const person = personExport.parse(JSON.parse(text));
    expect(person.contacts.map(({ merged_into }) => merged_into).sort()).toEqual([her.contact_id, null]);
    expect(person.identities.map(({ value }) => value).sort()).toEqual([
      'cust-90417',
      'cust-90418',
      'visitor-77ab31',
    ]);
    expect(person.suppressions).toMatchObject([{ address: 'zoraida.quispe@correo.example', scope: 'all' }]);
    const empty = Object.entries(person).filter(([, list]) => Array.isArray(list) && list.length === 0);
    expect(empty.map(([name]) => name)).toEqual([]);
  });

  it('of a long history is whole and in order', async () => {
    const who = { user_id: 'busy' };
    const start = Date.now() - 1000;
    await shop.receive(
      // Many at the same moment, so that batches end within one.
      ...Array.from({ length: 950 }, (_, n) =>
        tracked(who, 'product_viewed', { product_id: `p${n}` }, { at: start + Math.floor(n / 300) }),
      ),
    );
    const person = personExport.parse(await (await ask('busy/export')).json());
    const seen = person.events.map(({ properties }) => properties.product_id);
    expect(new Set(seen).size).toBe(950);
    expect(seen).toHaveLength(950);
    const times = person.events.map(({ occurred_at }) => occurred_at);
    expect(times).toEqual([...times].sort());
  });
});

describe('erasure', () => {
  it('answers with what was done, and then the person is not known', async () => {
    const answer = await ask(her.contact_id, 'DELETE');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ contact_id: her.contact_id, contacts: 2, others: [] });
    for (const [path, method] of [
      [her.contact_id, 'DELETE'],
      ['cust-90417/messages', 'GET'],
      ['visitor-77ab31/export', 'GET'],
    ] as const) {
      const gone = await ask(path, method);
      expect(gone.status).toBe(404);
      const text = await gone.text();
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'contact_unknown' } });
      expect(text).not.toContain('cust-90417');
    }
    const { rows } = await shop.app.db.$client.query('select source from erasures');
    expect(rows).toHaveLength(1);
  });

  it('is for keys of the API alone', async () => {
    expect((await ask('busy', 'DELETE', 'nobody')).status).toBe(401);
    expect((await ask('busy/export', 'GET', 'nobody')).status).toBe(401);
    expect((await ask('busy/messages')).status).toBe(200);
  });
});
