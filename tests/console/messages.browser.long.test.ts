/** The pages of messages in a real browser, over the shop of the demo. */
import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axe, noChromium, openConsole, picture, type OpenConsole, type PageOptions } from './console.ts';

let house: OpenConsole;

const VIEWS = [
  ['light', 'en', 1440],
  ['dark', 'es', 1440],
  ['light', 'es', 390],
  ['dark', 'en', 390],
] as const;

describe.skipIf(noChromium)('messages', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    house = await openConsole();
  }, 300_000);
  afterAll(() => house.close());
  afterEach(() => {
    expect(house.complaints(), 'errors in the console').toEqual([]);
  });

  async function open(path: string, options: PageOptions = {}): Promise<Page> {
    const page = await house.newPage(options);
    await page.goto(`${house.base}${path}`);
    return page;
  }

  const table = (page: Page) => page.getByRole('table').first();
  const rows = (page: Page) => table(page).locator('tbody tr');

  test('are found by what became of them, with why they were held back, and a link says what was looked for', async () => {
    const yesterday = new Date(house.ends_at - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const page = await open(`/messages?from=${yesterday}`);
    await rows(page).first().waitFor();
    await picture(page, 'messages');
    await page.getByLabel('What became of it').selectOption('suppressed');
    await page.waitForURL(/state=suppressed/);
    await expect.poll(() => rows(page).first().innerText()).toContain('Held back');
    const [first] = (await house.app.messages.list({ states: ['suppressed'], limit: 1 })).messages;
    expect(await rows(page).first().innerText()).toContain(first?.held_because?.en ?? 'no reason');
    const again = await open('/messages?state=suppressed&message=win_back_1');
    await expect
      .poll(async () => (await rows(again).allInnerTexts()).every((text) => text.includes('win_back_1')))
      .toBe(true);
    expect(await again.getByLabel('What became of it').inputValue()).toBe('suppressed');
  });

  test('of one person are found by the address', async () => {
    const [some] = (await house.app.messages.list({ states: ['sent'], limit: 1 })).messages;
    const page = await open('/messages');
    await page.getByLabel('Person').fill(some?.address ?? '');
    await page.getByLabel('Person').press('Enter');
    await page.waitForURL(/contact=/);
    const people = () =>
      page.evaluate<string[]>(
        `[...new Set([...document.querySelectorAll('tbody a[href*="/contacts/"]')].map((link) => link.getAttribute('href')))]`,
      );
    await expect.poll(people).toEqual([`/console/contacts/${some?.contact_id ?? ''}`]);
  });

  test('that died are tried again together, after a question', async () => {
    const ids = (await house.app.messages.list({ states: ['sent'], limit: 2 })).messages.map(({ id }) => id);
    for (const id of ids)
      await house.app.db.execute(sql`
        update messages set state = 'refused', sent_at = null, held_because = '{"en":"it was full","es":"estaba lleno"}'
        where id = ${id}`);
    const page = await open('/messages?state=dead');
    await expect.poll(() => rows(page).count()).toBeGreaterThanOrEqual(2);
    for (const box of (await page.getByRole('checkbox').all()).slice(0, 2)) await box.check();
    await page.getByRole('button', { name: 'Try again' }).click();
    const asked = page.getByRole('dialog', { name: 'Try these messages again?' });
    await asked.getByText('Consent, suppression and hours').waitFor();
    expect(await axe(page)).toEqual([]);
    await asked.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('2 on their way.').waitFor();
  });

  test('one tells why it has its tone, its life, and its words made again for the same person', async () => {
    const { rows: found } = await house.app.db.execute<{ id: string }>(sql`
      update messages set links = '{https://lumbre.example/cart}'
      where id = (select id from messages where state = 'sent' and message = 'cart_reminder_1' limit 1) returning id`);
    const id = found[0]?.id ?? '';
    await house.app.db.execute(sql`
      insert into touches (message_id, kind, link, at, ip, user_agent, machine, sign) values
        (${id}, 'open', null, now() - interval '1 hour', '127.0.0.1', 'a scanner', 'certain', 'scanner'),
        (${id}, 'click', 0, now(), '127.0.0.1', 'a browser', 'no', 'none')`);
    const page = await open(`/messages/${id}`);
    await page.getByRole('heading', { name: 'Its life' }).waitFor();
    await page.getByText('Why this tone').waitFor();
    await page.getByText('Clicked: https://lumbre.example/cart').waitFor();
    await page.getByText('a machine', { exact: true }).waitFor();
    await page.getByText('The words that were sent are not kept.').waitFor();
    const frame = page.locator('iframe').first();
    await frame.waitFor();
    expect(await frame.getAttribute('sandbox')).toBe('');
    await page
      .locator('iframe')
      .first()
      .contentFrame()
      .getByText(/Lumbre/)
      .first()
      .waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'message');
  });

  test('that nobody knows says so', async () => {
    const page = await open('/messages/01931b2e-7a00-7000-8000-000000000001');
    await page.getByText('There is no message with this id.').waitFor();
    expect(house.complaints().every((line) => line.includes('404'))).toBe(true);
  });

  test('templates are shown side by side in tones and languages, as wide as a phone, in frames that can do nothing', async () => {
    const page = await open('/messages?tab=templates');
    await page.getByRole('button', { name: 'cart_reminder_1' }).click();
    await page.waitForURL(/template=cart_reminder_1/);
    await expect.poll(() => page.locator('iframe').count()).toBe(2);
    await page.getByText('Phone', { exact: true }).click();
    await page.waitForURL(/width=phone/);
    await page.locator('label', { hasText: 'calm' }).first().click();
    await page.waitForURL(/tones=/);
    await expect.poll(() => page.locator('iframe').first().getAttribute('width')).toBe('375');
    for (const frame of await page.locator('iframe').all())
      expect(await frame.getAttribute('sandbox')).toBe('');
    await page
      .locator('iframe')
      .first()
      .contentFrame()
      .getByText(/Lumbre/)
      .first()
      .waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'template');
  });

  test('deliverability counts what the database counts, and promotions are stopped and go on', async () => {
    const from = new Date(house.ends_at - 90 * 24 * 60 * 60 * 1000).toISOString();
    const by_sql = async (): Promise<number> => {
      const { rows: counted } = await house.app.db.execute<{ n: number }>(sql`
        select count(*)::int as n from messages
        where state = 'sent' and channel = 'email' and owed_at >= ${from}::timestamptz`);
      return counted[0]?.n ?? 0;
    };
    const by_api = async (): Promise<number> => {
      const answer = await fetch(`${house.origin}/v1/deliverability?from=${from}`, {
        headers: { authorization: `Bearer ${house.key}` },
      });
      return ((await answer.json()) as { whole: { sent: number } }).whole.sent;
    };
    expect(await by_sql()).toBeGreaterThan(100);
    await expect.poll(async () => (await by_sql()) - (await by_api())).toBe(0);
    const page = await open('/messages?tab=delivery&days=90');
    await page.getByRole('heading', { name: 'By receiving domain' }).waitFor();
    await page
      .getByText(String(await by_api()), { exact: true })
      .first()
      .waitFor();
    await picture(page, 'deliverability');
    await page.getByRole('button', { name: 'Stop promotions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop promotions' }).click();
    await page.getByText('Promotions wait', { exact: true }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Let them go on' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let them go on' }).click();
    await page.getByText('Promotions leave; nothing holds them back.').waitFor();
  });

  test.each(
    VIEWS.flatMap((view) =>
      (['', '?tab=delivery', '?tab=templates'] as const).map((tab) => [...view, tab] as const),
    ),
  )('keeps nobody out: %s, %s, %i wide, %s', async (scheme, language, width, tab) => {
    const page = await open(`/messages${tab === '' ? '?state=suppressed' : tab}`, {
      scheme,
      language,
      width,
    });
    await page.locator('tbody tr:visible, [data-message]:visible').first().waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    if (scheme === 'dark' && tab === '')
      await picture(page, width === 390 ? 'messages-phone' : 'messages-dark');
  });
});
