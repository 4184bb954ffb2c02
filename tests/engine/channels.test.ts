/** One workflow that writes to one contact by several channels, each with a real receiver. */
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { backends } from '../support/database.ts';
import { messageFiles, projectFiles, textFiles } from '../support/projects.ts';
import { startScriptedHttp, type HttpAnswer, type ScriptedHttp } from '../support/scripted-http.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { identified, tracked } from '../support/traffic.ts';

/** A Monday. */
const START = at('2026-03-02T12:00');
const TEXT = { en: '{{greeting}} it is on its way.', es: '{{greeting}} va en camino.' };

const FILES = projectFiles({
  'workflows/journey/tone.yaml': `version: 1
tones:
  plain: { greeting: { en: "Hi {{first_name}},", es: "Hola, {{first_name}}:" } }
  brief: { greeting: { en: "{{first_name}}:", es: "{{first_name}}:" } }
rules:
  - { name: Short channels, channel: [sms, chat], use: brief }
  - otherwise: plain
`,
  ...messageFiles('by_mail', 'service'),
  ...textFiles('by_phone', 'sms', 'service', TEXT),
  ...textFiles('in_chat', 'chat', 'service', TEXT),
  ...textFiles('by_us', 'webhook', 'service', TEXT),
  'workflows/telling.yaml': `version: 1
workflow: telling
purpose: service
enter_when: { event: order_shipped }
re_enter: always
steps:
  - send_email: by_mail
  - send_sms: by_phone
  - send_chat: in_chat
  - send_webhook: by_us
`,
});

describe.each(backends())('over %s', (backend) => {
  interface World {
    readonly test: TestApp;
    readonly smtp: ScriptedSmtp;
    readonly provider: ScriptedHttp;
    readonly system: ScriptedHttp;
  }

  async function open(answer: () => HttpAnswer = () => ({ status: 202 })): Promise<World> {
    const smtp = await startScriptedSmtp();
    const provider = await startScriptedHttp(answer);
    const system = await startScriptedHttp();
    const test = await openTestApp({
      ...{ files: FILES, backend, start: START },
      overrides: {
        smtp_url: smtp.url,
        sms: { url: provider.origin, from: 'Lumbre' },
        message_webhook_url: system.origin,
        webhooks: { may_reach: ['127.0.0.1'], secrets: {} },
      },
    });
    onTestFinished(async () => {
      await test.close();
      for (const server of [smtp, provider, system]) await server.stop();
    });
    return { test, smtp, provider, system };
  }

  const ana = { user_id: 'ana' };
  const known = identified(
    ana,
    { email: 'ana@example.com', phone: '0034 600-111-222', first_name: 'Ana', language: 'es' },
    { at: START },
  );
  const shipped = (hours: number) => tracked(ana, 'order_shipped', {}, { at: START + hours * HOUR });

  /** `sms by_phone sent brief +34600111222`, with why, where it was not sent. */
  async function messages({ app }: TestApp): Promise<string[]> {
    const { rows } = await app.db.execute<{ told: string }>(sql`
      select concat_ws(' ', channel, message, state, tone,
        case when channel in ('email', 'sms') then address end, held_because ->> 'en') as told
      from messages order by owed_at, array_position(array['email', 'sms', 'chat', 'webhook'], channel)`);
    return rows.map(({ told }) => told);
  }

  it('each brings the same contact its own words, in its own tone, once', async () => {
    const { test, smtp, provider, system } = await open();
    await test.live([known, shipped(1)], START + DAY);
    expect(await messages(test)).toEqual([
      'email by_mail sent plain ana@example.com',
      'sms by_phone sent brief +34600111222',
      'chat in_chat sent brief',
      'webhook by_us sent plain',
    ]);
    expect(smtp.accepted.map(({ to }) => to)).toEqual([['RCPT TO:<ana@example.com>']]);
    expect(provider.asked.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { to: '+34600111222', from: 'Lumbre', text: 'Ana: va en camino.', id: expect.any(String) },
    ]);
    expect(system.asked.map(({ body }) => JSON.parse(body) as object)).toEqual([
      expect.objectContaining({
        ...{ type: 'message', message: 'by_us', language: 'es', words: 'Hola, Ana: va en camino.' },
        contact: { id: expect.any(String), user_ids: ['ana'] },
      }),
    ]);
    const stored = await test.app.reader.findContact('ana');
    const inbox = await test.app.chat.page(stored?.contact.id ?? '', null, 10);
    expect(inbox).toMatchObject({
      unread: 1,
      entries: [{ written_by: 'us', text: 'Ana: va en camino.', at: START + HOUR, read_at: null }],
    });
  });

  it('a provider that asks for time gets it, and holds up no other channel', async () => {
    let times = 0;
    const { test, provider } = await open(() =>
      ++times === 1 ? { status: 429, headers: { 'retry-after': '7200' } } : { status: 202 },
    );
    await test.live([known, shipped(1)], START + HOUR + 90 * MINUTE);
    expect(await messages(test)).toEqual([
      'email by_mail sent plain ana@example.com',
      'sms by_phone deferred brief +34600111222',
      'chat in_chat sent brief',
      'webhook by_us sent plain',
    ]);
    await test.live([], START + DAY);
    expect((await messages(test))[1]).toBe('sms by_phone sent brief +34600111222');
    const [first, second] = provider.asked.map(({ headers }) => headers['idempotency-key']);
    expect(second).toBe(first);
  });

  it('a number that is gone is written to no more, however it is spelled, and the mailbox still is', async () => {
    const { test, provider } = await open(() => ({ status: 410 }));
    await test.live([known, shipped(1)], START + DAY);
    const respelled = identified(ana, { phone: '+34 600 11 12 22' }, { at: START + 25 * HOUR });
    await test.live([respelled, shipped(26)], START + 2 * DAY);
    expect((await messages(test)).filter((told) => /^(?:sms|email)/.test(told))).toEqual([
      'email by_mail sent plain ana@example.com',
      expect.stringMatching(
        /^sms by_phone refused brief \+34600111222 the receiver refused it: .* 410 Gone$/,
      ),
      'email by_mail sent plain ana@example.com',
      expect.stringMatching(/^sms by_phone suppressed brief the address is suppressed: .* 410 Gone$/),
    ]);
    expect(provider.asked).toHaveLength(1);
  });
});
