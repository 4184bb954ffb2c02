/** `etapa simulate` over a file of events, with the project that is shipped. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addSimulate } from '../../src/cli/simulate.ts';
import { heatMap } from '../../src/cli/simulate/heat-map.ts';
import { openFile, type Deployed } from '../../src/cli/simulate/sources.ts';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Ana, =Eva and Luis put something into the cart on a Monday morning; Luis buys. */
const EVENTS = [
  ...['ana', '=eva, "x"', 'luis'].flatMap((userId, index) => [
    {
      type: 'identify',
      userId,
      timestamp: '2026-11-16T09:00:00Z',
      messageId: `i${index}`,
      traits: { email: `p${index}@example.com`, consent: index === 1 ? [] : ['email'], language: 'en' },
    },
    {
      type: 'track',
      event: 'Product Added',
      userId,
      timestamp: '2026-11-16T10:00:00Z',
      messageId: `a${index}`,
      properties: { product_id: 's1', price: 89 },
    },
  ]),
  {
    type: 'track',
    event: 'Order Completed',
    userId: 'luis',
    timestamp: '2026-11-16T10:30:00Z',
    messageId: 'o',
    properties: { order_id: 'o1', revenue: 89 },
  },
  {
    type: 'track',
    event: 'Product Viewed',
    userId: 'ana',
    timestamp: '2026-11-16T21:00:00Z',
    messageId: 'v',
    properties: { product_id: 's2' },
  },
];

let folder: string;
let file: string;
let out: string;
let err: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-simulate-'));
  file = join(folder, 'events.jsonl');
  await writeFile(file, EVENTS.map((event) => JSON.stringify(event)).join('\n'));
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function etapa(args: readonly string[], deployed?: Deployed): Promise<void> {
  const program = new Command('etapa').exitOverride();
  addSimulate(program, deployed);
  await program.parseAsync(['node', 'etapa', 'simulate', ...args]);
}

interface Answer {
  readonly from: string;
  readonly until: string;
  readonly workflows: Record<string, { entered: number; held_back: Record<string, number> }>;
}

