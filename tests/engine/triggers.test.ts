/** What starts workflows, through the whole engine under a clock that is moved: dates, schedules, hands, and moves. */
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { WORKFLOW_STARTED } from '../../src/core/workflows/step.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import type { ReceivedEvent } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { backends } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, product, tracked } from '../support/traffic.ts';

/** A Monday. */
const START = at('2026-03-02T12:00');

function workflow(id: string, keys: string, steps: string): ProjectFiles {
  return {
    [`workflows/${id}.yaml`]: `version: 1\nworkflow: ${id}\npurpose: service\n${keys}\nsteps:\n${steps}`,
  };
}

const HELLO = '  - send_email: hello\n';
const greeting = (keys: string): ProjectFiles => ({
  ...messageFiles('hello', 'service'),
  ...workflow('greeting', keys, HELLO),
});

function person(user_id: string, traits: JsonObject = {}, hours = 0): ReceivedEvent {
  const email = `${user_id}@shop.example`;
  return identified({ user_id }, { email, first_name: user_id, ...traits }, { at: START + hours * HOUR });
}

function does(user_id: string, name: string, hours: number, properties: JsonObject = {}): ReceivedEvent {
  return tracked({ user_id }, name, properties, { at: START + hours * HOUR });
}

/** `2026-03-10T08:00 ana`, by when they left. */
async function sent({ app }: TestApp): Promise<readonly string[]> {
  const { rows } = await app.db.execute<{ at: string; who: string }>(sql`
    select to_char(m.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as at, i.value as who
    from messages m join identities i using (contact_id) where i.kind = 'user' and m.state = 'sent' order by 1, 2`);
  return rows.map(({ at: when, who }) => `${when} ${who}`);
}

