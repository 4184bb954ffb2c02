/** What somebody at the console waits for, with very many contacts and a year behind them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { chromium, type Browser } from 'playwright-core';
import type { App } from '../src/app.ts';
import { openServer } from '../src/api/server.ts';
import { addCrowd, crowdProject } from './crowd.ts';
import { addHistory } from './segments.ts';
import { openBenchApp, seconds, spread, type Bench, type Spread } from './surroundings.ts';
import { count, milliseconds, type Row } from './words.ts';

export interface ConsoleFigures {
  readonly people: number;
  /** Rows of sums that the map is drawn from. */
  readonly sums: number;
  /** What each page asks for, over HTTP, in milliseconds. */
  readonly questions: Readonly<Record<string, Spread>>;
  /** From asking for the page to what is drawn first, and to the map with its figures; absent without a browser. */
  readonly paint?: { readonly first: Spread; readonly map: Spread };
}

export async function benchConsole(bench: Bench, people: number, rounds: number): Promise<ConsoleFigures> {
  const folder = join(bench.home, 'console');
  await promisify(execFile)('npx', [
    'vite',
    'build',
    'src/console',
    '--outDir',
    folder,
    '--logLevel',
    'error',
  ]);
  const url = await bench.newDatabase();
  const app = await openBenchApp(url, {}, await crowdProject());
  const server = await openServer(app, { console_folder: folder, demo: true });
  try {
    await addCrowd(app, people);
    await addHistory(app, people);
    await addYearOfSums(app);
    const origin = await server.listen({ host: '127.0.0.1', port: 0 });
    const ask = await signIn(origin);
    const took: Record<string, number[]> = {};
    const asked = await questions(app, people);
    for (let round = -1; round < rounds; round++)
      for (const [name, path] of Object.entries(asked)) {
        const milliseconds_taken = 1000 * (await seconds(() => ask(path)));
        // The first is for the caches.
        if (round >= 0) (took[name] ??= []).push(milliseconds_taken);
      }
    const paint = await measurePaint(origin, rounds);
    const { rows } = await app.db.execute<{ sums: number }>(
      sql`select count(*)::int as sums from map_counts`,
    );
    return {
      ...{ people, sums: rows[0]?.sums ?? 0 },
      questions: Object.fromEntries(Object.entries(took).map(([name, values]) => [name, spread(values)])),
      ...(paint ? { paint } : {}),
    };
  } finally {
    await server.close();
    await app.close();
    await bench.dropDatabase(url);
  }
}

async function signIn(origin: string): Promise<(path: string) => Promise<void>> {
  const answer = await fetch(`${origin}/v1/session`, { headers: { 'sec-fetch-site': 'same-origin' } });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async (path) => {
    const { status, ok } = await fetch(`${origin}${path}`, { headers: { cookie } }).then(async (found) => {
      await found.text();
      return found;
    });
    if (!ok) throw new Error(`${path} answered ${status}`);
  };
}

async function questions({ db }: App, people: number): Promise<Readonly<Record<string, string>>> {
  const { rows } = await db.execute<{ contact: string; message: string }>(sql`
    select (select id from contacts where lower(profile #>> '{fields,email,value}') = ${`p${Math.round(people / 2)}@people.example`}) as contact,
      (select id from messages order by owed_at desc, id desc limit 1) as message`);
  const { contact = '', message = '' } = rows[0] ?? {};
  const condition = encodeURIComponent(JSON.stringify({ field: 'orders.count', at_least: 2 }));
  return {
    'the map, of a month': '/v1/map',
    'the map, of a year, compared with a month': `/v1/map?from=${daysAgo(364)}&to=${daysAgo(0)}&compare_from=${daysAgo(394)}&compare_to=${daysAgo(365)}`,
    'the map, of one segment': '/v1/map?segment=frequent_buyers',
    'one figure of the map, day by day': '/v1/map/days?fact=people&stage=experience',
    'contacts, newest first': '/v1/contacts?limit=50',
    'contacts in a stage': '/v1/contacts?limit=50&stage=loyalty',
    'contacts that fulfil a condition': `/v1/contacts?limit=50&where=${condition}`,
    'contacts by the beginning of an address': '/v1/contacts?limit=50&search=p4999',
    'one contact': `/v1/contacts/${contact}`,
    'its timeline': `/v1/contacts/${contact}/timeline?limit=50`,
    workflows: '/v1/workflows',
    'one workflow': '/v1/workflows/after_purchase',
    'who waits in it': '/v1/workflows/after_purchase/waiting?limit=50',
    messages: '/v1/messages?state=sent&limit=50',
    'one message': `/v1/messages/${message}`,
    deliverability: `/v1/deliverability`,
    'the calendar': '/v1/calendar?year=2026',
    'the forecast': '/v1/forecast?days=7',
    health: '/v1/health-report',
  };
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

/** As many sums as a year brings, in which everything happens each day in each stage, persona, language and segment. */
async function addYearOfSums(app: App): Promise<void> {
  const { project } = app.live();
  await app.store.recountPeople(project, Date.now());
  while (await app.store.foldFacts());
  const list = (ids: readonly string[]) => sql`unnest(${sql.param([...ids])}::text[])`;
  await app.db.execute(sql`
    insert into map_counts (day, fact, stage, key, persona, language, segment, n, total)
    select day::date, fact, stage, key, persona, language, segment, 100, 100 * 86400000.0
    from generate_series(now() - interval '365 days', now(), interval '1 day') day,
      (values ('event', 'product_viewed'), ('event', 'page_viewed'), ('event', 'product_added'), ('event', 'cart_viewed'),
        ('event', 'checkout_started'), ('event', 'message_clicked'), ('event', 'other'), ('order', ''), ('feeling', 'survey'),
        ('nps', ''), ('csat', ''), ('mood', 'upset'), ('move', 'decision'), ('message', 'welcome/friendly/email/sent'),
        ('message', 'after_purchase/friendly/email/sent'), ('message', 'welcome/friendly/email/suppressed')) f (fact, key),
      ${list(project.stages.list.map(({ id }) => id))} stage,
      ${list(['ricardo', 'marta', 'diego', 'lucia', 'everyone_else'])} persona,
      ${list(project.languages)} language, ${list(['', ...project.segments.map(({ id }) => id)])} segment
    on conflict do nothing`);
  await app.db.execute(sql`vacuum analyze map_counts`);
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

async function measurePaint(origin: string, rounds: number): Promise<ConsoleFigures['paint']> {
  if (CHROMIUM === undefined) return undefined;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const [first, map]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const drawn = await openMap(browser, origin);
      first.push(drawn.first);
      map.push(drawn.map);
    }
    return { first: spread(first), map: spread(map) };
  } finally {
    await browser.close();
  }
}

/** In a browser that was never here before. */
async function openMap(browser: Browser, origin: string): Promise<{ first: number; map: number }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(`${origin}/console/`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Opportunities').first().waitFor();
  const map = performance.now() - began;
  const first = await page.evaluate(
    'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN',
  );
  await context.close();
  return { first: Number(first), map };
}

export function consoleRows({ people, sums, questions: all, paint }: ConsoleFigures): readonly Row[] {
  return [
    [`the console with ${count(people)} contacts and ${count(sums)} sums of the map`, '', ''],
    ...Object.entries(all).map(([name, took]): Row => [`${name}: ${milliseconds(took)}`, '', '']),
    ...(paint
      ? ([
          [
            `first paint of the map: ${milliseconds(paint.first)}; with its figures ${milliseconds(paint.map)}`,
            '',
            '',
          ],
        ] as const)
      : []),
  ];
}
