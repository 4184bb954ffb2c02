/** Workflows by the API: drawn, counted, and who stands where, on the real engine with a clock that is put forward. */
import { sql, type SQL } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type {
  OneWorkflow,
  WaitingPage,
  WorkflowList,
  WorkflowVersions,
} from '../../src/api/workflows/shapes.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { DAY, HOUR } from '../support/build.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';
import { product, tracked } from '../support/traffic.ts';

const PEOPLE = ['ana', 'ben', 'cleo', 'dan', 'eva'];

const PATH = 'workflows/offering.yaml';
const TEXT = `version: 1
workflow: offering
title: { en: An offer, es: Una oferta }
purpose: promotion
enter_when: { event: product_added }
exit_when: { event: order_completed }
goal: { event: order_completed, within: 7 days }
steps:
  - wait: 1 hour
  - branch:
      - name: Dear
        when: { field: cart.value, at_least: 100 }
        steps:
          - wait: 2 days
      - otherwise:
          - send_email: offer
            id: hello
  - wait: 3 days
    id: last
`;

let shop: Shop;
let server: FastifyInstance;
let api_key: string;

beforeAll(async () => {
  shop = await openShop({ files: { ...SHOP_FILES, [PATH]: TEXT }, roles: ['engine', 'sender', 'chores'] });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  server = await openServer(shop.app);
  await shop.receive(...PEOPLE.map((user) => shop.knows(user, { first_name: user })));
  await shop.receive(...PEOPLE.map((user) => shop.puts(user)));
  await runs(sql`true`, PEOPLE.length);
  shop.pass(2 * HOUR);
  await shop.until((list) => list.filter(({ state }) => state === 'sent').length === PEOPLE.length);
  await shop.receive(shop.orders('eva'));
  await runs(sql`outcome = 'converted'`, 1);
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

/** Waits until so many runs are such. */
async function runs(such: SQL, many: number): Promise<void> {
  const look = async (): Promise<void> => {
    const { rowCount } = await shop.app.db.execute(sql`select from runs where ${such}`);
    expect(rowCount).toBe(many);
  };
  await vi.waitFor(look, { interval: 50, timeout: 15_000 });
}

async function get(path: string) {
  const answer = await server.inject({
    url: `/v1/workflows${path}`,
    headers: { authorization: `Bearer ${api_key}` },
  });
  return {
    ...{ status: answer.statusCode, body: answer.json<unknown>() },
    as: answer.json.bind(answer),
  };
}

describe('the list', () => {
  it('tells of each workflow what it is and what it has come to', async () => {
    const body = (await get('')).as<WorkflowList>();
    expect(body.workflows).toMatchObject([
      {
        ...{
          id: 'offering',
          title: { en: 'An offer', es: 'Una oferta' },
          status: 'live',
          purpose: 'promotion',
        },
        ...{
          inside: 4,
          entered: 5,
          converted: 1,
          conversion: 0.2,
          left: 0,
          finished: 0,
          sent: 5,
          held_back: 0,
        },
      },
      { id: 'selling', goal: null, conversion: null },
    ]);
  });
});

describe('one workflow', () => {
  it('is drawn with its ways, and tells of each step who stands, came and was written to', async () => {
    const body = (await get('/offering')).as<OneWorkflow>();
    expect(body).toMatchObject({ path: PATH, text: TEXT, folder_differs: false, elsewhere: 0, problems: [] });
    const rows = body.steps.map(({ id, line, standing, reached, sent, converted: reaching }) => ({
      ...{ id, line, standing, reached, sent, reaching },
    }));
    expect(rows).toEqual([
      { id: ':start', line: null, standing: 0, reached: 5, sent: 0, reaching: 0 },
      { id: '1', line: 9, standing: 0, reached: 5, sent: 0, reaching: 0 },
      { id: '2', line: 10, standing: 0, reached: 5, sent: 0, reaching: 0 },
      { id: '2.1.1', line: 14, standing: 0, reached: 0, sent: 0, reaching: 0 },
      { id: 'hello', line: 16, standing: 0, reached: 5, sent: 5, reaching: 0 },
      { id: 'last', line: 18, standing: 4, reached: 5, sent: 0, reaching: 1 },
      { id: ':end', line: null, standing: 0, reached: 0, sent: 0, reaching: 0 },
    ]);
    expect(body.edges).toMatchObject([
      { from: '1', to: '2' },
      { from: '2.1.1', to: 'last' },
      { from: '2', to: '2.1.1', label: { en: 'Dear', es: 'Dear' } },
      { from: 'hello', to: 'last' },
      { from: '2', to: 'hello', label: { en: 'otherwise', es: 'si no' } },
      { from: 'last', to: ':end' },
      { from: ':start', to: '1' },
    ]);
    expect(body.edges.find(({ to }) => to === '2.1.1')?.when?.en).toContain('100');
  });

  it('that is not there is told as such', async () => {
    for (const path of ['', '/experiments', '/waiting', '/versions'])
      expect(await get(`/none${path}`), path).toMatchObject({
        status: 404,
        body: { error: { code: 'no_such_workflow' } },
      });
  });
});

describe('who waits', () => {
  it('is told page by page, each once, with until when and for what', async () => {
    const seen: string[] = [];
    for (let cursor = '', pages = 0; pages < 10; pages++) {
      const body = (
        await get(`/offering/waiting?step=last&limit=3${cursor && `&cursor=${cursor}`}`)
      ).as<WaitingPage>();
      for (const one of body.waiting) {
        expect(one).toMatchObject({
          step: 'last',
          words: { en: 'Wait 3 days', es: 'Esperar 3 días' },
          held: false,
        });
        expect(Date.parse(one.until ?? '') - Date.parse(one.arrived_at)).toBe(72 * HOUR);
        seen.push(one.name ?? '');
      }
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(seen.toSorted()).toEqual(['ana', 'ben', 'cleo', 'dan']);
    expect((await get('/offering/waiting?step=1')).as<WaitingPage>()).toEqual({ waiting: [], next: null });
  });
});

describe('the versions', () => {
  it('are told with who walks them, and their text is kept', async () => {
    await shop.app.deploy({ ...SHOP_FILES, [PATH]: TEXT.replace('1 hour', '2 hours') });
    const body = (await get('/offering/versions')).as<WorkflowVersions>();
    expect(body.versions).toMatchObject([
      { live: true, inside: 0 },
      { live: false, inside: 4 },
    ]);
    const old = body.versions[1]?.version ?? '';
    expect((await get(`/offering/versions/${old}`)).body).toMatchObject({ version: old, text: TEXT });
    expect((await get('/offering/versions/none')).status).toBe(404);
  });
});

describe('tests and holdouts', () => {
  it('are told as far as there are any', async () => {
    const none = await get('/offering/experiments');
    expect(none.body).toEqual({ tests: [], holdout: null, currency: 'EUR' });
  });
});

describe('a way that leaves no trace', () => {
  it('is counted with the time that was spent there, also when nobody stands there any more', async () => {
    const boot = tracked({ user_id: 'max' }, 'product_added', product('boot', 200));
    await shop.receive(shop.knows('max'), boot);
    await runs(sql`true`, PEOPLE.length + 1);
    shop.pass(2 * HOUR);
    await runs(sql`step = '2.1.1'`, 1);
    shop.pass(2 * DAY);
    await runs(sql`step = '2.1.1'`, 0);
    const stepOf = async (id: string) =>
      (await get('/offering')).as<OneWorkflow>().steps.find((step) => step.id === id);
    // Figures are kept for a while.
    await expect.poll(() => stepOf('2.1.1')).toMatchObject({ reached: 1, standing: 0 });
    const dear = await stepOf('2.1.1');
    expect(dear?.stayed_days).toBeGreaterThanOrEqual(2);
    expect(dear?.stayed_days).toBeLessThan(2.1);
    expect(await stepOf('1')).toMatchObject({ reached: PEOPLE.length + 1, reached_share: 1 });
    // Who still stands there has spent no time yet.
    expect(await stepOf('2')).toMatchObject({ stayed_days: 0 });
  });
});
