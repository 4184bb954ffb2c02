/** Workflows in the console, in a real browser over the demo's shop. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, noChromium, openConsole, picture, type OpenConsole, type PageOptions } from './console.ts';

let shop: OpenConsole;

beforeAll(async () => {
  if (!noChromium) shop = await openConsole({ people: 60, days: 40 });
}, 180_000);

afterAll(() => shop?.close());

async function open(path: string, options?: PageOptions): Promise<Page> {
  const page = await shop.newPage(options);
  await page.goto(`${shop.base}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const graph = (page: Page) => page.getByRole('region', { name: 'The workflow as a picture' });

describe.skipIf(noChromium)('workflows in the console', { timeout: 180_000 }, () => {
  it('are listed with their figures, and lead to the page of each', async () => {
    const page = await open('/workflows');
    await page.getByRole('link', { name: 'Abandoned cart' }).waitFor();
    await picture(page, 'workflows');
    expect(await axe(page)).toEqual([]);
    await page.getByRole('link', { name: 'Abandoned cart' }).click();
    await page.getByRole('heading', { level: 1, name: /Abandoned cart/ }).waitFor();
    await graph(page)
      .getByRole('button', { name: /Send the message cart_reminder_1/ })
      .waitFor();
    await page
      .getByRole('region', { name: 'Steps' })
      .getByRole('row', { name: /cart_reminder_1/ })
      .waitFor();
    await picture(page, 'workflow');
    expect(await axe(page)).toEqual([]);
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('are edited: an error is shown with its mend, what is sound is tried, simulated and deployed', async () => {
    const page = await open('/workflows/abandoned_cart?tab=edit');
    const editor = page.getByRole('textbox', { name: 'The file of the workflow' });
    await editor.waitFor();
    const text = shop.app.live().files['workflows/abandoned_cart.yaml'] ?? '';
    await editor.fill(text.replace('send_email: cart_reminder_1', 'send_email: cart_remindr_1'));
    await page.getByText('did you mean "cart_reminder_1"?').first().waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Deploy …' }).isDisabled()).toBe(true);
    await picture(page, 'workflow-error');
    expect(await axe(page)).toEqual([]);

    await editor.fill(text.replace('- wait: 1 hour', '- wait: 2 hours'));
    await page.getByText('Changed, not deployed.').waitFor();
    await page.getByRole('tab', { name: 'Try it' }).click();
    await page.getByLabel('More that is known (JSON)').waitFor();
    await page.getByLabel('What', { exact: true }).first().click();
    await page.getByRole('option', { name: 'An event' }).click();
    await page
      .getByLabel('Its properties (JSON)')
      .fill('{"product_id":"s1","name":"Shoe","price":120,"quantity":1}');
    await page.getByLabel('Begins at (the clock of the contact)').fill('2026-11-18 10:00');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByText('Message: cart_reminder_1').waitFor();
    const frame = page.locator('iframe').first().contentFrame();
    await frame.locator('body').waitFor();
    await page.getByText('Walked to the end').first().waitFor();
    await picture(page, 'workflow-try');
    expect(await axe(page)).toEqual([]);

    await page.getByRole('tab', { name: 'Simulate' }).click();
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText(/of \d+ people lived through it/).waitFor({ timeout: 60_000 });
    expect(await axe(page)).toEqual([]);

    await page.getByRole('tab', { name: /^Edit/ }).click();
    await page.getByRole('button', { name: 'Deploy …' }).click();
    const dialog = page.getByRole('dialog');
    await expect
      .poll(() => dialog.getByRole('button', { name: 'Deploy', exact: true }).isEnabled(), {
        timeout: 60_000,
      })
      .toBe(true);
    await picture(page, 'workflow-deploy');
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page
      .getByText(/It is deployed/)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(shop.app.live().files['workflows/abandoned_cart.yaml']).toContain('- wait: 2 hours');

    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Compare with the live one' }).click();
    await page.getByText('wait: 1 hour').first().waitFor();
    await picture(page, 'workflow-versions');
    expect(await axe(page)).toEqual([]);
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('tell who waits where, and are paused and let go on', async () => {
    const page = await open('/workflows/abandoned_cart?tab=waiting');
    await page.getByRole('link').first().waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pause or stop' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await expect
      .poll(() => shop.app.live().project.workflows.get('abandoned_cart')?.status, { timeout: 60_000 })
      .toBe('paused');
    await page.getByText('Paused').waitFor();
    await page.close();
  });

  it('begin as a draft from a template', async () => {
    const page = await open('/workflows');
    await page.getByRole('button', { name: 'New workflow' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('birthday_gift');
    await dialog.getByRole('button', { name: 'Create the draft' }).click();
    await page.waitForURL(/workflows\/birthday_gift/, { timeout: 60_000 });
    await page.getByText('Draft', { exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'The file of the workflow' }).waitFor();
    await page.close();
  });

  it.each<[string, string, PageOptions]>([
    ['in the dark', 'dark', { scheme: 'dark' }],
    ['on a phone', 'phone', { width: 390, height: 844 }],
    ['in Spanish', 'es', { language: 'es' }],
  ])('can be read %s', async (_, name, options) => {
    for (const [path, part] of [
      ['/workflows', 'workflows'],
      ['/workflows/abandoned_cart', 'workflow'],
      ['/workflows/abandoned_cart?tab=edit', 'workflow-edit'],
    ] as const) {
      const page = await open(path, options);
      await page
        .locator(part === 'workflows' ? 'main tbody tr' : '.react-flow__node')
        .first()
        .waitFor();
      await expect.poll(() => page.locator('main [aria-busy="true"]').count(), { timeout: 20_000 }).toBe(0);
      await picture(page, `${part}-${name}`);
      expect(await axe(page), path).toEqual([]);
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate<number>(wider), path).toBeLessThanOrEqual(0);
      await page.close();
    }
    expect(shop.complaints()).toEqual([]);
  });
});
