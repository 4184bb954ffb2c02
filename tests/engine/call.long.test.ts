/** What runs tell the outside: other systems by HTTP, the shop's own people by e-mail; on the real engine. */
import { sql } from 'drizzle-orm';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { openApp, type App, type AppOptions, type Role } from '../../src/app.ts';
import type { CallMark, Parcel } from '../../src/engine/ports.ts';
import { openTestApp } from '../support/app.ts';
import { closedAfterEach } from '../support/closing.ts';
import { backends, queueOn } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import {
  json,
  startScriptedHttp,
  type HttpAnswer,
  type HttpAsked,
  type ScriptedHttp,
} from '../support/scripted-http.ts';
import {
  startScriptedSmtp,
  type ScriptedSmtp,
  type SmtpAnswer,
  type SmtpMoment,
} from '../support/scripted-smtp.ts';
import { aliased, identified, product, tracked } from '../support/traffic.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const closing = closedAfterEach();

async function serve(answer?: (asked: HttpAsked) => HttpAnswer | Promise<HttpAnswer>): Promise<ScriptedHttp> {
  const server = await startScriptedHttp(answer);
  closing.push(() => server.stop());
  return server;
}

async function mailServer(answer?: (moment: SmtpMoment) => SmtpAnswer): Promise<ScriptedSmtp> {
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  return smtp;
}

/** A workflow that begins when something is put into the cart. */
function workflow(id: string, steps: string, more = ''): Record<string, string> {
  return {
    [`workflows/${id}.yaml`]: `version: 1
workflow: ${id}
purpose: service
enter_when: { event: product_added }
re_enter: always
${more}steps:
${steps}`,
  };
}

interface Caller {
  readonly app: App;
  readonly database_url: string;
  readonly marks: readonly CallMark[];
  readonly errors: readonly unknown[];
  readonly parcels: readonly Parcel[];
  /** Makes somebody known and puts something into the cart. */
  enter(...users: readonly string[]): Promise<void>;
  pass(milliseconds: number): void;
  calls(): Promise<CallRow[]>;
  runs(): Promise<Record<string, unknown>[]>;
}

type CallRow = {
  id: string;
  state: string;
  attempts: number;
  response: string | null;
  claimed: boolean;
  /** Seconds. */
  due_in: number;
};

interface Opening {
  readonly backend?: 'postgres' | 'redis';
  readonly files: Record<string, string>;
  readonly roles?: readonly Role[];
  readonly overrides?: Partial<AppOptions>;
}

const REACHED = { may_reach: ['127.0.0.1'], secrets: { CRM_TOKEN: 'Bearer 7' } };

async function open({ backend = 'postgres', files, roles, overrides }: Opening): Promise<Caller> {
  const marks: CallMark[] = [];
  const errors: unknown[] = [];
  const { app, clock, database_url, parcels, close } = await openTestApp({
    files: projectFiles(files),
    backend,
    start: 0,
    roles: roles ?? ['engine', 'sender', 'chores'],
    overrides: {
      webhooks: REACHED,
      onCall: (mark) => marks.push(mark),
      onError: (error) => errors.push(error),
      ...overrides,
    },
  });
  closing.push(close);
  clock.run(0);
  let ahead = 0;
  return {
    app,
    database_url,
    marks,
    errors,
    parcels,
    async enter(...users) {
      const known = users.map((user_id) =>
        identified({ user_id }, { email: `${user_id}@example.com`, first_name: `${user_id} "X" <b>` }),
      );
      await app.receiver.receive(known);
      const put = users.map((user_id) => tracked({ user_id }, 'product_added', product('shoe', 20)));
      await app.receiver.receive(put);
    },
    pass(milliseconds) {
      ahead += milliseconds;
      clock.run(ahead);
    },
    async calls() {
      const now = app.clock.at(await app.store.databaseNow());
      const found = await app.db.execute<CallRow>(sql`
        select id, state, attempts, response, claim is not null or lease_until is not null as claimed,
          extract(epoch from due_at - to_timestamp(${now / 1000}))::float8 as due_in
        from calls order by id`);
      return found.rows;
    },
    async runs() {
      const found = await app.db.execute(sql`
        select workflow, step, outcome, ended_because ->> 'en' as because from runs order by workflow, number`);
      return found.rows;
    },
  };
}

