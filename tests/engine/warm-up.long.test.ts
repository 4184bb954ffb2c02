/** The warm-up of a project's sender, by several processes on one database, over real SMTP. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dayOfProject } from '../../src/engine/destinations.ts';
import { alertWords } from '../../src/engine/alert-words.ts';
import type { SendingAlert } from '../../src/engine/alert.ts';
import { queueOn } from '../support/database.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const DAY = 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const filesWith = (first_day: number) => ({
  ...SHOP_FILES,
  'etapa.yaml': `${(SHOP_FILES['etapa.yaml'] ?? '').replace('Europe/Madrid', 'UTC')}team: { email: team@shop.example }\nwarm_up: { from: ${today}, first_day: ${first_day} }\n`,
});

let smtp: ScriptedSmtp;
let shop: Shop;
let other: Shop;
const alerts: SendingAlert[] = [];

beforeAll(async () => {
  smtp = await startScriptedSmtp();
  const onAlert = (alert: SendingAlert): void => void alerts.push(alert);
  shop = await openShop({ smtp_url: smtp.url, files: filesWith(40), overrides: { onAlert } });
  const { database_url } = shop;
  other = await openShop({
    smtp_url: smtp.url,
    files: filesWith(40),
    roles: [],
    overrides: { database_url, queue: queueOn('postgres', database_url), onAlert },
  });
}, 60_000);

afterAll(async () => {
  await other.close();
  await shop.close();
  await smtp.stop();
});

async function owe(prefix: string, people: number): Promise<void> {
  const names = Array.from({ length: people }, (_, n) => `${prefix}${n}`);
  const owed = async () =>
    (await shop.app.db.execute<{ n: number }>(sql`select count(*)::int as n from messages`)).rows[0]?.n ?? 0;
  const before = await owed();
  await shop.receive(...names.map((who) => shop.knows(who)));
  await shop.receive(...names.map((who) => shop.puts(who)));
  await expect.poll(owed, { timeout: 30_000 }).toBe(before + people);
}

async function settled(): Promise<Record<string, number>> {
  const counts = async (): Promise<Record<string, number>> => {
    const { rows } = await shop.app.db.execute<{ state: string; n: number }>(
      sql`select state, count(*)::int as n from messages group by state`,
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  };
  await expect
    .poll(
      async () => Object.keys(await counts()).filter((state) => state !== 'sent' && state !== 'deferred'),
      {
        timeout: 60_000,
      },
    )
    .toEqual([]);
  return counts();
}

it('two processes together send what the first day allows, and a deployment changes it', async () => {
  await owe('p', 150);
  shop.send();
  other.send();
  const counts = await settled();
  const sent = counts['sent'] ?? 0;
  process.stderr.write(`two processes sent ${sent} of a cap of 40\n`);
  expect(sent).toBeGreaterThanOrEqual(40);
  expect(sent).toBeLessThanOrEqual(42);
  expect(smtp.accepted).toHaveLength(sent);
  const waiting = (await shop.messages()).filter(({ state }) => state === 'deferred');
  expect(waiting.every(({ attempts, because }) => attempts === 0 && because?.includes('40 messages'))).toBe(
    true,
  );

  await shop.app.deploy(filesWith(sent + 5));
  await other.app.refresh();
  await owe('late', 3);
  shop.send();
  expect((await settled())['sent']).toBe(sent + 3);
}, 120_000);

it('an alert is told at once, and the team by mail once a day', async () => {
  await shop.app.db.execute(sql`
    insert into reports (id, message_id, channel, address, kind, source, at)
    select gen_random_uuid()::text, gen_random_uuid(), 'email', 'x@example.com', 'complained', 'arf', now()
    from generate_series(1, 3)`);
  for (const one of [shop, other]) one.pass(61_000);
  await owe('hurt', 1);
  shop.send();
  await expect.poll(() => alerts.length, { timeout: 15_000 }).toBeGreaterThan(0);
  const told = (): number => smtp.accepted.filter(({ to }) => to[0] === 'RCPT TO:<team@shop.example>').length;
  await expect.poll(told, { timeout: 15_000 }).toBe(1);
  const mail = smtp.accepted.at(-1)?.raw ?? '';
  expect(mail).toMatch(/^Subject: Test shop: Readers complain far too much/m);
  expect(mail).toContain('etapa sending resume');
});

it('an alert is one line with the mend, in both languages', () => {
  for (const kind of ['unwanted', 'shut_out', 'nonsense', 'complaints', 'stopped'] as const) {
    const { en, es } = alertWords({ kind, domain: 'm.test', response: '550 no\r\nsorry', times: 2, at: 0 });
    expect(en).toContain('550 no sorry');
    expect(en).not.toContain('\n');
    expect(en).not.toBe(es);
  }
});

it('a warm-up is over when nobody holds the sender for new any more, and has days before its first', () => {
  const settings = { warm_up: { from: '2026-12-01', first_day: 200 }, time_zone: 'Europe/Madrid' };
  const midnight = Date.UTC(2026, 10, 30, 23);
  expect(dayOfProject(settings, midnight)).toEqual({ cap: 200, from: midnight, until: midnight + DAY });
  expect(dayOfProject(settings, midnight - 1)).toEqual({ cap: 200, from: midnight - DAY, until: midnight });
  expect(dayOfProject(settings, midnight + 3 * DAY)?.cap).toBe(1600);
  expect(dayOfProject(settings, midnight + 13 * DAY)).toBeUndefined();
  expect(dayOfProject({ ...settings, warm_up: undefined }, midnight)).toBeUndefined();
});
