/** Setting up, signing in, and the settings, in a real browser. */
import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { PASSWORD } from '../support/visitor.ts';
import { buildConsoleOnce } from './built-console.ts';
import { axe, noChromium, openConsole, picture, type OpenConsole, type PageOptions } from './console.ts';

describe.skipIf(noChromium)('the settings', { timeout: 120_000 }, () => {
  let open: OpenConsole;
  /** The same without the demo: whoever comes must sign in. */
  let door: { readonly base: string; close(): Promise<void> };

  beforeAll(async () => {
    open = await openConsole({ people: 20, days: 20 });
    const server = await openServer(open.app, { console_folder: await buildConsoleOnce(inject('builds')) });
    const origin = await server.listen({ port: 0, host: '127.0.0.1' });
    door = { base: `${origin}/console`, close: () => server.close() };
  }, 300_000);
  afterAll(async () => {
    await door?.close();
    await open?.close();
  });

  async function newPage(address: string, options?: PageOptions): Promise<Page> {
    const page = await open.newPage(options);
    page.setDefaultTimeout(20_000);
    await page.goto(address);
    return page;
  }

  test('the first owner is made by the link of the start, and is inside', async () => {
    await open.app.db.execute(sql`delete from users`);
    const link = (await open.app.accounts.setUpLink()) ?? '';
    const page = await newPage(`${door.base}/set-up#${link.split('#')[1]}`);
    await page.getByLabel('Your name').fill('Olga');
    await page.getByLabel('Your e-mail address').fill('olga@lumbre.example');
    await page.getByLabel('New password', { exact: true }).fill('password1234');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('alert').getByText('among the first that are guessed').waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'set-up');
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('button', { name: /^Olga/ }).waitFor();
    expect(new URL(page.url()).hash).toBe('');
    open.complaints();
    await page.context().close();
  });

  test('who is not signed in is led to the door, and afterwards to where they wanted to go', async () => {
    const page = await newPage(`${door.base}/settings?tab=keys`, { language: 'es', scheme: 'dark' });
    await page.getByRole('heading', { name: 'Iniciar sesión' }).waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'sign-in-dark');
    await page.getByLabel('Correo electrónico').fill('olga@lumbre.example');
    await page.getByLabel('Contraseña', { exact: true }).fill('no es la contraseña');
    await page.getByRole('button', { name: 'Iniciar sesión' }).click();
    await page.getByText('Aquí no hay nadie con esta dirección y esta contraseña.').waitFor();
    await page.getByLabel('Contraseña', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Crear una clave' }).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=keys');
    open.complaints();
    await page.context().close();
  });

  test('somebody is invited by a link, chooses a password, and sees what the role may', async () => {
    const page = await newPage(`${open.base}/settings?tab=users`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Carla');
    await page.getByLabel('E-mail address').fill('carla@lumbre.example');
    await page.getByLabel('Role', { exact: true }).selectOption('support');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByRole('status').locator('pre').innerText();
    await picture(page, 'settings-invitation');
    const carla = await newPage(`${door.base}${link.slice(link.indexOf('/invitation'))}`);
    await carla.getByText('For carla@lumbre.example.').waitFor();
    expect(await axe(carla)).toEqual([]);
    await carla.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await carla.getByRole('button', { name: 'Go in' }).click();
    await carla.getByRole('link', { name: 'Settings' }).click();
    await carla.getByRole('tab', { name: 'Your account' }).waitFor();
    expect(await carla.getByRole('tab').allInnerTexts()).toEqual(['Your account', 'Sessions', 'Health']);
    await carla.context().close();
    await page.reload();
    await page.getByRole('button', { name: 'Change Carla' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('The user is removed.').waitFor();
    await page.getByText('carla@lumbre.example').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a key is made, shown once, and revoked', async () => {
    const page = await newPage(`${open.base}/settings?tab=keys`);
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Web shop');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const key = await page.getByRole('status').locator('pre').innerText();
    expect(key).toMatch(/^etapa_wk_/);
    expect(await open.app.findKey(key)).toMatchObject({ scope: 'events' });
    await page.reload();
    await page.getByRole('button', { name: 'Revoke the key “Web shop”' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
    await page.getByText(/^Revoked/).waitFor();
    expect(await page.content()).not.toContain(key);
    await page.context().close();
  });

  test('the audit log tells who did that, and is found by who', async () => {
    const page = await newPage(`${open.base}/settings?tab=audit`);
    await page.getByRole('cell', { name: 'DELETE /v1/keys/:id' }).waitFor();
    await page.getByRole('button', { name: 'Only what Demo did' }).first().click();
    await page.waitForURL(/actor=user/);
    await page.getByRole('button', { name: 'Everything' }).waitFor();
    await page.context().close();
  });

  test.each(['account', 'sessions', 'health', 'users', 'keys', 'audit'])(
    'the tab "%s" can be used by everybody, in both themes and on a phone',
    async (tab) => {
      for (const options of [
        { scheme: 'light' },
        { scheme: 'dark', language: 'es', width: 390, height: 844 },
      ] as const) {
        const page = await newPage(`${open.base}/settings?tab=${tab}`, options);
        await page.getByRole('tabpanel').waitFor();
        await page.waitForLoadState('networkidle');
        expect(await axe(page)).toEqual([]);
        if (options.scheme === 'light') await picture(page, `settings-${tab}`);
        await page.context().close();
      }
      expect(open.complaints()).toEqual([]);
    },
  );
});