describe('etapa simulate', () => {
  test('tells what would have come of a history, and how fast it was lived', async () => {
    await etapa([file, '-C', REPOSITORY]);
    expect(out).toContain('From the first event until Mon 2026-11-16 22:00 (Europe/Madrid)');
    expect(out).toMatch(/abandoned_cart +3 +1 +1 +0 +0 +0 +0 +2 +1 +1/);
    expect(out).toMatch(/cart_reminder_1 .*1 .*1/);
    expect(out).toMatch(/never allowed promotions by email +\d/);
    expect(out).toMatch(/experience +1/);
    expect(out).toContain('messages a day');
    expect(err).toMatch(/8 events of 3 people in \d+\.\d s \([\d,]+ events\/s, [\d,]+ contact-days\/s\)/);
  });

  test('goes on as long as it is asked to', async () => {
    await etapa([file, '-C', REPOSITORY, '--until', '2026-11-17', '--json']);
    const { until, workflows } = JSON.parse(out) as Answer;
    expect(until).toBe('2026-11-17T22:59:59.999Z');
    // Hello and the first reminder went out within the day before the second.
    expect(workflows.abandoned_cart?.held_back).toMatchObject({ 'already 2 messages within 1 day': 1 });
  });

  test('starts nothing for what came before --from', async () => {
    await etapa([file, '-C', REPOSITORY, '--from', '2026-11-16 11:15', '--json']);
    const { from, workflows } = JSON.parse(out) as Answer;
    expect(from).toBe('2026-11-16T10:15:00.000Z');
    expect(workflows.abandoned_cart?.entered).toBe(0);
    expect(workflows.after_purchase?.entered).toBe(1);
  });

  test('writes row by row who gets what', async () => {
    const csv = join(folder, 'rows.csv');
    await etapa([file, '-C', REPOSITORY, '--csv', csv]);
    const rows = (await readFile(csv, 'utf8')).split('\r\n');
    expect(rows[0]).toBe(
      'contact,at,local_time,time_zone,workflow,step,message,channel,tone,language,sent,held_back_because',
    );
    expect(rows).toContainEqual(
      expect.stringMatching(
        /^ana,2026-11-16T11:00:00\.000Z,2026-11-16 12:00,Europe\/Madrid,abandoned_cart,\d,cart_reminder_1,email,friendly,en,yes,$/,
      ),
    );
    expect(rows).toContainEqual(
      expect.stringMatching(/^"=eva, ""x""",.*,no,never allowed promotions by email$/),
    );
  });

  test('lists people alone', async () => {
    await etapa([file, '-C', REPOSITORY, '--people']);
    expect(out).toMatch(
      /^ana\n {2}Mon 2026-11-16 10:10 {2}welcome_hello {2}friendly\n {2}Mon 2026-11-16 12:00 {2}cart_reminder_1 {2}friendly\n/,
    );
    expect(out).not.toContain('workflow');
  });

  test('compares with another version', async () => {
    const other = join(folder, 'other');
    for (const name of ['etapa.yaml', 'workflows', 'templates']) {
      await cp(join(REPOSITORY, name), join(other, name), { recursive: true });
    }
    const path = join(other, 'workflows/abandoned_cart.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace('wait: 1 hour', 'wait: 2 hours'));
    await etapa([file, '-C', other, '--against', REPOSITORY]);
    expect(out).toContain('1 of 3 people would get something else: 1 messages fewer and 1 more.');
    expect(out).toMatch(/− Mon 2026-11-16 12:00 {2}cart_reminder_1, tone friendly/);
    expect(out).toMatch(/\+ Mon 2026-11-16 13:00 {2}cart_reminder_1, tone friendly/);
    expect(out).toContain('No workflow would do anything else.');
  });

  test('takes histories and versions from the database where there is one', async () => {
    let closed = 0;
    const deployed: Deployed = {
      async openHistory() {
        const histories = await openFile(file, { columns: {}, events: {} });
        return { ...histories, events: undefined, close: () => Promise.resolve(void closed++) };
      },
      readVersion: () => Promise.resolve({}),
    };
    await etapa(['-C', REPOSITORY], deployed);
    expect(out).toMatch(/abandoned_cart +3/);
    expect(closed).toBe(1);
    await expect(etapa(['-C', REPOSITORY, '--against', 'abc'], deployed)).rejects.toThrow(
      /cannot be read by this Etapa/,
    );
  });

  test('says what is missing', async () => {
    await expect(etapa(['none.csv', '-C', REPOSITORY])).rejects.toThrow('There is no file none.csv');
    await expect(etapa([file, '-C', REPOSITORY, '--from', '2026-11-17'])).rejects.toThrow(
      'Nothing lies between',
    );
    await expect(etapa([file, '--from', 'soon'])).rejects.toThrow(/2026-11-20/);
  });
});

describe('The calendar', () => {
  test('has a column for each week and a line for each weekday', () => {
    const lines = heatMap({ '2026-11-16': 8, '2026-11-20': 2, '2026-12-06': 4 }).map(
      stripVTControlCharacters,
    );
    expect(lines).toEqual([
      '    Nov',
      'Mon █··',
      'Tue ···',
      'Wed ···',
      'Thu ···',
      'Fri ░··',
      'Sat ···',
      'Sun ··▒',
      '    ░ ≤ 2  ▒ ≤ 4  ▓ ≤ 6  █ ≤ 8  messages a day',
    ]);
  });

  test('of years shows the last weeks', () => {
    const lines = heatMap({ '2020-01-01': 1, '2026-11-16': 1 }).map(stripVTControlCharacters);
    expect(lines[1]).toHaveLength(4 + 70);
  });
});