describe.each(backends())('over %s', (backend) => {
  async function open(files: ProjectFiles): Promise<TestApp> {
    const test = await openTestApp({ files: projectFiles(files), backend, start: START });
    onTestFinished(() => test.close());
    return test;
  }

  const BIRTHDAYS = greeting('enter_when: { date: birthday, every: year }');
  const PEOPLE = [
    person('ana', { birthday: '1990-03-10', time_zone: 'Europe/Madrid' }),
    person('eva', { birthday: '1985-03-10', time_zone: 'America/Mexico_City' }),
    person('leap', { birthday: '2000-02-29', time_zone: 'Europe/Madrid' }),
    person('none', { time_zone: 'Europe/Madrid' }),
  ];
  const WISHED = [
    '2026-03-10T08:00 ana',
    '2026-03-10T15:00 eva',
    '2027-02-28T08:00 leap',
    '2027-03-10T08:00 ana',
    '2027-03-10T15:00 eva',
  ];

  it.each([
    ['a quarter of a day', 6 * HOUR],
    ['a month', 30 * DAY],
    ['all at once', 2000 * DAY],
  ])('a birthday starts at nine where the contact is, by steps of %s', async (_, step) => {
    const test = await open(BIRTHDAYS);
    await test.live(PEOPLE, START + 400 * DAY, step);
    expect(await sent(test)).toEqual(WISHED);
    const { rows } = await test.app.db.execute(
      sql`select distinct number, because ->> 'en' as because, event from runs`,
    );
    expect(rows.toSorted((a, b) => Number(a.number) - Number(b.number))).toEqual([
      { number: 1, because: 'its time has come', event: null },
      { number: 2, because: 'its time has come', event: null },
    ]);
  });

  it('a birthday that is told later, or changes, counts from then on', async () => {
    const test = await open(BIRTHDAYS);
    const events = [
      person('late'),
      person('late', { birthday: '1990-03-20' }, 100),
      person('moved', { birthday: '1990-03-15' }),
      person('moved', { birthday: '1990-03-25' }, 200),
      // Told in the evening of the very day: nine o’clock was that morning, whoever looked in at noon.
      person('evening'),
      person('evening', { birthday: '1990-03-05' }, 80),
      person('noon'),
      does('noon', 'page_viewed', 72),
      person('noon', { birthday: '1990-03-05' }, 80),
    ];
    await test.live(events, START + 60 * DAY);
    expect(await sent(test)).toEqual(['2026-03-20T08:00 late', '2026-03-25T08:00 moved']);
  });

  it('a schedule starts everybody each week, by her clock or by the one of the brand', async () => {
    const people = [
      person('ana', { time_zone: 'Europe/Madrid' }),
      person('eva', { time_zone: 'America/Mexico_City' }),
    ];
    const own = await open(greeting('enter_when: { every: monday 10:00 }'));
    await own.live(people, START + 15 * DAY);
    expect(await sent(own)).toEqual([
      '2026-03-02T16:00 eva',
      '2026-03-09T09:00 ana',
      '2026-03-09T16:00 eva',
      '2026-03-16T09:00 ana',
      '2026-03-16T16:00 eva',
    ]);
    const brand = await open(greeting('enter_when: { every: monday 10:00, zone: brand }'));
    await brand.live(people, START + 8 * DAY);
    expect(await sent(brand)).toEqual(['2026-03-09T09:00 ana', '2026-03-09T09:00 eva']);
  });

  it('a schedule asks at each moment who may come in, and lets nobody in twice at a time', async () => {
    const test = await open({
      ...messageFiles('hello', 'service'),
      ...workflow(
        'greeting',
        'enter_when: { every: day 10:00 }\nonly_if: { field: plan, is: club }',
        `  - wait: 36 hours\n${HELLO}`,
      ),
    });
    await test.live([person('ana', { plan: 'club' }), person('ben')], START + 5 * DAY);
    // Begun on the 3rd and the 5th; on the 4th it was still on its way.
    expect(await sent(test)).toEqual(['2026-03-04T21:00 ana', '2026-03-06T21:00 ana']);
  });

  it('a hand starts what was written for it, with words for this start', async () => {
    const test = await open({
      ...messageFiles('hello', 'service'),
      'templates/hello/email.en.mjml':
        '<mj-section><mj-column><mj-text>Your code is {{event.code}}.</mj-text></mj-column></mj-section>',
      'templates/hello/email.es.mjml':
        '<mj-section><mj-column><mj-text>Tu código es {{event.code}}.</mj-text></mj-column></mj-section>',
      ...workflow('greeting', 'enter_when: manual\nre_enter: { after: 2 days }', HELLO),
    });
    const start = (user_id: string, hours: number, id: string, data: JsonObject): ReceivedEvent =>
      does(user_id, WORKFLOW_STARTED, hours, { workflow: id, data });
    await test.live(
      [
        person('ana'),
        start('ana', 1, 'greeting', { code: 'FIRST' }),
        start('ana', 5, 'greeting', { code: 'TOO-SOON' }),
        start('ana', 50, 'greeting', { code: 'SECOND' }),
        start('ana', 60, 'unknown', { code: 'NOWHERE' }),
      ],
      START + 5 * DAY,
    );
    expect(await sent(test)).toEqual(['2026-03-02T13:00 ana', '2026-03-04T14:00 ana']);
    const words = test.parcels.map(({ text }) => /code is (\S+)\./.exec(text)?.[1]);
    expect(words).toEqual(['FIRST', 'SECOND']);
  });

  it('a hand starts at once in a process that is at work', async () => {
    const test = await openTestApp({
      files: projectFiles(greeting('enter_when: manual')),
      backend,
      start: START,
      roles: ['engine', 'sender', 'chores'],
      overrides: { clock: databaseClock },
    });
    onTestFinished(() => test.close());
    const now = Date.now();
    await test.app.receiver.receive([
      identified({ user_id: 'ana' }, { email: 'ana@shop.example', first_name: 'Ana' }, { at: now - MINUTE }),
      tracked({ user_id: 'ana' }, WORKFLOW_STARTED, { workflow: 'greeting', data: {} }, { at: now }),
    ]);
    await expect
      .poll(() => test.parcels.map(({ to }) => to), { timeout: 20_000 })
      .toEqual(['ana@shop.example']);
  });

  it('one workflow starts another, and moves of stages and segments start more', async () => {
    const test = await open({
      ...messageFiles('hello', 'service'),
      ...messageFiles('follow_up', 'service'),
      'workflows/journey/segments.yaml': `version: 1
segments:
  warm: { title: Warm, when: { field: cart.value, at_least: 50 } }
`,
      ...workflow(
        'on_stage',
        'enter_when: { enters_stage: decision }',
        '  - wait: 3 hours\n  - start_workflow: second\n    with: { from: stage }\n',
      ),
      ...workflow('second', 'enter_when: manual', '  - send_email: follow_up\n'),
      ...workflow('on_segment', 'enter_when: { leaves_segment: warm }', HELLO),
    });
    await test.live(
      [
        person('ana'),
        does('ana', 'product_added', 1, product('shoe', 60)),
        does('ana', 'order_completed', 20, { order_id: 'o', revenue: 60, products: [product('shoe', 60)] }),
      ],
      START + 3 * DAY,
    );
    const { rows } = await test.app.db.execute(sql`
      select message, to_char(owed_at at time zone 'UTC', 'DD HH24:MI') as at, event from messages order by owed_at`);
    expect(rows).toEqual([
      { message: 'follow_up', at: '02 16:00', event: { from: 'stage' } },
      { message: 'hello', at: '03 08:00', event: {} },
    ]);
  });

  it('each order has a run of its own, side by side', async () => {
    const test = await open({
      ...messageFiles('hello', 'service'),
      ...workflow(
        'greeting',
        'enter_when: { event: shipped }\nre_enter: { per: order_id }',
        `  - wait: 1 day\n${HELLO}`,
      ),
    });
    const ship = (hours: number, order_id: string) => does('ana', 'shipped', hours, { order_id });
    await test.live(
      [person('ana'), ship(1, 'a'), ship(2, 'b'), ship(3, 'a'), ship(40, 'b')],
      START + 5 * DAY,
    );
    expect(await sent(test)).toEqual(['2026-03-03T13:00 ana', '2026-03-03T14:00 ana']);
    const { rows } = await test.app.db.execute(sql`select key, number from runs order by number`);
    expect(rows).toEqual([
      { key: 'a', number: 1 },
      { key: 'b', number: 2 },
    ]);
  });
});
