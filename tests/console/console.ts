/**
 * The console in a real browser, over a smaller shop of the demo: the same project, engine and mail catcher, lived through
 * once for each file. Chromium stands at `CHROMIUM` or /usr/bin/chromium; where it is missing, tests are left out.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axeCore from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type { App } from '../../src/app.ts';
import { startCatcher, type Catcher } from '../../src/demo/catcher.ts';
import { inboxRoutes } from '../../src/demo/inbox/routes.ts';
import { shopHistory } from '../../src/demo/shop.ts';
import { readProjectFiles } from '../../src/project/read-files.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/chromium.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { REPOSITORY } from '../support/built-program.ts';
import { buildConsoleOnce } from './built-console.ts';

export const noChromium = !existsSync(CHROMIUM);
if (noChromium)
  console.log(`Skipped: the console in a browser, because there is no Chromium at ${CHROMIUM}.`);

const DAY = 24 * 60 * 60 * 1000;

export interface PageOptions {
  readonly scheme?: 'light' | 'dark';
  readonly language?: 'en' | 'es';
  readonly width?: number;
  readonly height?: number;
}

export interface OpenConsole {
  readonly app: App;
  readonly catcher: Catcher;
  /** `http://127.0.0.1:port/console`. */
  readonly base: string;
  readonly origin: string;
  /** When the shop's history ends. */
  readonly ends_at: number;
  /** An API key: for asking beside the browser. */
  readonly key: string;
  /** A new window of somebody who is signed in; nothing is open in it yet. */
  newPage(options?: PageOptions): Promise<Page>;
  /** Errors and refusals of the policy that pages told since they were last asked for. */
  complaints(): string[];
  close(): Promise<void>;
}

export interface ConsoleShop {
  readonly people?: number;
  readonly days?: number;
  readonly seed?: number;
}

export async function openConsole({
  people = 90,
  days = 60,
  seed = 7,
}: ConsoleShop = {}): Promise<OpenConsole> {
  const folder = await buildConsoleOnce(inject('builds'));
  const ends_at = Date.now();
  const catcher = await startCatcher();
  const shop = await openShop(catcher, ends_at - days * DAY);
  await shop.live(shopHistory({ seed, ends_at, days, people }), ends_at);
  shop.clock.run(0);
  // Rings for what a turn was a moment too early for, as in the demo.
  shop.app.start(new Set(['chores']));
  const { key } = await createWriteKey(shop.app.db, 'Console', 'api');
  const server = await openServer(shop.app, {
    console_folder: folder,
    demo: true,
    more: async (host) => {
      await host.register(inboxRoutes(catcher), { prefix: '/inbox' });
    },
  });
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  const complaints: string[] = [];
  return {
    app: shop.app,
    catcher,
    base: `${origin}/console`,
    origin,
    ends_at,
    key,
    newPage: (options = {}) => openPage(browser, complaints, options),
    complaints: () => complaints.splice(0),
    async close() {
      await browser.close();
      await server.close();
      await shop.close();
      await catcher.stop();
    },
  };
}

async function openShop(catcher: Catcher, start: number): Promise<TestApp> {
  return openTestApp({
    files: await readProjectFiles(REPOSITORY),
    backend: 'postgres',
    start,
    overrides: { smtp_url: catcher.url, mail: { internal_headers: true } },
  });
}

async function openPage(
  browser: Browser,
  complaints: string[],
  { scheme = 'light', language = 'en', width = 1440, height = 1000 }: PageOptions,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: language,
    timezoneId: 'Europe/Madrid',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return page;
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What keeps people out of this page, as axe sees it: serious and critical, a line for each. Must be empty. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source);
  const violations = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
}

const TALLEST_PHONE = 1800;

/** The picture docs/pictures/console-NAME.png, where `PICTURES=1` asks for it: the whole page, of a phone the beginning. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['PICTURES'] !== '1') return;
  const path = join(REPOSITORY, 'docs/pictures', `console-${name}.png`);
  const seen = page.viewportSize() ?? { width: 1440, height: 1000 };
  const whole = await page.evaluate<number>('document.documentElement.scrollHeight');
  // In a window as tall as the page, what sticks to the window's edges stands where it belongs.
  const height = seen.width < 600 ? Math.min(whole, TALLEST_PHONE) : whole;
  await page.setViewportSize({ width: seen.width, height });
  await page.screenshot({ path, animations: 'disabled' });
  await page.setViewportSize(seen);
}
