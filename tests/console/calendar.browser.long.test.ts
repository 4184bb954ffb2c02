/** The calendar in a real browser, over the shop of the demo. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axe, noChromium, openConsole, picture, type OpenConsole, type PageOptions } from './console.ts';

let house: OpenConsole;

describe.skipIf(noChromium)('the calendar', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    house = await openConsole();
  }, 300_000);
  afterAll(() => house.close());
  afterEach(() => {
    expect(house.complaints(), 'errors in the console').toEqual([]);
  });

  async function open(search = '', options: PageOptions = {}): Promise<Page> {
    const page = await house.newPage(options);
    await page.goto(`${house.base}/calendar${search}`);
    await page.locator('[data-date]').first().waitFor();
    await page.locator('.bars').waitFor();
    return page;
  }

  test('shows a year with its holidays, notices and campaigns, and what a day holds', async () => {
    const page = await open('?year=2026');
    expect(await page.locator('table.month').count()).toBe(12);
    const christmas = page.locator('[data-date="2026-12-25"]');
    expect(await christmas.getAttribute('aria-label')).toMatch(
      /Friday.? 25 December 2026, .*Christmas, closed everywhere, notice holiday_hours/,
    );
    await christmas.click();
    await page.waitForURL(/day=2026-12-25/);
    const panel = page.getByRole('region', { name: /25 December 2026/ });
    await panel.getByText('Customer service: closed').waitFor();
    await picture(page, 'calendar');
    await page.locator('[data-date="2026-12-01"]').click();
    await page
      .getByRole('region', { name: /1 December 2026/ })
      .getByRole('link', { name: 'Tips of the month' })
      .waitFor();
  });

  test('goes from day to day by the arrow keys, and to other years', async () => {
    const page = await open('?year=2026&day=2026-06-30');
    await page.locator('[data-date="2026-06-30"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.dataset.date')).toBe('2026-07-01');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/day=2026-07-08/);
    await page.getByRole('button', { name: 'The year after' }).click();
    await page.locator('[data-date="2027-01-01"]').waitFor();
  });

  test('tells what will be sent this week as the API does, in bars and in a table', async () => {
    const page = await open();
    const answer = await fetch(`${house.origin}/v1/forecast?days=7`, {
      headers: { authorization: `Bearer ${house.key}` },
    });
    const { messages } = (await answer.json()) as { messages: { likely: number; message: string }[] };
    expect(messages.length).toBeGreaterThan(0);
    const table = page.getByRole('table', { name: 'What will be sent in the next seven days' });
    expect(await table.locator('tbody tr').count()).toBe(messages.length);
    expect(await table.locator('tbody tr').first().innerText()).toContain(messages[0]?.message ?? 'none');
  });

  test('an incident is declared with whom it reaches and until when, and ended', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Declare it' }).click();
    const dialog = page.getByRole('dialog', { name: 'Declare “courier_strike”' });
    await dialog.getByText(/people in “waiting_for_parcel” are told/).waitFor();
    await dialog.getByText(/people in “abandoned_cart” wait before their next message/).waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByLabel('The last day on which it is on').fill('2099-01-31');
    await dialog.getByRole('button', { name: 'Declare it' }).click();
    await page.getByText('“courier_strike” is on.').waitFor();
    await page.getByText('is on', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('“courier_strike” is over.').waitFor();
  });

  test.each([
    ['light', 'en', 1440],
    ['dark', 'es', 1440],
    ['light', 'es', 390],
    ['dark', 'en', 390],
  ] as const)('keeps nobody out: %s, %s, %i wide', async (scheme, language, width) => {
    const page = await open('', { scheme, language, width });
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    if (scheme === 'dark') await picture(page, width === 390 ? 'calendar-phone' : 'calendar-dark');
  });
});
