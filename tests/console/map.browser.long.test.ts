/** The journey map in a real browser, over the shop of the demo. */
import { readFile, stat } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JourneyMap } from '../../src/api/map/shapes.ts';
import { axe, noChromium, openConsole, picture, type OpenConsole, type PageOptions } from './console.ts';

const STAGES = ['Awareness', 'Consideration', 'Decision', 'Experience', 'Loyalty'];

let house: OpenConsole;

describe.skipIf(noChromium)('the journey map', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    // Pictures for readers show the whole demo.
    house = await openConsole(process.env['PICTURES'] === '1' ? { people: 320 } : {});
  }, 300_000);
  afterAll(() => house.close());
  afterEach(() => {
    expect(house.complaints(), 'errors in the console').toEqual([]);
  });

  async function openMap(search = '', options: PageOptions = {}): Promise<Page> {
    const page = await house.newPage(options);
    await page.goto(`${house.base}/${search}`);
    await page.getByRole('heading', { level: 2, name: /Opportunities|Oportunidades/ }).waitFor();
    return page;
  }

  async function mapByApi(search = ''): Promise<JourneyMap> {
    const answer = await fetch(`${house.origin}/v1/map${search}`, {
      headers: { authorization: `Bearer ${house.key}` },
    });
    return (await answer.json()) as JourneyMap;
  }

  test('shows the five stages with the figures that the API answers', async () => {
    const page = await openMap();
    const table = page.getByRole('table').first();
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'Stage',
      ...STAGES.map((stage) => expect.stringContaining(stage)),
    ]);
    const people = await table.getByRole('row').filter({ hasText: 'People and flow' }).locator('td').all();
    const { stages } = await mapByApi();
    expect(stages.reduce((sum, stage) => sum + stage.people.at_end, 0)).toBeGreaterThan(50);
    for (const [place, cell] of people.entries())
      expect(await cell.innerText()).toContain(`${stages[place]?.people.at_end ?? 'none'} `);
    await page
      .getByRole('img', { name: /A drawing of the moves/ })
      .locator('svg path')
      .first()
      .waitFor();
    await picture(page, 'map');
  });

  test.each([
    ['light', 'en', 1440],
    ['dark', 'es', 1440],
    ['light', 'es', 390],
    ['dark', 'en', 390],
  ] as const)('keeps nobody out: %s, %s, %i wide', async (scheme, language, width) => {
    const page = await openMap('?compare=plan', { scheme, language, width });
    await page
      .getByRole('img', { name: /moves|movimientos/ })
      .locator('svg path')
      .first()
      .waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    if (scheme === 'dark') await picture(page, width === 390 ? 'map-phone' : 'map-dark');
  });

  test('opens the numbers behind a cell, which a link brings back, and leads to the people', async () => {
    const page = await openMap();
    await page.getByTitle('People and flow, Decision: show the numbers').click();
    const drawer = page.getByRole('dialog', { name: 'The numbers behind it' });
    await drawer.getByRole('heading', { name: 'People and flow, Decision' }).waitFor();
    await drawer.getByRole('img', { name: /People in it at the end of each day/ }).waitFor();
    expect(await axe(page)).toEqual([]);
    const again = await house.newPage();
    await again.goto(page.url());
    const people = again.getByRole('link', { name: 'See the people' });
    expect(new URL((await people.getAttribute('href')) ?? '', house.origin).searchParams.get('where')).toBe(
      '{ stage: decision }',
    );
    await again.getByText('Day by day, as a table').first().click();
    const days = await again.getByRole('dialog').getByRole('table').nth(1).getByRole('row').count();
    expect(days).toBe(31);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('');
  });

  test('filters stand in the address, and are asked of the API', async () => {
    const page = await openMap();
    await page.getByRole('combobox', { name: 'Persona' }).click();
    const asked = page.waitForRequest(/\/v1\/map\?.*persona=lucia/);
    await page.getByRole('option', { name: /Lucía/ }).click();
    await asked;
    expect(new URL(page.url()).searchParams.get('persona')).toBe('lucia');
    await page.getByText('The period before').click();
    await page
      .getByText(/up \d|down \d|as before/)
      .first()
      .waitFor();
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({ persona: 'lucia', compare: 'before' });
    await page.getByRole('button', { name: 'Show everybody' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?compare=before');
  });

  test('is taken along as SVG and as PNG', async () => {
    const page = await openMap();
    for (const [item, begins] of [
      ['As SVG', '<svg'],
      ['As PNG', '\u0089PNG'],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: item }).click(),
      ]);
      const file = await download.path();
      expect((await stat(file)).size).toBeGreaterThan(5000);
      expect((await readFile(file)).toString('latin1', 0, 4)).toBe(begins);
    }
  });

  test('is printed without what surrounds it', async () => {
    const page = await openMap();
    await page.emulateMedia({ media: 'print' });
    await page.getByRole('navigation').waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'What the map shows' }).waitFor({ state: 'hidden' });
    expect(await page.getByRole('heading', { name: 'Journey map' }).isVisible()).toBe(true);
    expect(await page.getByRole('table').first().isVisible()).toBe(true);
  });

  test('says that the server cannot be reached, and tries again', async () => {
    const page = await house.newPage();
    await page.route(/\/v1\/map/, (route) => route.abort());
    await page.goto(`${house.base}/`);
    const alert = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
    await alert.waitFor({ timeout: 30_000 });
    await page.unroute(/\/v1\/map/);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Opportunities' }).waitFor();
    expect(house.complaints().every((one) => one.includes('ERR_FAILED'))).toBe(true);
  });
});