const POLL = { interval: 30, timeout: 15_000 };
const states = (caller: Caller) => async (): Promise<string[]> =>
  (await caller.calls()).map(({ state }) => state);

async function fieldOf({ app }: Caller, field: string): Promise<unknown> {
  const found = await app.db.execute<{ value: unknown }>(sql`
    select profile #> ${`{fields,${field},value}`}::text[] as value from contacts where merged_into is null`);
  return found.rows[0]?.value;
}

async function answers({ app }: Caller): Promise<Record<string, unknown>[]> {
  const found = await app.db.execute<{ properties: Record<string, unknown> }>(sql`
    select properties from events where name = 'call:answered' order by occurred_at, id`);
  return found.rows.map(({ properties }) => properties);
}

describe.each(backends())('a webhook over %s', (backend) => {
  it('is called once, and the run goes on with its answer', async () => {
    const crm = await serve(() => json({ level: 7 }));
    const caller = await open({
      backend,
      files: {
        ...messageFiles('warm', 'service'),
        ...messageFiles('cold', 'service'),
        ...workflow(
          'scoring',
          `  - call_webhook: { url: ${crm.origin}/score, save_answer: score, headers: { Authorization: $CRM_TOKEN } }
  - branch:
      - when: { field: score.level, at_least: 5 }
        steps: [{ send_email: warm }]
      - otherwise: [{ send_email: cold }]
`,
        ),
      },
    });
    await caller.enter('ana');
    await expect.poll(() => caller.parcels.length, POLL).toBe(1);
    expect(caller.parcels[0]?.headers['X-Etapa-Template']).toBe('warm');
    expect(await fieldOf(caller, 'score')).toEqual({ level: 7 });
    const [row] = await caller.calls();
    expect(row).toMatchObject({
      state: 'done',
      attempts: 1,
      claimed: false,
      response: `127.0.0.1:${crm.port} answered 200 OK`,
    });
    expect(await answers(caller)).toEqual([
      { workflow: 'scoring', run: 1, step: '1', visit: 1, ok: true, answer: { level: 7 }, failure: '' },
    ]);
    expect(await caller.runs()).toMatchObject([{ outcome: 'completed' }]);
    expect(crm.asked).toHaveLength(1);
    const [asked] = crm.asked;
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer 7', 'webhook-id': row?.id });
    expect(Number(asked?.headers['webhook-timestamp'])).toBeCloseTo(Date.now() / 1000, -2);
    const contact = await caller.app.reader.findContact('ana');
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      id: row?.id,
      workflow: 'scoring',
      run: 1,
      step: '1',
      event: { product_id: 'shoe', name: 'Product shoe', price: 20, quantity: 1 },
      contact: {
        id: contact?.contact.id,
        user_ids: ['ana'],
        fields: { email: 'ana@example.com', first_name: 'ana "X" <b>' },
        stage: 'decision',
        segments: [],
        persona: null,
      },
    });
    expect(caller.errors).toEqual([]);
  });

  it('of two hundred people is called once for each by two processes', async () => {
    const crm = await serve(() => json({ ok: true }));
    const files = workflow('telling', `  - call_webhook: { url: ${crm.origin} }\n`);
    const caller = await open({ backend, files });
    const other = await openApp({
      database_url: caller.database_url,
      queue: queueOn(backend, caller.database_url),
      public_url: 'http://localhost',
      webhooks: REACHED,
      onParcel: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    closing.push(() => other.close());
    other.start(new Set(['engine', 'sender', 'chores']));
    await caller.enter(...Array.from({ length: 200 }, (_, index) => `user-${index}`));
    await expect
      .poll(async () => (await caller.runs()).filter(({ outcome }) => outcome === 'completed').length, POLL)
      .toBe(200);
    expect(new Set(crm.asked.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
    expect(crm.asked).toHaveLength(200);
    expect(new Set(await states(caller)())).toEqual(new Set(['done']));
    expect(await answers(caller)).toHaveLength(200);
  });
});

describe('the body of a webhook', () => {
  it('speaks as messages do in its texts, and is plain everywhere else', async () => {
    const crm = await serve();
    const body = `{ who: "{{first_name}} ({{email}})", worth: "{{money cart.value}}", product: "{{event.product_id}}",
      plain: "a < b", n: 3, deep: { list: ["{{default city 'nowhere'}}", true, null] } }`;
    const caller = await open({
      files: workflow('telling', `  - call_webhook: { url: ${crm.origin}, method: PATCH, body: ${body} }\n`),
    });
    await caller.enter('ana');
    await crm.seen(1);
    expect(crm.asked[0]?.method).toBe('PATCH');
    expect(JSON.parse(crm.asked[0]?.body ?? '')).toEqual({
      who: 'ana "X" <b> (ana@example.com)',
      worth: '€20.00',
      product: 'shoe',
      plain: 'a < b',
      n: 3,
      deep: { list: ['nowhere', true, null] },
    });
  });

  it('whose words cannot be made fails, and nothing is sent', async () => {
    const crm = await serve();
    const caller = await open({
      files: workflow('telling', `  - call_webhook: { url: ${crm.origin}, body: { a: "{{nonsense 1}}" } }\n`),
    });
    await caller.enter('ana');
    await expect.poll(() => caller.runs(), POLL).toMatchObject([{ outcome: 'failed' }]);
    const [row] = await caller.calls();
    expect(row?.state).toBe('failed');
    expect(row?.response).toMatch(/^its words could not be made: .*nonsense/);
    expect(crm.asked).toEqual([]);
  });
});

describe('a webhook that does not do as it should', () => {
  it('is asked again later and later under the same id, and as it asks for, until it answers', async () => {
    const says: HttpAnswer[] = [
      { status: 503 },
      'drop',
      { status: 429, headers: { 'retry-after': '600' } },
      { status: 500 },
      { status: 408, headers: { 'retry-after': '86400' } },
      json({ done: true }),
    ];
    const crm = await serve(({ time }) => says[time - 1] ?? { status: 400 });
    const caller = await open({
      files: workflow(
        'telling',
        `  - call_webhook: { url: ${crm.origin}, save_answer: deal }\n    up_to: 3 hours\n`,
      ),
    });
    await caller.enter('ana');
    // At least what the table says, as the clock has gone on since.
    for (const [tries, seconds] of [
      [1, 10],
      [2, 60],
      [3, 600],
      [4, 15 * 60],
      [5, 60 * 60],
    ] as const) {
      await expect.poll(() => caller.marks.length, POLL).toBe(tries);
      const [row] = await caller.calls();
      expect(row).toMatchObject({ state: 'owed', attempts: tries, claimed: false });
      expect(row?.due_in).toBeGreaterThan(seconds - 5);
      expect(row?.due_in).toBeLessThanOrEqual(seconds);
      expect(await answers(caller)).toEqual([]);
      caller.pass(seconds * 1000);
    }
    await expect.poll(() => caller.runs(), POLL).toMatchObject([{ outcome: 'completed' }]);
    expect(await fieldOf(caller, 'deal')).toEqual({ done: true });
    expect(crm.asked).toHaveLength(6);
    expect(new Set(crm.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('fails when the time for trying is over, in one sentence, and the run takes the other way', async () => {
    const crm = await serve(() => ({ status: 502 }));
    const steps = `  - call_webhook: { url: ${crm.origin} }
    up_to: 90 seconds
    if_failed: [{ update_contact: { crm: away } }]
`;
    const caller = await open({ files: workflow('telling', steps) });
    await caller.enter('ana');
    for (const [tries, wait] of [
      [1, 10_000],
      [2, MINUTE],
    ] as const) {
      await expect.poll(() => caller.marks.length, POLL).toBe(tries);
      caller.pass(wait);
    }
    await expect.poll(() => caller.runs(), POLL).toMatchObject([{ outcome: 'completed' }]);
    expect(await fieldOf(caller, 'crm')).toBe('away');
    const failure = `127.0.0.1:${crm.port} answered 502 Bad Gateway; it was tried 3 times`;
    expect(await answers(caller)).toMatchObject([{ ok: false, answer: null, failure }]);
    expect(await caller.calls()).toMatchObject([{ state: 'failed', attempts: 3, response: failure }]);
    expect(crm.asked).toHaveLength(3);
  });

  it('and says no fails at once; so does one that must not be called', async () => {
    const crm = await serve(() => ({ status: 404 }));
    const caller = await open({
      files: {
        ...workflow('a', `  - call_webhook: { url: ${crm.origin} }\n`),
        ...workflow('b', `  - call_webhook: { url: "http://localhost:${crm.port}" }\n`),
        ...workflow('c', `  - call_webhook: { url: ${crm.origin}, headers: { A: $DATABASE_URL } }\n`),
      },
    });
    await caller.enter('ana');
    await expect.poll(() => states(caller)(), POLL).toEqual(['failed', 'failed', 'failed']);
    await expect
      .poll(() => caller.runs(), POLL)
      .toMatchObject([
        { outcome: 'failed', because: `the call failed: 127.0.0.1:${crm.port} answered 404 Not Found` },
        {
          outcome: 'failed',
          because: expect.stringMatching(/^the call failed: localhost leads to .+ WEBHOOKS_MAY_REACH\.$/),
        },
        { outcome: 'failed', because: expect.stringContaining('Add DATABASE_URL to WEBHOOK_SECRETS') },
      ]);
    expect(crm.asked).toHaveLength(1);
  });

  it('is not called any more when no process was there in its time', async () => {
    const crm = await serve();
    const caller = await open({
      files: workflow('telling', `  - call_webhook: { url: ${crm.origin} }\n`),
      roles: ['engine'],
    });
    await caller.enter('ana');
    await expect.poll(() => states(caller)(), POLL).toEqual(['owed']);
    caller.pass(2 * HOUR);
    caller.app.start(new Set(['sender', 'chores']));
    await expect.poll(() => states(caller)(), POLL).toEqual(['failed']);
    expect(crm.asked).toEqual([]);
  });

  it('and keeps silent holds up neither messages nor the calls of others', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const slow = await serve(async () => {
      await held;
      return { status: 204 };
    });
    const quick = await serve();
    const caller = await open({
      files: {
        ...messageFiles('hello', 'service'),
        ...workflow('a', `  - call_webhook: { url: ${slow.origin} }\n`),
        ...workflow(
          'b',
          `  - wait: 1 hour\n  - send_email: hello\n  - call_webhook: { url: ${quick.origin} }\n`,
        ),
      },
    });
    await caller.enter('ana');
    await slow.seen(1);
    const began = performance.now();
    caller.pass(61 * MINUTE);
    await expect.poll(() => caller.parcels.length, POLL).toBe(1);
    await quick.seen(1);
    await expect
      .poll(() => states(caller)().then((all) => all.toSorted()), POLL)
      .toEqual(['claimed', 'done']);
    expect(performance.now() - began).toBeLessThan(8000);
    answer();
    await expect.poll(() => states(caller)(), POLL).toEqual(['done', 'done']);
    expect(caller.errors).toEqual([]);
  });
});

describe('processes that end', () => {
  it('leave a call to others, who make it under the same id; what the dead one says then is not heard', async () => {
    const crm = await serve(() => json({ n: 1 }));
    const files = workflow('telling', `  - call_webhook: { url: ${crm.origin} }\n`);
    const caller = await open({ files, roles: ['engine'] });
    await caller.enter('ana');
    await expect.poll(() => states(caller)(), POLL).toEqual(['owed']);

    const dying = await openApp({
      database_url: caller.database_url,
      queue: { kind: 'postgres', url: caller.database_url },
      public_url: 'http://localhost',
      onError: () => undefined,
    });
    const now = await dying.store.databaseNow();
    const claim = await dying.store.claimCalls(now, 10);
    expect(claim.calls).toMatchObject([{ attempts: 1, user_ids: ['ana'], spec: { kind: 'webhook' } }]);
    const id = claim.calls[0]?.id ?? '';
    expect(await dying.store.holdCall(claim.token, id)).toBe(true);
    expect((await dying.store.claimCalls(now, 10)).calls).toEqual([]);
    expect(await dying.store.hasOwed(now)).toBe(false);
    expect((await dying.store.unfinished(now)).unsettled).toBe(true);
    await caller.app.store.recover();
    expect(await states(caller)()).toEqual(['claimed']);

    // The lock of its connection goes with the process.
    await dying.close();
    await caller.app.store.recover();
    expect(await states(caller)()).toEqual(['owed']);
    const late = { id, at: now, response: 'late', state: 'done', answer: 'late' } as const;
    expect(await caller.app.store.holdCall(claim.token, id)).toBe(false);
    expect(await caller.app.store.markCall(claim.token, late)).toBeUndefined();
    expect(await answers(caller)).toEqual([]);

    caller.app.start(new Set(['sender', 'chores']));
    await expect.poll(() => caller.runs(), POLL).toMatchObject([{ outcome: 'completed' }]);
    expect(crm.asked.map(({ headers }) => headers['webhook-id'])).toEqual([id]);
    expect(await caller.calls()).toMatchObject([{ state: 'done', attempts: 2 }]);
    expect(await answers(caller)).toMatchObject([{ answer: { n: 1 } }]);
  });

  it('wait for the call under way, and give the others back', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const crm = await serve(async () => {
      await held;
      return json({});
    });
    const files = workflow('telling', `  - call_webhook: { url: ${crm.origin} }\n`);
    const caller = await open({ files });
    await caller.enter('ana');
    await crm.seen(1);
    const second = await openApp({
      database_url: caller.database_url,
      queue: { kind: 'postgres', url: caller.database_url },
      public_url: 'http://localhost',
      onError: () => undefined,
    });
    closing.push(() => second.close());
    let ended = false;
    const end = closing.pop();
    const first = closing.pop();
    if (!end || !first) throw new Error('nothing to close');
    closing.push(end);
    const closed = Promise.resolve(first()).then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ended).toBe(false);
    answer();
    await closed;
    const found = await second.db.execute(sql`select state, attempts from calls`);
    expect(found.rows).toEqual([{ state: 'done', attempts: 1 }]);
  });
});

describe('a contact who turns out to be somebody known while a call is under way', () => {
  it('gets the answer under the number that the run has by then', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const crm = await serve(async () => {
      await held;
      return json({ n: 1 });
    });
    const files = workflow('telling', `  - call_webhook: { url: ${crm.origin}, save_answer: deal }\n`);
    const caller = await open({ files });
    await caller.app.receiver.receive([identified({ user_id: 'old' }), identified({ user_id: 'new' })]);
    await caller.app.receiver.receive([tracked({ user_id: 'old' }, 'product_added', product('shoe', 20))]);
    await crm.seen(1);
    await caller.app.receiver.receive([aliased('new', 'old')]);
    await expect
      .poll(
        async () =>
          (await caller.app.db.execute(sql`select from contacts where merged_into is not null`)).rowCount,
        POLL,
      )
      .toBe(1);
    answer();
    await expect.poll(() => fieldOf(caller, 'deal'), POLL).toEqual({ n: 1 });
    const known = await caller.app.reader.findContact('new');
    const [event] = (
      await caller.app.db.execute(sql`select contact_id from events where name = 'call:answered'`)
    ).rows;
    expect(event?.['contact_id']).toBe(known?.contact.id);
  });
});

describe('a replay', () => {
  it('tells other systems nothing, and goes on at the same moment as if they had answered', async () => {
    const crm = await serve();
    const steps = `  - call_webhook: { url: ${crm.origin}, save_answer: deal }
  - tell_team: "{{first_name}} is waiting"
  - wait: 1 day
  - send_email: hello
`;
    const start = Date.parse('2026-11-24T12:00Z');
    const { app, live, parcels, close } = await openTestApp({
      files: projectFiles({ ...messageFiles('hello', 'service'), ...workflow('telling', steps) }),
      backend: 'postgres',
      start,
    });
    closing.push(close);
    const ana = { user_id: 'ana' };
    await live(
      [
        identified(ana, { email: 'ana@example.com', first_name: 'Ana' }, { at: start }),
        tracked(ana, 'product_added', product('shoe', 20), { at: start + 1000 }),
      ],
      start + 3 * 24 * HOUR,
    );
    expect(parcels.map(({ date, subject }) => [date - start, subject])).toEqual([
      [1000, 'telling: Ana is waiting'],
      [1000 + 24 * HOUR, 'Hello Ana from hello'],
    ]);
    const { rows } = await app.db.execute(sql`select state, response from calls order by step`);
    expect(rows).toEqual([
      { state: 'done', response: 'kept in the house' },
      { state: 'done', response: 'kept in the house' },
    ]);
    expect(crm.asked).toEqual([]);
  });
});

describe('tell_team', () => {
  const header = (raw: string | undefined, name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'im').exec(
      (raw ?? '').replaceAll(/\r\n[ \t]/g, ' ').replaceAll('\r', ''),
    )?.[1] ?? '';

  it('is an e-mail to whom the step, the project or the sender names, in the words of the step', async () => {
    const smtp = await mailServer();
    const settings = projectFiles()['etapa.yaml'] ?? '';
    const caller = await open({
      files: {
        'etapa.yaml': `${settings}team: { email: team@shop.example }\n`,
        ...workflow(
          'telling',
          `  - tell_team: "{{first_name}} asks <b>for</b> {{money cart.value}}\\nCall {{email}}"
  - tell_team: Second
    to: luis@shop.example
`,
          'title: { en: Big carts, es: Carritos grandes }\n',
        ),
      },
      overrides: { smtp_url: smtp.url },
    });
    await caller.enter('ana');
    await expect.poll(() => states(caller)(), POLL).toEqual(['done', 'done']);
    expect(await caller.runs()).toMatchObject([{ outcome: 'completed' }]);
    expect(await answers(caller)).toEqual([]);
    const mails = smtp.accepted.toSorted((a, b) => (a.to.join() > b.to.join() ? -1 : 1));
    expect(mails.map(({ to }) => to.join())).toEqual([
      'RCPT TO:<team@shop.example>',
      'RCPT TO:<luis@shop.example>',
    ]);
    const raw = mails[0]?.raw ?? '';
    const [row] = await caller.calls();
    const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'));
    expect(mail.subject).toBe('Big carts: ana "X" <b> asks <b>for</b> €20.00');
    expect(mail.text?.trim()).toBe('ana "X" <b> asks <b>for</b> €20.00\nCall ana@example.com');
    expect(mail.html).toContain(
      '<p>ana &#34;X&#34; &#60;b&#62; asks &#60;b&#62;for&#60;/b&#62; €20.00<br>Call ana@example.com</p>',
    );
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(header(raw, 'Message-ID')).toBe(`<${row?.id}@shop.example>`);
    expect(header(raw, 'From')).toBe('Test shop <shop@shop.example>');
    expect(raw).not.toMatch(/^List-Unsubscribe/im);
    expect(caller.errors).toEqual([]);
  });

  it('goes to the address for answers, and else to the sender, where no team is named', async () => {
    const settings = projectFiles()['etapa.yaml'] ?? '';
    const steps = workflow('telling', '  - tell_team: Hello\n');
    const first = await open({
      files: { 'etapa.yaml': `${settings}reply_to: help@shop.example\n`, ...steps },
    });
    await first.enter('ana');
    await expect.poll(() => first.parcels.map(({ to }) => to), POLL).toEqual(['help@shop.example']);
    const second = await open({ files: steps });
    await second.enter('ana');
    await expect.poll(() => second.parcels.map(({ to }) => to), POLL).toEqual(['shop@shop.example']);
    const [parcel] = second.parcels;
    expect(parcel).toMatchObject({
      subject: 'telling: Hello',
      text: 'Hello',
      html: expect.stringContaining('<p>Hello</p>'),
      unsubscribe_url: undefined,
    });
  });

  it('is put off and sent again under the same id where the mail server asks for it, or refused with its words', async () => {
    let asked = 0;
    const smtp = await mailServer(({ step, said }) => {
      if (step !== 'rcpt') return undefined;
      if (said.includes('gone@')) return '550 5.1.1 no such user';
      return ++asked <= 2 ? '450 4.2.0 greylisted' : undefined;
    });
    const caller = await open({
      files: {
        ...workflow('a', '  - tell_team: Hello\n    to: late@shop.example\n'),
        ...workflow('b', '  - wait: 1 second\n  - tell_team: Hello\n    to: gone@shop.example\n'),
      },
      overrides: { smtp_url: smtp.url },
    });
    await caller.enter('ana');
    await expect.poll(() => states(caller)().then((all) => all.toSorted()), POLL).toEqual(['failed', 'owed']);
    const failed = (await caller.calls()).find(({ state }) => state === 'failed');
    expect(failed?.response).toBe('the mail server refused it: 550 5.1.1 no such user');
    const late = async (): Promise<CallRow | undefined> =>
      (await caller.calls()).find(({ state }) => state !== 'failed');
    expect((await late())?.due_in).toBeGreaterThan(50);
    caller.pass(2 * MINUTE);
    await expect.poll(async () => (await late())?.attempts, POLL).toBe(2);
    await expect.poll(async () => (await late())?.state, POLL).toBe('owed');
    expect((await late())?.due_in).toBeGreaterThan(290);
    caller.pass(7 * MINUTE);
    await expect.poll(() => smtp.accepted.length, POLL).toBe(1);
    await expect.poll(() => states(caller)().then((all) => all.toSorted()), POLL).toEqual(['done', 'failed']);
    // Nobody's address is suppressed for what becomes of the team's.
    expect((await caller.app.db.execute(sql`select from suppressions`)).rowCount).toBe(0);
  });

  it('is tried twice where the server takes it and says nothing, and not for ever', async () => {
    const smtp = await mailServer(({ step }) => (step === 'dot' ? 'drop' : undefined));
    const caller = await open({
      files: workflow('telling', '  - tell_team: Hello\n'),
      overrides: { smtp_url: smtp.url },
    });
    await caller.enter('ana');
    await expect.poll(() => caller.marks.length, POLL).toBe(1);
    caller.pass(2 * MINUTE);
    await expect.poll(() => states(caller)(), POLL).toEqual(['failed']);
    expect(smtp.accepted).toHaveLength(2);
    const ids = smtp.accepted.map(({ raw }) => header(raw, 'Message-ID'));
    expect(new Set(ids).size).toBe(1);
    expect((await caller.calls())[0]?.response).toMatch(/^the connection ended after it had gone out/);
  });
});
