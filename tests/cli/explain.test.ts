/** `etapa explain` on a database in which the real engine has decided a few days. */
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addExplain } from '../../src/cli/explain.ts';
import { clockWords, distanceWords, readMoment } from '../../src/cli/explain/times.ts';
import { openTestApp } from '../support/app.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { EXPLAINED_FILES } from '../support/explained.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const ZONE = 'America/Mexico_City';
/** The command asks the database's clock, so the history ends now. */
const NOW = Date.now();
const START = NOW - 5 * DAY;
const dayOf = (when: number): string => clockWords(when, ZONE, 'en').slice(4, 14);

const usual = { DATABASE_URL: process.env.DATABASE_URL, REDIS_URL: process.env.REDIS_URL };

beforeAll(async () => {
  const shop = await openTestApp({ files: EXPLAINED_FILES, backend: 'postgres', start: START - HOUR });
  const who = { user_id: 'ana' };
  const traits = { email: 'ana@example.com', first_name: 'Ana', time_zone: ZONE, consent: ['email'] };
  const does = (name: string, later: number, properties = {}) =>
    tracked(who, name, properties, { at: START + later });
  await shop.live(
    [
      identified(who, traits, { at: START }),
      does('product_added', MINUTE, product('shoe', 60)),
      does('complaint_opened', DAY, { topic: 'late' }),
      does('product_added', 4 * DAY, product('shoe', 60)),
    ],
    NOW,
  );
  await shop.close();
  process.env.DATABASE_URL = shop.database_url;
  delete process.env.REDIS_URL;
});
afterAll(() => {
  for (const [name, value] of Object.entries(usual)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

let out: string;
beforeEach(() => {
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function etapa(...args: readonly string[]): Promise<void> {
  const program = new Command('etapa').exitOverride();
  addExplain(program);
  await program.parseAsync(['node', 'etapa', 'explain', ...args]);
}

describe('etapa explain', () => {
  it('tells in sections who somebody is, where they stand and why, what they got and what would move them', async () => {
    await etapa('ana');
    const titles = [
      'Who',
      'Stage',
      'Segments',
      'Mood, tone, risk',
      'Cart',
      'Orders',
      'This week',
      'Workflows',
      'Messages',
    ];
    expect(out.split('\n').filter((line) => titles.includes(line))).toEqual(titles);
    expect(out).toMatch(/^Ana, ana@example\.com {2}as of \w{3} \d{4}-/);
    expect(out).toMatch(/decision {2}since .* \(4 days ago\)/);
    expect(out).toMatch(/✔ product_added happened once within 10 days {2}until .* \(in 8 days\)/);
    expect(out).toMatch(/✖ experience\n\s+✖ orders\.count is 0 \(asked: at least 1\)/);
    expect(out).toMatch(/with nothing new it moves to awareness, .* \(in 8 days\)/);
    expect(out).toMatch(/mood upset {2}until .*\n.*because complaint_opened happened once within 14 days/);
    expect(out).toMatch(/This week\n {2}sent: 1\n.*reminder {2}Hello Ana from reminder\n/);
    expect(out).toMatch(/reminder {2}sent {2}reminding #1\n.*Hello Ana from reminder\n.*tone plain: /);
    expect(out).toMatch(
      /reminding #1\n.*began .*: product_added happened\n.*ended .*: walked to an end, reminded/,
    );
  });

  it('answers in Spanish', async () => {
    await etapa('ana', '--language', 'es', '--why-not', 'reminder');
    expect(out).toMatch(/^Por qué no reminder$/m);
    expect(out).toMatch(
      /reminding: ocurrió product_added, pero no empezó ningún recorrido: puede volver a entrar/,
    );
    expect(out).toMatch(/decision {2}desde \p{L}{3} .* \(hace \d días\)/u);
    expect(out).toMatch(/porque Alguien está molesto: el ánimo es upset/);
  });

  it('first of all tells why not, newest first, with when and until when', async () => {
    await etapa('ana@example.com', '--why-not', 'reminder');
    const lines = out
      .slice(out.indexOf('Why not'), out.indexOf('\nWho'))
      .split('\n')
      .filter((line) => /[✔•]/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/✔ reminding: it was sent .* \(4 days ago\)$/),
      expect.stringMatching(
        /• reminding: product_added happened, but no run began: may come in again only 7 days after.* until .* \(in 4 days\)$/,
      ),
      expect.stringMatching(/• reminding: run 1 ended, at an end of its steps: reminded/),
      expect.stringMatching(
        /• if a step sent it at this moment, it would be held back: promotions are held back while mood is upset/,
      ),
    ]);
  });

  it('tells of an earlier day to its end, or of a minute, by the clock of the contact', async () => {
    await etapa('ana', '--at', dayOf(START + 2 * DAY));
    expect(out).toMatch(/^Ana, .*23:59 \(\d days ago\)$/m);
    expect(out).toContain('as recorded then');
    expect(out).toContain('mood upset');
    out = '';
    await etapa('ana', '--at', clockWords(START + 10 * MINUTE, ZONE, 'en').slice(4), '--json');
    const told = JSON.parse(out) as Record<string, unknown>;
    expect(told).toMatchObject({
      is_past: true,
      mood: { is: 'at_ease' },
      messages: [],
      runs: [
        {
          workflow: 'reminding',
          stands: { step: '', says: { en: 'was inside; at which step is not recorded' } },
        },
      ],
      stage: { stage: 'decision', since: new Date(START + MINUTE).toISOString() },
      who: { fields: { first_name: { value: 'Ana', at: new Date(START).toISOString() } } },
    });
  });

  it('of a day that is not over tells up to now', async () => {
    await etapa('ana', '--at', dayOf(Date.now()));
    expect(out).not.toContain('as recorded then');
  });

  it('says what to do where nobody is known so, or the time is none', async () => {
    await expect(etapa('anna')).rejects.toMatchObject({
      message: 'Nobody is known as "anna".',
      details: [expect.stringContaining('by its e-mail address') as string],
    });
    await expect(etapa('ana', '--at', 'yesterday')).rejects.toThrow(
      /"yesterday" is not a moment; write it like/,
    );
    await expect(etapa('ana', '--at', '2026-02-30')).rejects.toThrow(/is not a moment/);
    await expect(etapa('ana', '--at', '2199-01-01')).rejects.toThrow(/has yet to come; "etapa simulate"/);
    await expect(etapa('ana', '--why-not', 'remindr')).rejects.toThrow(/did you mean "reminder"\?/);
  });
});

describe('moments', () => {
  it('are read and written by the clock of a zone', () => {
    const when = at('2026-11-20T16:30Z');
    expect(readMoment('2026-11-20 10:30', ZONE)).toBe(when);
    expect(readMoment('2026-11-20', ZONE)).toBe(at('2026-11-21T06:00Z') - 1);
    expect(readMoment('2026-11-20 24:00', ZONE)).toBeUndefined();
    expect(clockWords(when, ZONE, 'en')).toBe('Fri 2026-11-20 10:30');
    expect(clockWords(when, 'Europe/Madrid', 'es')).toBe('vie 2026-11-20 17:30');
  });

  it.each([
    [0, 'now', 'ahora'],
    [30_000, 'now', 'ahora'],
    [-3 * HOUR, '3 hours ago', 'hace 3 horas'],
    [2 * DAY + HOUR, 'in 2 days', 'pasado mañana'],
    [40 * DAY, 'next month', 'el próximo mes'],
  ])('lie %d ms away', (distance, en, es) => {
    expect([distanceWords(distance, 0, 'en'), distanceWords(distance, 0, 'es')]).toEqual([en, es]);
  });
});
