/** Notices through the whole engine under a clock that is moved: their words, what rests meanwhile, and commands. */
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp, type App } from '../../src/app.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR } from '../support/build.ts';
import { backends, queueOn } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

const START = at('2026-12-14T12:00');

const told = (language: string): string =>
  `<mj-section><mj-column><mj-text>${language}: {{notice.text}} ({{notice.name}})</mj-text></mj-column></mj-section>\n`;

const FILES: ProjectFiles = projectFiles({
  ...messageFiles('told', 'service'),
  'templates/told/message.yaml': `version: 1
message: told
purpose: service
subject: { plain: '{{notice.date}}: {{notice.hours}}, {{notice.next_open}}' }
`,
  'templates/told/email.en.mjml': told('en'),
  'templates/told/email.es.mjml': told('es'),
  ...messageFiles('failure', 'service'),
  ...messageFiles('tip', 'service'),
  ...messageFiles('offer', 'promotion'),
  'workflows/journey/segments.yaml':
    'version: 1\nsegments:\n  buyers: { when: { event: order_completed, within: 60 days } }\n',
  'workflows/tips.yaml': `version: 1
workflow: tips
purpose: service
enter_when: { event: page_viewed }
steps:
  - wait: 1 hour
  - send_email: tip
`,
  'workflows/offers.yaml': `version: 1
workflow: offers
purpose: promotion
enter_when: { event: searched }
steps:
  - send_email: offer
`,
  'workflows/journey/hours.yaml': `version: 1
calendars:
  support:
    title: Support
    open: { weekdays: '09:00-14:00' }
    special_days:
      - { from: 2026-12-24, to: 2026-12-25, hours: closed, name: { en: Christmas, es: Navidad } }
notices:
  - id: holiday_hours
    calendar: support
    tell: { segment: buyers, template: told, when: 3 days before, at: '10:00' }
    show_in: email_footer
    show_from: 7 days before
    text: { en: 'Support is {{hours}} on {{date}}.', es: 'El {{date}}, {{hours}}.' }
  - id: outage
    tell: { segment: buyers, template: failure, when: at once }
    meanwhile: { pause: tips, hold_back: promotions }
`,
});

const person = (user_id: string, language: string) => [
  identified(
    { user_id },
    { email: `${user_id}@shop.example`, first_name: user_id, language, consent: ['email'] },
    { at: START },
  ),
  tracked({ user_id }, 'order_completed', { order_id: user_id, total: 5 }, { at: START }),
];

async function states({ app }: TestApp): Promise<readonly string[]> {
  const { rows } = await app.db.execute<{ line: string }>(sql`
    select message || ' ' || state || coalesce(' ' || (held_because ->> 'en'), '') as line
    from messages order by owed_at, message`);
  return rows.map(({ line }) => line);
}

describe.each(backends())('over %s', (backend) => {
  async function open(): Promise<TestApp> {
    const test = await openTestApp({ files: FILES, backend, start: START });
    onTestFinished(() => test.close());
    return test;
  }

  it('tells holiday hours in the language of each, and shows them in every foot from a week before', async () => {
    const test = await open();
    await test.live([...person('ana', 'es'), ...person('bob', 'en')], START + HOUR);
    await test.live(
      [tracked({ user_id: 'bob' }, 'page_viewed', {}, { at: START + 3 * DAY })],
      START + 12 * DAY,
    );
    await test.live(
      [tracked({ user_id: 'ana' }, 'searched', {}, { at: START + 14 * DAY })],
      START + 15 * DAY,
    );
    const mails = test.parcels.map(
      ({ to, subject, text }) => [to, subject, text.replaceAll(/\s+/g, ' ')] as const,
    );
    expect(mails.map(([to, subject]) => `${to} ${subject}`).toSorted()).toEqual([
      'ana@shop.example 24–25 de diciembre: cerrado, lunes 28 de diciembre a las 09:00',
      'ana@shop.example Hola ana de offer',
      'bob@shop.example 24–25 December: closed, Monday 28 December at 09:00',
      'bob@shop.example Hello bob from tip',
    ]);
    const textOf = (words: string): string => mails.find(([, subject]) => subject.includes(words))?.[2] ?? '';
    expect(textOf('cerrado')).toContain('es: El 24–25 de diciembre, cerrado. (Navidad)');
    expect(textOf('closed')).toContain('en: Support is closed on 24–25 December. (Christmas)');
    expect(textOf('from tip')).toContain('Support is closed on 24–25 December. Test shop');
    expect(textOf('de offer')).not.toContain('diciembre');
  });

  it('a command begins an incident, in every process, and another ends it', async () => {
    const test = await open();
    await test.live([...person('ana', 'es')], START + HOUR);
    expect(await test.app.notices.start('outage', null, 'test')).toMatchObject({ is_on: true, to: null });
    const other = await anotherProcess(test, backend);
    expect(other.live().project.rules).toBe(test.app.live().project.rules);
    await test.live(
      [
        tracked({ user_id: 'ana' }, 'page_viewed', {}, { at: START + HOUR + 1000 }),
        tracked({ user_id: 'ana' }, 'searched', {}, { at: START + HOUR + 2000 }),
      ],
      START + DAY,
    );
    const meanwhile = ['failure sent', 'offer suppressed held back while the notice outage is on'];
    expect(await states(test)).toEqual(meanwhile);
    expect(await other.notices.end('outage', 'test')).toMatchObject({ is_on: false });
    await test.app.refresh();
    expect(test.app.live().project.rules).toBe(other.live().project.rules);
    await test.live([], START + DAY + 1000);
    expect(await states(test)).toEqual([...meanwhile, 'tip sent']);
  });

  it('what tells an incident does not leave once that is over', async () => {
    const test = await open();
    await test.live([...person('ana', 'es')], START + HOUR);
    await test.app.notices.start('outage', null, 'test');
    await test.app.db.execute(sql`update contacts set next_due_at = now() + interval '1 year'`);
    await test.app.db.execute(sql`
      insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at, stage, tone, formality, because, language, event)
      select gen_random_uuid(), id, 'notice:outage', 9, '1', 1, 'failure', 'email', 'service', 'owed', to_timestamp(${(START + 2 * HOUR) / 1000}),
        to_timestamp(${(START + 2 * HOUR) / 1000}), stage, 'plain', '{}', '{}', 'es', jsonb_build_object('notice', 'outage', 'occurrence', '2026-12-01')
      from contacts`);
    await test.live([], START + 3 * HOUR);
    expect(await states(test)).toContain('failure suppressed the notice outage is over');
  });
});

async function anotherProcess({ database_url, clock }: TestApp, backend: 'postgres' | 'redis'): Promise<App> {
  const app = await openApp({
    ...{ database_url, queue: queueOn(backend, database_url), public_url: 'http://localhost:8686', clock },
    onError(error) {
      throw error;
    },
  });
  onTestFinished(() => app.close());
  return app;
}
