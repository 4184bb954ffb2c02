/** Contacts in the console: found, looked at with every why, and changed, in a real browser over the demo's shop. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { axe, noChromium, openConsole, picture, type OpenConsole } from './console.ts';

describe.skipIf(noChromium)('contacts in the console', { timeout: 120_000 }, () => {
  let shop: OpenConsole;

  beforeAll(async () => {
    shop = await openConsole();
  }, 240_000);

  afterAll(() => shop?.close());

  async function open(path: string, options?: Parameters<OpenConsole['newPage']>[0]): Promise<Page> {
    const page = await shop.newPage(options);
    page.setDefaultTimeout(20_000);
    await page.goto(`${shop.base}${path}`);
    return page;
  }

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${shop.origin}/v1/${path}`, {
      headers: { authorization: `Bearer ${shop.key}` },
    });
    return (await answer.json()) as T;
  }

  interface Listed {
    readonly contacts: readonly {
      readonly id: string;
      readonly email: string | null;
      readonly name: string | null;
    }[];
  }

  /** Somebody with a name, whom a reminder of a cart went to. */
  async function somebody(): Promise<{ id: string; email: string; name: string }> {
    const { rows } = await shop.app.db.$client.query<{ id: string }>(
      `select contact_id as id from messages where message = 'cart_reminder_1' and state = 'sent' order by id limit 50`,
    );
    for (const { id } of rows) {
      const { email, name } = await ask<Listed['contacts'][number]>(`contacts/${id}`);
      if (email && name) return { id, email, name };
    }
    throw new Error(`${rows.length} people got a reminder, and none of them has a name`);
  }

  it('are found by how their address begins, and opened by keyboard', async () => {
    const { email, name } = await somebody();
    const page = await open('/contacts');
    await page.getByRole('searchbox', { name: 'Search' }).fill(email.slice(0, 6).toUpperCase());
    await page.waitForURL(/search=/);
    const link = page.getByRole('table').getByRole('link', { name });
    await link.first().waitFor();
    await page.getByRole('table').getByRole('link').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('are asked for by conditions that a form puts together, which stand in the address as YAML', async () => {
    const page = await open('/contacts');
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Event' }).fill('product_added');
    await page.getByText('{ event: product_added, within: 30 days }').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForURL(/where=/);
    const where = new URL(page.url()).searchParams.get('where');
    expect(where).toBe('- { event: product_added, within: 30 days }');
    await page.getByRole('button', { name: 'Count them all' }).click();
    const { count } = await ask<{ count: number }>(
      `contacts?limit=1&count=true&where=${encodeURIComponent(where ?? '')}`,
    );
    await page.getByText(`${count} in all`).waitFor();
    expect(count).toBeGreaterThan(0);
    const table = await page.request.get(await csvLink(page));
    expect((await table.text()).trimEnd().split('\r\n')).toHaveLength(count + 1);
    await page.getByText('As YAML').click();
    await page.getByRole('textbox', { name: 'As YAML' }).fill('segment: nobody_at_all');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('there is no segment called "nobody_at_all"').waitFor();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('table').waitFor();
    const loyal = '- { field: orders.count, at_least: 2 }\n- { event: product_viewed, within: 30 days }';
    await page.goto(`${shop.base}/contacts?where=${encodeURIComponent(loyal)}`);
    await page.getByText('orders.count, at_least: 2').first().waitFor();
    await page.getByRole('table').waitFor();
    await picture(page, 'contacts');
    // A question that is refused is told by the browser as well.
    expect(shop.complaints().every((one) => one.includes('422'))).toBe(true);
    await page.close();
  });

  async function csvLink(page: Page): Promise<string> {
    const href = await page.getByRole('link', { name: 'As CSV' }).getAttribute('href');
    return `${shop.origin}${href ?? ''}`;
  }

  it('tell on one page why somebody got an e-mail, and why not another', async () => {
    const { id, name } = await somebody();
    const page = await open(`/contacts/${id}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByRole('group', { name: 'Show only' }).getByText('Messages').click();
    await page.waitForURL(/show=messages/);
    const entry = page.getByRole('region', { name: 'What happened' }).getByRole('listitem').first();
    await entry
      .getByText(/^because /)
      .first()
      .waitFor();
    await entry.getByText('Why', { exact: true }).click();
    await entry.getByText(/^The tone is /).waitFor();

    await page.getByRole('combobox', { name: 'A message or a workflow' }).fill('birthday_wish');
    await page.getByRole('option', { name: 'birthday_wish' }).click();
    await page.waitForURL(/why_not=/);
    const why = page.getByRole('region', { name: 'Why did this person not get …?' });
    await why
      .getByText(/birthday/)
      .first()
      .waitFor();
    await picture(page, 'contact');
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('speak Spanish', async () => {
    const { id } = await somebody();
    const page = await open(`/contacts/${id}`, { language: 'es' });
    await page.getByRole('heading', { name: 'Qué ocurrió' }).waitFor();
    await page.getByRole('heading', { name: '¿Por qué esta persona no recibió…?' }).waitFor();
    await page
      .getByRole('region', { name: 'Qué ocurrió' })
      .getByText(/^porque /)
      .first()
      .waitFor();
    await page.close();
  });

  it('are changed by hand, which stands in their history', async () => {
    const { id } = await somebody();
    const page = await open(`/contacts/${id}`);
    await page.getByRole('button', { name: 'Edit fields' }).click();
    await page.getByRole('textbox', { name: 'first_name' }).fill('Renamed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: /^Renamed/ }).waitFor();

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Suppress the address' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('asked by phone');
    await page.getByRole('button', { name: 'Suppress', exact: true }).click();
    await page.getByText(/asked by phone/).waitFor();
    await page.getByRole('button', { name: 'Allow again' }).click();
    await page.getByText('The address is allowed again.').waitFor();
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('are made, merged and erased', async () => {
    const page = await open('/contacts');
    for (const first_name of ['Stays', 'Goes']) {
      await page.goto(`${shop.base}/contacts`);
      await page.getByRole('button', { name: 'New contact' }).click();
      await page
        .getByRole('textbox', { name: 'E-mail address' })
        .fill(`${first_name.toLowerCase()}@example.com`);
      await page.getByRole('textbox', { name: 'First name' }).fill(first_name);
      await page.getByRole('textbox', { name: 'Your id of the person' }).fill(`by-hand-${first_name}`);
      await page.getByRole('button', { name: 'Make the contact' }).click();
      await page.getByRole('heading', { level: 1, name: first_name }).waitFor();
    }
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Merge into another contact' }).click();
    await page.getByRole('combobox', { name: 'The contact that stays' }).fill('stays@');
    await page.getByRole('option', { name: /Stays/ }).click();
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByText('They are being merged.').waitFor();
    const stays = (): Promise<{ email: string; identities: { value: string }[] }> =>
      ask('contacts/by-hand-Stays');
    await vi.waitFor(
      async () => expect((await stays()).identities.map(({ value }) => value)).toContain('by-hand-Goes'),
      20_000,
    );
    await page.goto(`${shop.base}/contacts/by-hand-Stays`);
    await page.getByText('by-hand-Goes').waitFor();
    const { email } = await stays();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Erase this person' }).click();
    const erase = page.getByRole('button', { name: 'Erase for ever' });
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: `Type ${email} to confirm` }).fill(email);
    await erase.click();
    await page.waitForURL(/\/contacts$/);
    expect(await ask('contacts/by-hand-Stays')).toMatchObject({ error: { code: 'contact_unknown' } });
    expect(shop.complaints()).toEqual([]);
    await page.close();
  });

  it('can be read by everybody: in both themes, and on a phone without scrolling sideways', async () => {
    const { id } = await somebody();
    for (const scheme of ['light', 'dark'] as const) {
      const list = await open('/contacts?where=-%20%7B%20event%3A%20product_added%20%7D', { scheme });
      await list.getByRole('table').waitFor();
      await list.getByRole('button', { name: 'Add a condition' }).click();
      expect(await axe(list)).toEqual([]);
      await list.close();
      const one = await open(`/contacts/${id}?why_not=message%3Abirthday_wish`, { scheme });
      await one.getByRole('region', { name: 'What happened' }).getByRole('listitem').first().waitFor();
      for (const summary of await one.locator('summary').all()) await summary.click();
      expect(await axe(one)).toEqual([]);
      await one.getByRole('button', { name: 'Edit fields' }).click();
      await one.getByRole('dialog').getByRole('textbox').first().waitFor();
      expect(await axe(one)).toEqual([]);
      await one.close();
    }
    for (const [path, name] of [
      ['/contacts', 'contacts-phone'],
      [`/contacts/${id}`, 'contact-phone'],
    ] as const) {
      const page = await open(path, { width: 390, height: 844 });
      await page.getByRole('main').getByRole('link').first().waitFor();
      const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      expect(wide, path).toBe(false);
      expect(await axe(page)).toEqual([]);
      await picture(page, name);
      await page.close();
    }
  });
});
