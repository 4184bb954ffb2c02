/** The journey map by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { journeyMap, mapDays } from '../../src/core/map/shapes.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { backends } from '../support/database.ts';

describe.each(backends())('the map, with the queue on %s', (backend) => {
  let shop: Shop;
  let server: FastifyInstance;
  let api_key: string;

  beforeAll(async () => {
    shop = await openShop({ backend, roles: ['engine', 'sender'] });
    api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
    await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
    server = await openServer(shop.app);
    await shop.receive(shop.knows('ana'), shop.orders('ana'), shop.knows('bob'));
    await shop.until((messages) => messages.some(({ state }) => state === 'sent'));
  });

  afterAll(async () => {
    await server.close();
    await shop.close();
  });

  async function ask(path: string, key = api_key) {
    const answer = await server.inject({
      method: 'GET',
      url: `/v1/map${path}`,
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  }

  it('answers as it is documented, with everybody in it and what was sent', async () => {
    const { status, body } = await ask('');
    expect(status).toBe(200);
    const map = journeyMap.parse(body);
    expect(map.stages.reduce((sum, { people }) => sum + people.at_end, 0)).toBe(2);
    expect(map.stages.flatMap(({ sending }) => sending)).toMatchObject([{ workflow: 'selling', sent: 1 }]);
    expect(map.stages.reduce((sum, { orders }) => sum + orders, 0)).toBe(1);
    expect(map.period.days).toBe(30);
    expect(map.counted_since).toBe(map.period.to);
  });

  it('tells one figure day by day', async () => {
    const { status, body } = await ask('/days?fact=order');
    expect(status).toBe(200);
    const { days } = mapDays.parse(body);
    expect(days.length).toBe(30);
    expect(days.map(({ n }) => n).filter((n) => n > 0)).toEqual([1]);
  });

  it.each([
    ['?from=yesterday', 'field_unusable', '/from'],
    ['?from=2026-02-30', 'field_unusable', '/from'],
    ['?from=2026-11-02&to=2026-11-01', 'period_backwards', '/from'],
    ['?from=2001-01-01&to=2026-11-01', 'period_too_long', '/from'],
    ['?compare_from=2026-11-01', 'period_incomplete', '/compare_to'],
    ['?stage=awareness', 'field_unusable', '/stage'],
    ['/days', 'field_unusable', ''],
    ['/days?fact=since', 'field_unusable', '/fact'],
  ])('says what is wrong with %s', async (path, code, pointer) => {
    const { status, body } = await ask(path);
    expect(status).toBe(422);
    expect(body).toMatchObject({ error: { code, pointer } });
  });

  it('is not for keys that may only send events', async () => {
    expect((await ask('', 'wk_browser')).status).toBe(403);
    expect((await ask('', 'nobody')).status).toBe(401);
  });
});
