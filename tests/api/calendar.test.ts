/** A year with its hours, notices and campaigns, and what will be sent, by the API on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CalendarYear } from '../../src/api/calendar/shapes.ts';
import type { Forecast } from '../../src/api/forecast/shapes.ts';
import { openServer } from '../../src/api/server.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { askingWith } from '../support/asking.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const BASE = projectFiles();
const FILES = projectFiles({
  'etapa.yaml': `${BASE['etapa.yaml'] ?? ''}jurisdictions: [ES, CO]\n`,
  'workflows/journey/segments.yaml': `version: 1
segments:
  buyers: { title: Buyers, when: { event: order_completed } }
`,
  'workflows/journey/hours.yaml': `version: 1
calendars:
  support:
    title: { en: Support, es: Soporte }
    open: { weekdays: '09:00-14:00, 16:00-19:00', saturday: '10:00-14:00' }
    holidays: { country: ES }
    special_days:
      - { from: 2026-12-24, to: 2026-12-25, hours: '09:00-12:00', name: { en: Christmas, es: Navidad } }
notices:
  - { id: closing, calendar: support, tell: { segment: buyers, template: news, when: 2 days before, at: '10:00' } }
  - id: outage
    tell: { segment: buyers, template: news, when: at once }
    meanwhile: { pause: waiting, hold_back: promotions }
`,
  ...messageFiles('news', 'service'),
  ...messageFiles('first', 'service'),
  ...messageFiles('second', 'service'),
  ...messageFiles('big', 'service'),
  ...messageFiles('small', 'service'),
  'workflows/waiting.yaml': `version: 1
workflow: waiting
purpose: service
enter_when: { event: product_added }
re_enter: always
steps:
  - wait: 1 day
  - send_email: first
  - wait: 1 day
  - branch:
      - { when: { field: cart.value, at_least: 100 }, steps: [{ send_email: big }] }
      - { otherwise: [{ send_email: small }] }
  - wait: 1 day
  - send_email: second
  - wait: 30 days
  - send_email: first
`,
  'workflows/mondays.yaml': `version: 1
workflow: mondays
title: { en: Mondays, es: Lunes }
purpose: service
enter_when: { every: monday 10:00 }
steps: [{ send_email: news }]
`,
  'workflows/birthday.yaml': `version: 1
workflow: birthday
purpose: service
enter_when: { date: birthday, every: year, offset: 3 days before, at: '09:00' }
steps: [{ send_email: news }]
`,
});

let engine: Engine;
let server: FastifyInstance;
let key: string;
const ask = askingWith(
  () => server,
  () => key,
);

beforeAll(async () => {
  engine = await openEngine({ files: FILES });
  key = (await createWriteKey(engine.app.db, 'Console', 'api')).key;
  server = await openServer(engine.app);
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

async function yearOf(year: number): Promise<CalendarYear> {
  const { status, body } = await ask('GET', `/v1/calendar?year=${year}`);
  expect(status).toBe(200);
  return body as CalendarYear;
}

describe('a year', () => {
  it('has the hours of each weekday, public holidays with their names, and special days that win over them', async () => {
    const { calendars, zone } = await yearOf(2026);
    const [support] = calendars;
    expect(zone).toBe('Europe/Madrid');
    expect(support).toMatchObject({ id: 'support', title: { es: 'Soporte' }, country: 'ES' });
    expect(support?.week[0]).toEqual([
      { from: '09:00', to: '14:00' },
      { from: '16:00', to: '19:00' },
    ]);
    expect(support?.week[6]).toEqual([]);
    const on = (date: string) => support?.exceptions.find((one) => one.date === date);
    expect(on('2026-01-06')).toMatchObject({ kind: 'holiday', name: { en: 'Epiphany' }, hours: [] });
    expect(on('2026-12-25')).toEqual({
      ...{ date: '2026-12-25', kind: 'special', name: { en: 'Christmas', es: 'Navidad' } },
      hours: [{ from: '09:00', to: '12:00' }],
    });
    expect(support?.exceptions.every(({ date }) => date.startsWith('2026-'))).toBe(true);
  });

  it('has the notices: when they are on and told, whom, and what rests meanwhile', async () => {
    const { notices } = await yearOf(2026);
    const closing = notices.find(({ id }) => id === 'closing');
    expect(closing).toMatchObject({
      calendar: 'support',
      can_be_begun: false,
      tell: { segment: 'buyers', message: 'news', when: { en: '2 days before', es: '2 días antes' } },
    });
    expect(closing?.occurrences).toContainEqual({
      from: '2026-12-23T23:00:00.000Z',
      to: '2026-12-25T23:00:00.000Z',
      told_at: '2026-12-22T09:00:00.000Z',
      name: { en: 'Christmas', es: 'Navidad' },
    });
    expect(notices.find(({ id }) => id === 'outage')).toMatchObject({
      ...{ can_be_begun: true, pause: ['waiting'], hold_back: ['promotions'], occurrences: [], is_on: false },
    });
  });

  it('has what the calendar starts: the times of schedules, and the field of dates', async () => {
    const { campaigns } = await yearOf(2026);
    const mondays = campaigns.find(({ workflow }) => workflow === 'mondays');
    expect(mondays?.times).toHaveLength(52);
    expect(mondays?.times[0]).toBe('2026-01-05T09:00:00.000Z');
    expect(mondays?.when).toEqual({ en: 'every Monday at 10:00', es: 'cada lunes a las 10:00' });
    expect(campaigns.find(({ workflow }) => workflow === 'birthday')).toMatchObject({
      date_field: 'birthday',
      times: [],
      when: { en: '3 days before the date "birthday" of each person, every year, at 09:00' },
    });
  });

  it('has the hours in which promotions may go, by jurisdiction', async () => {
    const { quiet_hours } = await yearOf(2026);
    expect(quiet_hours.map(({ code }) => code)).toEqual(['ES', 'CO']);
    expect(quiet_hours[1]?.week[6]).toEqual([]);
    expect(quiet_hours[1]?.exceptions).toContainEqual(
      expect.objectContaining({ date: '2026-07-20', kind: 'holiday' }) as object,
    );
  });

  it('is a year', async () => {
    expect((await ask('GET', '/v1/calendar?year=soon')).status).toBe(422);
  });
});

const DAY = 24 * 60 * 60 * 1000;

describe('the forecast', () => {
  it('walks waiting runs on: what is sent if nothing else happens, and what only one way of a branch sends', async () => {
    const when = { at: engine.now() };
    await engine.receive(
      ...['ana', 'leo'].flatMap((user_id) => [
        identified({ user_id }, { email: `${user_id}@example.com` }, when),
        tracked({ user_id }, 'product_added', product('shoe', 60), when),
      ]),
    );
    await engine.settle();
    const { body } = await ask('GET', '/v1/forecast?days=7');
    const { messages, days, counted, scheduled } = body as Forecast;
    expect(counted).toEqual({ share: 1, more_messages: false });
    expect(
      messages.map(({ workflow, message, likely, perhaps }) => [workflow, message, likely, perhaps]),
    ).toEqual([
      ['waiting', 'first', 2, 0],
      ['waiting', 'big', 0, 2],
      ['waiting', 'small', 0, 2],
      ['waiting', 'second', 2, 0],
    ]);
    expect(days).toHaveLength(7);
    expect(days.reduce((sum, { likely }) => sum + likely, 0)).toBe(4);
    expect(scheduled).toHaveLength(1);
    expect(scheduled[0]).toMatchObject({ workflow: 'mondays', title: { es: 'Lunes' } });
  });

  it('counts messages that are owed, and what is left to send once a day has passed', async () => {
    engine.pass(DAY + 60_000);
    await engine.settle();
    const { body } = await ask('GET', '/v1/forecast?days=7');
    const { messages } = body as Forecast;
    expect(messages.filter(({ message }) => message === 'first')).toMatchObject([
      { workflow: 'waiting', likely: 2, perhaps: 0 },
    ]);
  });

  it('is for at most a month', async () => {
    expect((await ask('GET', '/v1/forecast?days=60')).status).toBe(422);
  });
});

describe('whom a notice reaches', () => {
  it('is counted: the people of its segment, and the runs that would wait', async () => {
    const bought = tracked({ user_id: 'ana' }, 'order_completed', { order_id: 'o1' }, { at: engine.now() });
    await engine.receive(bought);
    await engine.settle();
    expect(await ask('GET', '/v1/notices/outage/reach')).toEqual({
      status: 200,
      body: {
        told: { segment: 'buyers', people: 1 },
        paused: [{ workflow: 'waiting', runs: 2 }],
        counted_to: 100_000,
      },
    });
    expect((await ask('GET', '/v1/notices/nothing/reach')).status).toBe(404);
  });
});
