/** Trying workflows by the API: one person in virtual time, and everybody's last days as a job. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type { Simulated, Tried } from '../../src/api/workflows/shapes.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const PATH = 'workflows/offering.yaml';
const TEXT = `version: 1
workflow: offering
purpose: promotion
enter_when: { event: product_added }
re_enter: always
exit_when: { event: order_completed }
steps:
  - wait: 1 hour
  - branch:
      - name: Dear
        when: { field: cart.value, at_least: 100 }
        steps:
          - send_email: offer
      - otherwise:
          - exit: too cheap
  - wait: 2 days
`;

let shop: Shop;
let server: FastifyInstance;
let api_key: string;

beforeAll(async () => {
  shop = await openShop({ files: { ...SHOP_FILES, [PATH]: TEXT }, roles: ['engine'] });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  server = await openServer(shop.app);
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

async function ask(method: 'GET' | 'POST', path: string, body?: object) {
  const answer = await server.inject({
    method,
    url: `/v1${path}`,
    headers: { authorization: `Bearer ${api_key}` },
    ...(body ? { payload: body } : {}),
  });
  return {
    ...{ status: answer.statusCode, body: answer.json<unknown>() },
    as: answer.json.bind(answer),
  };
}

const ANA = { email: 'ana@example.com', first_name: 'Ana', language: 'en', consent: ['email'] };
const added = (price: number) => ({
  ...{ event: 'product_added', at: 'start' },
  with: { product_id: 's', name: 'Shoe', price, quantity: 1 },
});

async function attempt(body: object) {
  const asked = { start: '2026-11-20 16:30', contact: ANA, ...body };
  const answer = await ask('POST', '/workflows/offering/try', asked);
  return { status: answer.status, body: answer.as<Tried>() };
}

describe('a try with somebody made up', () => {
  it('goes step by step, with the way that was taken, and renders what would be read', async () => {
    const { status, body } = await attempt({ given: [added(120)] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ zone: 'Europe/Madrid', start: '2026-11-20T15:30:00.000Z', entered: true },
      outcome: { outcome: 'completed', at: '2026-11-22T16:30:00.000Z' },
    });
    expect(
      body.path.map(({ step, arrived_at, left_at, to }) => [
        step,
        arrived_at.slice(5, 16),
        left_at?.slice(5, 16),
        to,
      ]),
    ).toEqual([
      ['1', '11-20T15:30', '11-20T16:30', '2'],
      ['2', '11-20T16:30', '11-20T16:30', '2.1.1'],
      ['2.1.1', '11-20T16:30', '11-20T16:30', '3'],
      ['3', '11-20T16:30', '11-22T16:30', ':end'],
    ]);
    expect(body.path[1]).toMatchObject({
      way: { en: 'Dear' },
      because: { en: expect.stringContaining('100') as string },
    });
    expect(body.messages).toMatchObject([
      {
        at: '2026-11-20T16:30:00.000Z',
        step: '2.1.1',
        message: 'offer',
        held_back: null,
        to: 'ana@example.com',
      },
    ]);
    expect(body.messages[0]?.subject).toBe('Hello Ana from offer');
    expect(body.messages[0]?.html).toContain('120.00');
    expect(body.happened.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['given', 'entered', 'ended']),
    );
  });

  it('tells what would be held back and why, and where a run ends', async () => {
    const without = await attempt({ contact: { ...ANA, consent: [] }, given: [added(120)] });
    expect(without.body.messages[0]?.held_back?.en).toBe('never allowed promotions by email');
    const cheap = await attempt({ given: [added(20)] });
    expect(cheap.body.outcome).toMatchObject({ outcome: 'completed', because: { en: 'too cheap' } });
    const bought = await attempt({
      given: [
        added(120),
        { event: 'order_completed', at: '+30 minutes', with: { order_id: 'o', total: 120 } },
      ],
    });
    expect(bought.body).toMatchObject({ outcome: { outcome: 'exited' }, messages: [] });
    const never = await attempt({ given: [] });
    expect(never.body).toMatchObject({ entered: false, path: [], outcome: null });
  });

  it('tries what is not deployed, also a new draft, and refuses what is not sound', async () => {
    const draft = TEXT.replace('purpose:', 'status: draft\npurpose:')
      .replace('workflow: offering', 'workflow: fresh')
      .replace('1 hour', '3 hours');
    const tried = await ask('POST', '/workflows/fresh/try', {
      ...{ files: { 'workflows/fresh.yaml': draft }, contact: ANA, start: '2026-11-20 16:30' },
      given: [added(120)],
    });
    expect(tried.as<Tried>().messages.map(({ at }) => at)).toEqual(['2026-11-20T18:30:00.000Z']);
    const broken = await attempt({
      files: { [PATH]: TEXT.replace('send_email: offer', 'send_email: ofer') },
    });
    expect(broken).toMatchObject({
      status: 422,
      body: { error: { code: 'project_unsound', problems: [{ file: PATH }] } },
    });
    expect((await ask('POST', '/workflows/none/try', { contact: ANA })).status).toBe(404);
  });

  it('that goes round without an end is stopped with a sentence', async () => {
    const round = TEXT.replace('  - wait: 2 days\n', '  - wait: 1 minute\n    id: again\n  - goto: again\n');
    const { status, body } = await attempt({
      files: { [PATH]: round },
      given: [added(120)],
      until: '+300 days',
    });
    expect({ status, body }).toMatchObject({ status: 422, body: { error: { code: 'endless' } } });
  });

  it('says what cannot be given, and where it stands', async () => {
    for (const [wrong, pointer] of [
      [{ given: [{ event: 'product_added' }] }, '/given/0'],
      [{ given: [{ evnt: 'product_added', at: 'start' }] }, '/given/0'],
      [{ start: 'tomorrow' }, '/start'],
      [{ contact_id: 'x' }, ''],
    ] as const)
      expect(await attempt(wrong), JSON.stringify(wrong)).toMatchObject({
        status: 422,
        body: { error: { code: 'field_unusable', pointer: expect.stringContaining(pointer) as string } },
      });
  });
});

describe('a try with somebody who is there', () => {
  it('begins with what is known of them now', async () => {
    await shop.receive(shop.knows('ben', { first_name: 'Ben' }), shop.puts('ben'));
    await expect
      .poll(async () => (await shop.app.reader.findContact('ben'))?.contact.runs.length, { timeout: 15_000 })
      .toBe(1);
    const body = (await ask('POST', '/workflows/offering/try', { contact_id: 'ben', given: [] })).as<Tried>();
    expect(body.path[0]).toMatchObject({ step: '1', to: '2' });
    expect(body.outcome).toMatchObject({ because: { en: 'too cheap' } });
    expect((await ask('POST', '/workflows/offering/try', { contact_id: 'nobody' })).status).toBe(404);
  });
});

describe('a simulation', () => {
  it('lets the last days be lived again by both versions, as a job', async () => {
    await shop.receive(shop.knows('cleo'), shop.puts('cleo'));
    await expect
      .poll(async () => (await shop.app.reader.findContact('cleo'))?.contact.runs.length, { timeout: 15_000 })
      .toBe(1);
    // The events lie behind before they are lived again.
    shop.pass(3 * 24 * 60 * 60 * 1000);
    const begun = await ask('POST', '/workflows/offering/simulate', {
      files: { [PATH]: TEXT.replace('at_least: 100', 'at_least: 10') },
    });
    expect(begun.status).toBe(202);
    const look = async () =>
      (await ask('GET', `/jobs/${begun.as<{ id: string }>().id}`)).as<{
        state: string;
        progress: number;
        result: Simulated;
      }>();
    await expect.poll(async () => (await look()).state, { timeout: 15_000 }).toBe('done');
    const { progress, result } = await look();
    expect(progress).toBe(1);
    expect(result).toMatchObject({
      ...{ people: 2, asked: 2, cut_short: false, people_affected: 2 },
      before: { entered: 2, sent: 0 },
      after: { entered: 2, sent: 2 },
      messages: [{ message: 'offer', sent: 2, sent_before: 0 }],
      others: [],
    });
    expect(result.days.reduce((sum, { sent }) => sum + sent, 0)).toBe(2);
  });
});
