/** The week of a contact as the real engine lived through it: what went out, what was held back, what waits. */
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weekLines } from '../../src/cli/explain/week-lines.ts';
import { clockWords } from '../../src/cli/explain/times.ts';
import { explain, type Explanation } from '../../src/engine/explain.ts';
import type { ReceivedEvent } from '../../src/engine/ports.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR } from '../support/build.ts';
import { projectFiles } from '../support/projects.ts';
import { SHOP_FILES } from '../support/shop.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const ZONE = 'America/Bogota';
/** A Monday at 10:00 in Bogotá, where promotions may go from 7 to 19 on working days. */
const START = at('2026-11-16T15:00Z');
/** The Tuesday after next, at 20:00 there. */
const END = START + 8 * DAY + 10 * HOUR;

const WEEK_FILES = {
  ...SHOP_FILES,
  'etapa.yaml': `${projectFiles()['etapa.yaml'] ?? ''}jurisdictions: [CO]
limits:
  promotions: { messages: 3, per: 7 days }
  any: { messages: 3, per: 1 day }
`,
};

const who = { user_id: 'ana' };
const adds = (later: number): ReceivedEvent =>
  tracked(who, 'product_added', product('shoe', 20), { at: START + later });
const orders = (later: number): ReceivedEvent =>
  tracked(who, 'order_completed', { order_id: `o-${later}`, total: 20 }, { at: START + later });

const HISTORY = [
  identified(
    who,
    { email: 'ana@example.com', language: 'en', time_zone: ZONE, consent: ['email'] },
    { at: START },
  ),
  // One that is older than a week at the end, two more, and a fourth that is too many.
  adds(HOUR),
  adds(2 * DAY),
  adds(3 * DAY),
  adds(4 * DAY),
  orders(4 * DAY + HOUR),
  // In the evening there is room again, and nobody may be disturbed.
  adds(8 * DAY + 9.5 * HOUR),
];

let shop: TestApp;
let told: Explanation;

beforeAll(async () => {
  shop = await openTestApp({ files: WEEK_FILES, backend: 'postgres', start: START - HOUR });
  await shop.live(HISTORY, END);
  const { reader, live } = shop.app;
  const stored = await reader.findContact('ana');
  if (!stored) throw new Error('nobody');
  told = await explain(reader, live(), stored, { now: END });
});
afterAll(() => shop.close());

describe('the week', () => {
  it('holds what was sent, held back with the reason, and what waits, of the last seven days', () => {
    const { week, messages } = told;
    expect(week.since).toBe(END - 7 * DAY);
    expect(messages).toHaveLength(6);
    expect(week.sent.map(({ message, sent_at }) => [message, sent_at])).toEqual([
      ['offer', START + 2 * DAY],
      ['offer', START + 3 * DAY],
      ['receipt', START + 4 * DAY + HOUR],
    ]);
    expect(week.held_back.map(({ held_because }) => held_because?.en)).toEqual([
      'already 3 promotions within 7 days',
    ]);
    expect(week.failed).toEqual([]);
    // On Wednesday at 7 in Bogotá.
    expect(week.waiting).toMatchObject([{ message: 'offer', due_at: at('2026-11-25T12:00Z') }]);
  });

  it('counts against each limit, and tells from when on there is room', () => {
    expect(told.week.limits).toMatchObject([
      { counts: 'promotions', messages: 3, used: 3, free_at: START + 9 * DAY },
      { counts: 'any', messages: 3, used: 1, free_at: null },
    ]);
  });

  it('is told in both languages', () => {
    const lines = (language: 'en' | 'es'): string[] =>
      weekLines(told.week, language, (when) => clockWords(when, ZONE, language)).map(
        stripVTControlCharacters,
      );
    expect(lines('en')).toEqual([
      'promotions 3 of 3 within 7 days  the next one may go from Wed 2026-11-25 10:00',
      'messages 1 of 3 within 1 day',
      'sent: 3',
      expect.stringMatching(/^ {2}Fri 2026-11-20 11:00 {2}receipt/),
      expect.stringMatching(/^ {2}Thu 2026-11-19 10:00 {2}offer/),
      expect.stringMatching(/^ {2}Wed 2026-11-18 10:00 {2}offer/),
      'held back: 1',
      '  Fri 2026-11-20 10:00  offer',
      '    because already 3 promotions within 7 days',
      'waiting: 1',
      expect.stringMatching(/offer {2}not before Wed 2026-11-25 07:00$/),
      expect.stringMatching(/^ {4}because .*Colombia/),
    ]);
    expect(lines('es')).toContain('retenido: 1');
    expect(lines('es')[0]).toMatch(/^promociones 3 de 3 en 7 días {2}la siguiente puede ir desde/);
  });
});
