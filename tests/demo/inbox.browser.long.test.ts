/** The inbox page in a real browser: Chromium at `CHROMIUM` or /usr/bin/chromium; skipped without one. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { createTransport } from 'nodemailer';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCatcher } from '../../src/demo/catcher.ts';
import type { Catcher } from '../../src/demo/catcher.ts';
import { inboxRoutes } from '../../src/demo/inbox/routes.ts';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/chromium.ts';

const missing = !existsSync(CHROMIUM);
if (missing) console.log(`Skipped: the inbox in a browser, because there is no Chromium at ${CHROMIUM}.`);

let browser: Browser;
let catcher: Catcher;
let app: FastifyInstance;
let sender: ReturnType<typeof createTransport>;
let origin: string;
let complaints: string[];

describe.skipIf(missing)('the inbox page', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  }, 60_000);
  afterAll(() => browser.close());

  beforeEach(async () => {
    complaints = [];
    catcher = await startCatcher();
    sender = createTransport({ host: '127.0.0.1', port: catcher.port, pool: true });
    app = Fastify();
    await app.register(inboxRoutes(catcher), { prefix: '/inbox' });
    origin = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    sender.close();
    await app.close();
    await catcher.stop();
    expect(complaints, 'errors and warnings in the console').toEqual([]);
  });

  test('a mail arrives live in the empty inbox and is read with the keyboard alone', async () => {
    const page = await openInbox();
    await page.getByText('No mails yet').waitFor();
    await page.getByText(catcher.url).waitFor();

    await post('Tu cesta te espera', {
      html: '<h1>Hola, Ana</h1>',
      tone: 'warm',
      workflow: 'abandoned_cart',
    });
    const row = rows(page).filter({ hasText: 'Tu cesta te espera' });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/Casa Oliva → Ana Ruiz[\s\S]*warm[\s\S]*ES[\s\S]*abandoned cart/);

    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Tu cesta te espera' }).waitFor();
    await page.frameLocator('iframe').getByRole('heading', { name: 'Hola, Ana' }).waitFor();
    expect(await row.getAttribute('aria-selected')).toBe('true');
  });

  test('J, K, slash and Escape move, search and leave', async () => {
    for (const subject of ['first', 'second', 'third']) await post(subject);
    const page = await openInbox();
    await page.getByText('3 mails').waitFor();
    await page.keyboard.press('j');
    await title(page, 'third');
    await page.keyboard.press('j');
    await title(page, 'second');
    await page.keyboard.press('k');
    await title(page, 'third');

    await page.keyboard.press('/');
    await page.keyboard.type('first');
    await page.getByText('1 / 3 mails').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('3 mails', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('#list').evaluate((list) => list.matches(':focus'))).toBe(true);
    await page.keyboard.press('ArrowDown');
    await title(page, 'second');
    await page.keyboard.press('Escape');
    await page.getByText('Choose a mail').waitFor();
  });

  test('the tabs show text, links, headers and the raw mail, and the width can be a phone', async () => {
    await post('All of it', {
      html: '<p><a href="https://shop.example/cart">See my basket</a></p>',
      tone: 'warm',
    });
    const page = await openInbox();
    await rows(page).click();
    await page.getByRole('button', { name: 'Phone (375 px)' }).click();
    await expect.poll(() => page.locator('iframe').evaluate((frame) => frame.clientWidth)).toBe(375);
    await page.getByRole('tab', { name: 'Text' }).click();
    await page.getByText('About: All of it').waitFor();
    await page.keyboard.press('ArrowRight');
    const link = page.getByRole('link', { name: 'See my basket' });
    expect(await link.getAttribute('href')).toBe('https://shop.example/cart');
    expect(await link.getAttribute('rel')).toContain('noopener');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('row', { name: 'X-Etapa-Tone warm' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Subject: All of it').waitFor();
  });

  test('a hostile mail stays words: nothing runs and nothing is asked from outside', async () => {
    const attack = '"><img src=x onerror="window.hurt=1"><script>window.hurt=1</script>';
    let visits = 0;
    const outside = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const spy = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/spy.png`;
    await post(attack, {
      html: `<p>Read me</p>${attack}<img src="${spy}">`,
      tone: attack,
      workflow: attack,
    });
    const page = await openInbox();
    await rows(page).click();
    await page.frameLocator('iframe').getByText('Read me').waitFor();
    for (const tab of ['Text', 'Links', 'Headers', 'Raw']) await page.getByRole('tab', { name: tab }).click();
    await page.getByText('X-Etapa-Tone: ').first().waitFor();

    expect(await page.evaluate('window.hurt')).toBeUndefined();
    expect(await page.getByRole('heading', { level: 2, name: attack }).innerText()).toBe(attack);
    outside.close();
    expect(visits).toBe(0);
    // The browser says that it blocked the mail's script and images; that is what should happen.
    const expected = /script|img-src|sandbox|Content Security Policy/i;
    expect(complaints.length).toBeGreaterThan(0);
    complaints = complaints.filter((complaint) => !expected.test(complaint));
  });

  test('Spanish comes from the browser, and the switch changes every word and is remembered', async () => {
    await post('Hola');
    const page = await openInbox({ locale: 'es-ES' });
    await page.getByText('1 correo', { exact: true }).waitFor();
    await rows(page).click();
    await page.getByRole('tab', { name: 'Cabeceras' }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('tab', { name: 'Headers' }).waitFor();
    await page.reload();
    await page.getByText('1 mail', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Español' }).click();
    await page.getByText('1 correo', { exact: true }).waitFor();
    expect(await page.title()).toBe('Buzón · Etapa');
    expect(await page.locator('html').getAttribute('lang')).toBe('es');
  });

  test('filters narrow the list, new mails respect them, and they can be cleared', async () => {
    await post('warm one', { tone: 'warm' });
    await post('calm one', { tone: 'calm' });
    const page = await openInbox();
    await page.getByLabel('Tone').selectOption('warm');
    await page.getByText('1 / 2 mails').waitFor();
    await post('calm two', { tone: 'calm' });
    await post('warm two', { tone: 'warm' });
    await page.getByText('2 / 4 mails').waitFor();
    expect(await rows(page).count()).toBe(2);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('4 mails', { exact: true }).waitFor();
    expect(await rows(page).count()).toBe(4);
  });

  test('a long list comes by pages while it is scrolled', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, at) => post(`mail ${at}`)));
    const page = await openInbox();
    await page.getByText('120 mails').waitFor();
    expect(await rows(page).count()).toBeLessThan(120);
    await expect.poll(() => scrolledCount(page)).toBe(120);
    expect(new Set(await page.locator('.subject').allTextContents()).size).toBe(120);
  });

  test('at the width of a phone the list and the mail take turns, and Back returns', async () => {
    await post('On the phone', { html: '<p>small</p>' });
    const page = await openInbox({ viewport: { width: 375, height: 720 } });
    await rows(page).click();
    await title(page, 'On the phone');
    expect(await page.getByRole('listbox').isVisible()).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await page.getByRole('listbox').waitFor();
    await page.goForward();
    await title(page, 'On the phone');
    await page.goBack();
    await page.getByRole('listbox').waitFor();
  });

  test('the colours follow the system until they are chosen', async () => {
    const page = await openInbox({ colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const darkGround = await ground();
    await page.getByRole('button', { name: 'Switch to light colours' }).click();
    expect(await ground()).not.toBe(darkGround);
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    expect(await ground()).toBe(darkGround);
  });

  test('a list that cannot be loaded says so and offers another try', async () => {
    await post('still there');
    const page = await newPage({});
    await page.route('**/mails.json*', (route) => route.fulfill({ status: 503, body: '' }));
    // As soon as this is open, the list is loaded again by itself.
    await page.route('**/events', (route) => route.abort());
    await page.goto(`${origin}/inbox`);
    const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
    await alert.waitFor();
    await page.unroute('**/mails.json*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await rows(page).filter({ hasText: 'still there' }).waitFor();
    expect(complaints.length).toBeGreaterThan(0);
    complaints = complaints.filter((complaint) => !/503|ERR_FAILED/.test(complaint));
  });

  test('deleting asks first, then empties the inbox', async () => {
    await post('gone soon');
    const page = await openInbox();
    await page.getByRole('button', { name: 'Delete all mails' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(catcher.count()).toBe(1);
    await page.getByRole('button', { name: 'Delete all mails' }).click();
    await page.getByRole('button', { name: 'Delete all', exact: true }).click();
    await page.getByText('No mails yet').waitFor();
    expect(catcher.count()).toBe(0);
  });
});

