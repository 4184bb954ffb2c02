/** Metrics of the real engine, told in the text of Prometheus, and docs/operations.md, which tells each of them. */
import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openWatchServer } from '../../src/api/watch-server.ts';
import { createDomainLabels } from '../../src/operations/domain-labels.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { readStanding } from '../../src/store/standing.ts';
import { closedAfterEach } from '../support/closing.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';

const closing = closedAfterEach();

/** Series and their values, by the text that names them. */
function valuesIn(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

async function openWatchedShop(answer?: Parameters<typeof startScriptedSmtp>[0]) {
  const metrics = createMetrics();
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  const shop = await openShop({
    smtp_url: smtp.url,
    overrides: {
      onTurn: metrics.onTurn,
      onAlert: metrics.onAlert,
      watchStore: metrics.watchStore,
    },
  });
  closing.push(() => shop.close());
  const { standing, connections } = shop.app;
  metrics.ask({ standing, connections, version: () => shop.app.live().hash });
  return { metrics, shop, smtp };
}

function buy(shop: Shop, people: readonly string[]): Promise<void> {
  return shop.receive(...people.flatMap((one) => [shop.knows(one), shop.orders(one)]));
}

describe('the metrics of a process', () => {
  test('tell what came in, was decided, left and came of it', async () => {
    const { metrics, shop } = await openWatchedShop(({ step, said }) =>
      step === 'rcpt' && said.includes('gone') ? '550 5.1.1 no such user' : undefined,
    );
    const event = shop.knows('again');
    await shop.receive(event);
    await shop.receive(event);
    await shop.app.receiver.reject([{ code: 'x', message: 'x', pointer: '/' }], 'test', 0);
    shop.send();
    await buy(shop, ['ana', 'eva', 'gone']);
    await shop.until(
      (list) => list.length === 3 && list.every(({ state }) => state === 'sent' || state === 'refused'),
    );
    for (const mark of shop.marks) metrics.onMark(mark);
    const values = valuesIn(await metrics.text());
    expect(values).toMatchObject({
      'etapa_events_total{outcome="accepted"}': 7,
      'etapa_events_total{outcome="duplicate"}': 1,
      'etapa_events_total{outcome="rejected"}': 1,
      etapa_contacts_decided_total: expect.any(Number) as number,
      etapa_owed_total: 3,
      'etapa_messages_total{channel="email",state="sent"}': 2,
      'etapa_messages_total{channel="email",state="refused"}': 1,
      'etapa_messages_total{channel="email",state="uncertain"}': 0,
      'etapa_emails_total{domain="other",state="sent"}': 2,
      'etapa_lateness_seconds_count{kind="message"}': 3,
      'etapa_partitions_total{outcome="elsewhere"}': 0,
      etapa_put_aside_contacts: 0,
      etapa_database_up: 1,
      'etapa_stuck{kind="messages"}': 0,
      'etapa_stuck{kind="partitions"}': 0,
      'etapa_oldest_seconds{kind="message"}': 0,
      etapa_uncertain_messages: 0,
      etapa_processes: 1,
      [`etapa_project_info{version="${shop.app.live().hash}"}`]: 1,
    });
    expect(values['etapa_partitions_total{outcome="held"}']).toBeGreaterThan(0);
    expect(values['etapa_lateness_seconds_count{kind="event"}']).toBeGreaterThan(0);
    expect(values.process_cpu_seconds_total).toBeGreaterThan(0);
  });

  test('tell what waits, for how long, and what is stuck', async () => {
    const { metrics, shop } = await openWatchedShop();
    await buy(shop, ['ana', 'eva']);
    await shop.until((list) => list.length === 2);
    await shop.app.db.execute(sql`update messages set due_at = now() - interval '11 minutes'`);
    await shop.app.db.execute(sql`update contacts set next_due_at = now() - interval '1 minute'`);
    const values = valuesIn(await metrics.text());
    expect(values['etapa_stuck{kind="messages"}']).toBe(2);
    expect(values['etapa_stuck{kind="partitions"}']).toBe(0);
    expect(values['etapa_oldest_seconds{kind="message"}']).toBeCloseTo(660, -1);
    expect(values['etapa_oldest_seconds{kind="contact"}']).toBeCloseTo(60, -1);
    await shop.app.db.execute(sql`insert into recovery_contacts select contact_id from messages`);
    const standing = await readStanding(shop.app.db, shop.app.clock.at(await shop.app.store.databaseNow()));
    expect(standing).toMatchObject({ stuck_messages: 0, oldest_owed_message: 0, held_contacts: 2 });
  });

  test('ask the database once in five seconds, however often they are read, and tell when it is away', async () => {
    const metrics = createMetrics();
    let asked = 0;
    const standing = async (): Promise<never> => {
      asked++;
      throw new Error('away');
    };
    metrics.ask({ standing, connections: () => ({ open: 1, idle: 1, waiting: 0 }), version: () => 'v' });
    const texts = await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(asked).toBe(1);
    expect(texts[0]).toContain('etapa_database_up 0');
    expect(texts[0]).not.toMatch(/^etapa_(stuck|claims|oldest_seconds)[ {]/m);
  });

  test('are told on a port of their own, and beside the API to whoever has a key', async () => {
    const { metrics, shop } = await openWatchedShop();
    const log = createLog({ level: 'silent', plain: false, write: () => undefined });
    const own = await openWatchServer({ metrics, checks: {}, log: log.pino });
    const api = await openServer(shop.app, { metrics, onAnswered: metrics.onAnswered });
    closing.push(
      () => own.close(),
      () => api.close(),
    );
    await addWriteKey(shop.app.db, 'a', 'A', 'ak_test', 'api');
    await addWriteKey(shop.app.db, 'w', 'W', 'wk_test');
    const read = async (key?: string): Promise<number> =>
      (
        await api.inject({
          url: '/metrics',
          headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        })
      ).statusCode;
    expect([await read(), await read('wk_test'), await read('none'), await read('ak_test')]).toEqual([
      401, 403, 401, 200,
    ]);
    await api.inject({ url: '/u/secret-token?email=ana@example.com' });
    await api.inject({ url: '/ana@example.com' });
    const { headers, body } = await own.inject('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain(
      'etapa_http_request_duration_seconds_count{method="GET",route="/u/:token",status="404"} 1',
    );
    expect(body).toContain(
      'etapa_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    );
    expect(body).not.toMatch(/ana@|secret-token/);
  });
});

test('a domain has a label of its own from a hundred mails on, and there are thirty at most', () => {
  const { labelOf } = createDomainLabels();
  const labels = Array.from({ length: 100 }, () => labelOf('gmail.com'));
  expect([labels[98], labels[99]]).toEqual(['other', 'gmail.com']);
  for (let n = 0; n < 40; n++) for (let mail = 0; mail < 100; mail++) labelOf(`d${n}.example`);
  expect([labelOf('d28.example'), labelOf('d29.example'), labelOf('gmail.com')]).toEqual([
    'd28.example',
    'other',
    'gmail.com',
  ]);
});

test('docs/operations.md tells every metric, and none that there is not', async () => {
  const text = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const told = [...text.matchAll(/^\| `(etapa_\w+)`/gm)].map(([, name]) => name);
  const names = createMetrics()
    .names()
    .filter((name) => name.startsWith('etapa_'));
  expect(told.toSorted()).toEqual(names.toSorted());
});
