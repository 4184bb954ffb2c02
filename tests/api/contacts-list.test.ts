/** The list of contacts, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contactPage, type ContactPage } from '../../src/api/contacts/shapes.ts';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';
import { product, tracked } from '../support/traffic.ts';

const FILES = {
  ...SHOP_FILES,
  'workflows/journey/segments.yaml': `version: 1
segments:
  buyers: { when: { field: orders.count, at_least: 1 } }
`,
};

let shop: Shop;
let server: FastifyInstance;
let api_key: string;

beforeAll(async () => {
  shop = await openShop({ files: FILES });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
  await shop.receive(
    shop.knows('ana', { first_name: 'Ana', last_name: 'Pérez' }),
    shop.knows('anton', { first_name: 'Antón' }),
    shop.knows('berta', { first_name: '=cmd()', last_name: 'O"Brien', email: 'b_x%y@example.com' }),
    tracked({ user_id: 'ana' }, 'order_completed', { order_id: 'o1', total: 40, currency: 'EUR' }),
    tracked({ user_id: 'anton' }, 'product_added', product('shoe', 20, 2)),
    tracked({ anonymous_id: 'visitor-1' }, 'product_viewed', { product_id: 'shoe' }),
  );
  await vi.waitUntil(
    async () => (await shop.app.db.$client.query('select from happenings limit 1')).rowCount === 0,
    { timeout: 15_000 },
  );
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

async function ask(path: string, key = api_key) {
  const answer = await server.inject({
    url: `/v1/contacts${path}`,
    headers: { authorization: `Bearer ${key}` },
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    body: () => answer.json<unknown>(),
  };
}

async function list(query: Record<string, string> = {}): Promise<ContactPage> {
  const answer = await ask(`?${new URLSearchParams(query).toString()}`);
  expect(answer.status, answer.text).toBe(200);
  return contactPage.parse(answer.body());
}

async function names(query: Record<string, string>): Promise<string[]> {
  const { contacts } = await list(query);
  return contacts.map(({ name, email }) => name ?? email ?? 'visitor').sort();
}

describe('the list of contacts', () => {
  it('tells of everybody who they are, where they stand and what they bought, newest first', async () => {
    const { contacts, count } = await list({ count: 'true' });
    expect(count).toBe(4);
    expect(contacts.map(({ id }) => id)).toEqual(
      contacts
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
    const ana = contacts.find(({ name }) => name === 'Ana Pérez');
    expect(ana).toMatchObject({
      email: 'ana@example.com',
      language: 'en',
      segments: ['buyers'],
      orders_count: 1,
      orders_value: 40,
      currency: 'EUR',
      cart_value: 0,
      churn_risk: 'low',
    });
    expect(ana?.last_event_at).not.toBeNull();
    const anton = contacts.find(({ name }) => name === 'Antón');
    expect(anton).toMatchObject({ cart_value: 40, orders_count: 0, churn_risk: null, segments: [] });
  });

  it('is read page by page, each once', async () => {
    const all = (await list()).contacts.map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await list({ limit: '1', ...(cursor && { cursor }) });
      seen.push(...page.contacts.map(({ id }) => id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toEqual(all);
    expect((await ask('?cursor=nonsense')).status).toBe(422);
  });

  it('finds people by how their address, their name or their id begins, and takes no sign for a pattern', async () => {
    expect(await names({ search: 'AN' })).toEqual(['Ana Pérez', 'Antón']);
    expect(await names({ search: 'ana@' })).toEqual(['Ana Pérez']);
    expect(await names({ search: 'ana p' })).toEqual(['Ana Pérez']);
    expect(await names({ search: 'visitor-' })).toEqual(['visitor']);
    expect(await names({ search: 'b_x%' })).toHaveLength(1);
    expect(await names({ search: '_' })).toEqual([]);
    expect(await names({ search: '%' })).toEqual([]);
    const [one] = (await list()).contacts;
    expect((await list({ search: one?.id ?? '' })).contacts).toEqual([one]);
  });

  it('asks conditions as the files of a project do, written as YAML or as JSON, and the short forms', async () => {
    expect(await names({ where: 'event: product_added\nwithin: 1 day' })).toEqual(['Antón']);
    expect(await names({ where: '{"field":"orders.count","at_least":1}' })).toEqual(['Ana Pérez']);
    expect(
      await names({ where: '- field: email\n  exists: true\n- none: [{ event: product_added }]' }),
    ).toHaveLength(2);
    expect(await names({ segment: 'buyers' })).toEqual(['Ana Pérez']);
    expect(await names({ segment: 'buyers', search: 'anton' })).toEqual([]);
    const stage = (await list()).contacts[0]?.stage ?? '';
    expect((await list({ stage })).contacts.every((one) => one.stage === stage)).toBe(true);
  });

  it('tells what is wrong with a question in the sentences of the files, with the place', async () => {
    const wrong = async (query: Record<string, string>): Promise<unknown> => {
      const answer = await ask(`?${new URLSearchParams(query).toString()}`);
      expect(answer.status).toBe(422);
      return answer.body();
    };
    expect(await wrong({ where: 'evnt: product_added' })).toMatchObject({
      error: {
        code: 'condition_unsound',
        pointer: '/where',
        message: expect.stringContaining('Line 1, column 1') as string,
      },
    });
    expect(await wrong({ where: 'segment: buyrs' })).toMatchObject({
      error: { message: 'Line 1, column 10: there is no segment called "buyrs"; did you mean "buyers"?' },
    });
    expect(await wrong({ where: '{"field":"email","is":"\\u0000"}' })).toMatchObject({
      error: { code: 'condition_unsound' },
    });
    expect(await wrong({ segment: 'buyrs' })).toMatchObject({
      error: {
        code: 'segment_unknown',
        message: 'There is no segment called "buyrs"; known here: buyers.',
      },
    });
    expect(await wrong({ where: 'none: [{ message: offer, was: sent }]' })).toMatchObject({
      error: { code: 'sending_untold', pointer: '/where' },
    });
    expect(await wrong({ limit: '0' })).toMatchObject({ error: { pointer: '/limit' } });
    expect(await wrong({ serch: 'ana' })).toMatchObject({ error: { code: 'field_unusable' } });
  });

  it('refuses what looks at too much, and says how to narrow it', async () => {
    // Somebody holds the table for as long as the question may take.
    const client = await shop.app.db.$client.connect();
    await client.query('begin; lock table segment_members in access exclusive mode');
    try {
      const answer = await ask('?segment=buyers');
      expect(answer.status).toBe(422);
      expect(answer.body()).toMatchObject({
        error: { code: 'question_too_wide', message: expect.stringContaining('Narrow it') as string },
      });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('the table for spreadsheets', () => {
  it('holds the same people, with cells that are no formulas', async () => {
    const answer = await ask('.csv');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="contacts.csv"');
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head).toMatch(/^id,name,email,stage,/);
    expect(lines).toHaveLength(4);
    const berta = lines.find((line) => line.includes('b_x%y@example.com')) ?? '';
    expect(berta).toContain(`"'=cmd() O""Brien"`);
  });

  it('is of whom is asked for, and tells what is wrong before it begins', async () => {
    const answer = await ask('.csv?segment=buyers');
    expect(answer.text.trimEnd().split('\r\n')).toHaveLength(2);
    expect((await ask('.csv?where=nonsense')).status).toBe(422);
  });
});

it('is for whoever may see people alone, and kept by no cache', async () => {
  for (const path of ['', '.csv']) {
    expect((await ask(path, 'nobody')).status).toBe(401);
    expect((await ask(path, 'wk_browser')).status).toBe(403);
    expect((await ask(path)).headers['cache-control']).toBe('no-store');
  }
});