async function openInbox(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(options);
  await page.goto(`${origin}/inbox`);
  await page.locator('#live[data-state=live]').waitFor({ state: 'attached' });
  return page;
}

/** The mails of the list; the filters have options, too. */
function rows(page: Page): Locator {
  return page.locator('#list').getByRole('option');
}

async function scrolledCount(page: Page): Promise<number> {
  await page.locator('#scroll').evaluate((place) => place.scrollTo(0, place.scrollHeight));
  return rows(page).count();
}

async function newPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return page;
}

async function title(page: Page, subject: string): Promise<void> {
  await page.getByRole('heading', { level: 2, name: subject }).waitFor();
}

interface Extras {
  html?: string;
  tone?: string;
  workflow?: string;
}

async function post(subject: string, { html, tone, workflow }: Extras = {}): Promise<void> {
  await sender.sendMail({
    from: '"Casa Oliva" <hola@casaoliva.example>',
    to: '"Ana Ruiz" <ana@example.com>',
    subject,
    text: `About: ${subject}`,
    ...(html === undefined ? {} : { html }),
    headers: {
      'Content-Language': 'es',
      ...(tone === undefined ? {} : { 'X-Etapa-Tone': tone }),
      ...(workflow === undefined ? {} : { 'X-Etapa-Workflow': workflow }),
    },
  });
}
