import { sql } from 'drizzle-orm';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startCatcher } from '../../src/demo/catcher.ts';
import { openTestApp } from '../support/app.ts';
import { closedAfterEach } from '../support/closing.ts';
import { projectFiles } from '../support/projects.ts';
import {
  startScriptedSmtp,
  type ScriptedSmtp,
  type SmtpAnswer,
  type SmtpMoment,
} from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type MessageRow, type Shop, type ShopOptions } from '../support/shop.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const closing = closedAfterEach();

type Answer = (moment: SmtpMoment) => SmtpAnswer | Promise<SmtpAnswer>;

async function serve(answer?: Answer): Promise<ScriptedSmtp> {
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  return smtp;
}

async function open(options: ShopOptions = {}): Promise<Shop> {
  const shop = await openShop(options);
  closing.push(() => shop.close());
  return shop;
}

async function openWithServer(
  answer?: Answer,
  options: ShopOptions = {},
): Promise<{ smtp: ScriptedSmtp; shop: Shop }> {
  const smtp = await serve(answer);
  return { smtp, shop: await open({ smtp_url: smtp.url, ...options }) };
}

const inState =
  (...states: string[]) =>
  (list: readonly MessageRow[]): boolean =>
    list.every(({ state }) => states.includes(state));
const isOwed = inState('owed');
const isDone = inState('sent', 'suppressed', 'refused', 'uncertain', 'deferred');

/** A message owed to everybody named, decided and not yet claimed. */
async function owe(shop: Shop, ...users: string[]): Promise<MessageRow[]> {
  await shop.receive(...users.map((user) => shop.knows(user)), ...users.map((user) => shop.puts(user)));
  return shop.until((list) => list.length === users.length && isOwed(list));
}

async function query<T extends Record<string, unknown>>(
  shop: Shop,
  text: ReturnType<typeof sql>,
): Promise<T[]> {
  return (await shop.app.db.execute<T>(text)).rows as T[];
}

function idsIn(smtp: ScriptedSmtp): string[] {
  return smtp.accepted.map(({ raw }) => /^Message-ID: <(.*)@shop\.example>/im.exec(raw)?.[1] ?? '');
}

describe('what the server says and what the book says then', () => {
  const SAYS: Readonly<Record<string, [step: string, line: string]>> = {
    kind: ['', ''],
    later: ['rcpt', '450 4.2.0 greylisted'],
    full: ['rcpt', '552 5.2.2 mailbox full'],
    gone: ['rcpt', '550 5.1.1 no such user'],
    policy: ['rcpt', '550 5.7.26 not authenticated'],
    spam: ['dot', '554 5.7.1 this is spam'],
    busy: ['dot', '451 4.3.0 not now'],
    lost: ['dot', 'drop'],
    strange: ['rcpt', '999 what'],
  };

  it('is one state for each message, with the reason, and nothing is left claimed', async () => {
    const { shop } = await openWithServer(({ step, said }) => {
      const user = /(\w+)@\w+\.test\b/.exec(said)?.[1] ?? '';
      return SAYS[user]?.[0] === step ? SAYS[user]?.[1] : undefined;
    });
    const users = Object.keys(SAYS);
    // Each at a domain of its own: what one says there says nothing about the others.
    await shop.receive(...users.map((user) => shop.knows(user, { email: `${user}@${user}.test` })));
    await shop.receive(...users.flatMap((user) => [shop.puts(user), shop.orders(user)]));
    await shop.until((list) => list.length === 2 * users.length && isOwed(list));
    shop.send();
    const list = await shop.until(isDone);

    const told = Object.fromEntries(list.map((row) => [`${row.message} ${row.user}`, row]));
    const states = Object.fromEntries(Object.entries(told).map(([key, { state }]) => [key, state]));
    const both = (user: string, state: string): object => ({
      [`offer ${user}`]: state,
      [`receipt ${user}`]: state,
    });
    expect(states).toEqual({
      ...both('kind', 'sent'),
      ...both('later', 'deferred'),
      ...both('full', 'deferred'),
      ...both('gone', 'refused'),
      ...both('policy', 'refused'),
      ...both('spam', 'refused'),
      ...both('busy', 'deferred'),
      ...both('strange', 'deferred'),
      'offer lost': 'uncertain',
      'receipt lost': 'deferred',
    });
    expect(list.filter(({ claimed }) => claimed)).toEqual([]);
    expect(list.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(told['offer kind']).toMatchObject({
      sent: true,
      address: 'kind@kind.test',
      subject: 'Hello from offer',
      tone: 'plain',
      response: '250 2.0.0 taken',
      because: null,
    });
    expect(told['offer gone']?.because).toBe('the receiver refused it: 550 5.1.1 no such user');
    expect(told['offer later']?.response).toBe('450 4.2.0 greylisted');
    expect(told['offer lost']?.because).toContain('the receiver may or may not have it');
    expect(list.filter(({ sent }) => sent)).toHaveLength(2);
    for (const row of list.filter(({ state }) => state === 'deferred')) {
      expect(row.due_in, row.user).toBeGreaterThan(40);
      expect(row.due_in, row.user).toBeLessThan(80);
    }
    const suppressed = await query(shop, sql`select channel, address, scope, reason from suppressions`);
    expect(suppressed).toEqual([
      { channel: 'email', address: 'gone@gone.test', scope: 'all', reason: '550 5.1.1 no such user' },
    ]);
    expect(shop.errors).toEqual([]);
  });

  it('has "handing_over" committed when the final dot arrives, and "claimed" before', async () => {
    const seen: string[] = [];
    const { smtp, shop } = await openWithServer(async ({ step }) => {
      if (step !== 'rcpt' && step !== 'dot') return undefined;
      const reader = new pg.Client({ connectionString: shop.database_url });
      await reader.connect();
      const { rows } = await reader.query<{ state: string }>('select state from messages');
      await reader.end();
      seen.push(`${step} ${rows[0]?.state}`);
      return undefined;
    });
    await owe(shop, 'ana');
    shop.send();
    await shop.until(inState('sent'));
    expect(seen).toEqual(['rcpt claimed', 'dot handing_over']);
    expect(smtp.accepted).toHaveLength(1);
  });

  it('keeps what the receiver said though the database was away when it was to be written', async () => {
    const { smtp, shop } = await openWithServer(async ({ step }) => {
      if (step === 'dot') await cutConnections(shop.database_url);
      return undefined;
    });
    await owe(shop, 'ana');
    shop.send();
    const [row] = await shop.until(inState('sent'));
    expect(row).toMatchObject({ sent: true, claimed: false });
    expect(smtp.accepted).toHaveLength(1);
  });
});

async function cutConnections(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'etapa'`);
  await admin.end();
}

describe('what is asked once more at the moment of sending', () => {
  it('consent: a promotion to somebody who never gave it is held back, a service message goes', async () => {
    const { smtp, shop } = await openWithServer();
    await shop.receive(shop.knows('ana', { consent: [] }), shop.puts('ana'), shop.orders('ana'));
    shop.send();
    const list = await shop.until((all) => all.length === 2 && isDone(all));
    expect(list.map(({ message, state, because }) => [message, state, because]).toSorted()).toEqual([
      ['offer', 'suppressed', 'never allowed promotions by email'],
      ['receipt', 'sent', null],
    ]);
    expect(idsIn(smtp)).toEqual([list.find(({ message }) => message === 'receipt')?.id]);
  });

  it('consent that was taken back after the message was owed, by an event or by the link of a message', async () => {
    const { smtp, shop } = await openWithServer();
    const owed = await owe(shop, 'ana', 'eva', 'luz');
    await shop.receive(tracked({ user_id: 'ana' }, 'consent_withdrawn'));
    // Seen before any turn.
    await shop.app.pages.unsubscribe(owed.find(({ user }) => user === 'eva')?.id ?? '', 'unsubscribe_link');
    await expect.poll(() => query(shop, sql`select granted from consents where not granted`)).toHaveLength(2);
    shop.send();
    const list = await shop.until(isDone);
    const no = 'no consent to promotions at the moment of sending';
    expect(list.map(({ user, state, because }) => [user, state, because]).toSorted()).toEqual([
      ['ana', 'suppressed', no],
      ['eva', 'suppressed', no],
      ['luz', 'sent', null],
    ]);
    expect(idsIn(smtp)).toEqual([list.find(({ user }) => user === 'luz')?.id]);
  });

  it('the list of addresses that nothing goes to, whatever their letters', async () => {
    const { smtp, shop } = await openWithServer();
    await shop.receive(
      ...['all', 'some', 'free'].map((user) =>
        shop.knows(user, { email: `${user.toUpperCase()}@Example.com` }),
      ),
      ...['all', 'some', 'free'].flatMap((user) => [shop.puts(user), shop.orders(user)]),
    );
    await shop.until((list) => list.length === 6 && isOwed(list));
    await query(
      shop,
      sql`
      insert into suppressions (channel, address, scope, reason, at) values
        ('email', 'all@example.com', 'all', 'hard bounce', now()),
        ('email', 'some@example.com', 'promotion', 'complained', now()),
        ('sms', 'free@example.com', 'all', 'another channel', now())`,
    );
    shop.send();
    const list = await shop.until(isDone);
    const found = Object.fromEntries(
      list.map(({ message, user, state, because }) => [`${message} ${user}`, [state, because]]),
    );
    expect(found).toEqual({
      'offer all': ['suppressed', 'the address is suppressed: hard bounce'],
      'receipt all': ['suppressed', 'the address is suppressed: hard bounce'],
      'offer some': ['suppressed', 'the address is suppressed: complained'],
      'receipt some': ['sent', null],
      'offer free': ['sent', null],
      'receipt free': ['sent', null],
    });
    expect(smtp.accepted).toHaveLength(3);
  });

  it('a no that comes between the claim and the final dot: nothing goes, and the next claim says why', async () => {
    let sayNo: () => Promise<unknown> = () => Promise.resolve();
    const { smtp, shop } = await openWithServer(async ({ step }) => {
      if (step === 'rcpt') await sayNo();
      return undefined;
    });
    const owed = await owe(shop, 'ana', 'eva');
    sayNo = async () => {
      const ana = owed.find(({ user }) => user === 'ana')?.id ?? '';
      await shop.app.pages.unsubscribe(ana, 'unsubscribe_link');
      await shop.app.store.suppress('email', 'Eva@example.com', 'said by hand', Date.now());
    };
    shop.send();
    await shop.until(inState('deferred'));
    expect(smtp.log).toContain('body');
    expect(smtp.log).not.toContain('dot');
    shop.pass(2 * MINUTE);
    shop.send();
    const list = await shop.until(inState('suppressed'));
    expect(list.map(({ user, because }) => [user, because]).toSorted()).toEqual([
      ['ana', 'no consent to promotions at the moment of sending'],
      ['eva', 'the address is suppressed: said by hand'],
    ]);
    expect(smtp.accepted).toEqual([]);
  });

  it('a refusal of the address keeps the next message to it back', async () => {
    const { smtp, shop } = await openWithServer(({ step }) =>
      step === 'rcpt' ? '550 5.1.1 no such user' : undefined,
    );
    await owe(shop, 'ana');
    shop.send();
    await shop.until(inState('refused'));
    await shop.receive(shop.orders('ana'));
    shop.send();
    const list = await shop.until((all) => all.length === 2 && isDone(all));
    expect(list[1]).toMatchObject({ message: 'receipt', state: 'suppressed' });
    expect(smtp.log.filter((step) => step === 'rcpt')).toHaveLength(1);
  });

  const MOODS = {
    ...SHOP_FILES,
    'workflows/journey/tone.yaml': `version: 1
moods:
  - id: upset
    when: { event: complaint_opened, within: 14 days }
    ends_when: { event: complaint_solved }
  - otherwise: fine
tones:
  warm: { greeting: Hi }
  calm: { greeting: Hello }
rules:
  - name: Somebody is upset
    when: { mood: upset }
    use: calm
    hold_back: [promotions]
  - otherwise: warm
`,
    'templates/receipt/message.yaml': `version: 1
message: receipt
purpose: service
subject: { warm: Thanks!, calm: Your order }
`,
    'templates/offer/message.yaml': `version: 1
message: offer
purpose: promotion
subject: { warm: For you }
`,
  };

  it('the tone: a complaint holds promotions back and calms service messages until it is solved', async () => {
    const { smtp, shop } = await openWithServer(undefined, { files: MOODS });
    await shop.receive(
      shop.knows('ana'),
      shop.puts('ana'),
      shop.orders('ana'),
      shop.knows('eva'),
      shop.puts('eva'),
    );
    const owed = await shop.until((list) => list.length === 3 && isOwed(list));
    expect(owed.map(({ tone }) => tone)).toEqual(['warm', 'warm', 'warm']);
    await shop.receive(
      tracked({ user_id: 'ana' }, 'complaint_opened'),
      tracked({ user_id: 'eva' }, 'complaint_opened'),
    );
    await shop.receive(tracked({ user_id: 'eva' }, 'complaint_solved', {}, { at: Date.now() + 1 }));
    await expect.poll(() => query(shop, sql`select from happenings`)).toEqual([]);
    shop.send();
    const list = await shop.until(isDone);
    expect(
      list.map(({ user, message, state, tone, because }) => [user, message, state, tone, because]).toSorted(),
    ).toEqual([
      ['ana', 'offer', 'suppressed', 'warm', 'promotions are held back while mood is upset'],
      ['ana', 'receipt', 'sent', 'calm', null],
      ['eva', 'offer', 'sent', 'warm', null],
    ]);
    expect(smtp.accepted.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]).toSorted()).toEqual([
      'For you',
      'Your order',
    ]);
  });
});

describe('another attempt', () => {
  it('comes at its time and not before, under the same Message-ID, and delivers', async () => {
    const ids: string[] = [];
    const { smtp, shop } = await openWithServer(({ step, said, time }) => {
      if (step !== 'dot') return undefined;
      ids.push(/^Message-ID: (.*)$/im.exec(said)?.[1] ?? '');
      return time <= 2 ? '451 4.7.1 greylisted' : undefined;
    });
    await owe(shop, 'ana');
    shop.send();
    await shop.until((list) => list[0]?.attempts === 1 && isDone(list));
    shop.pass(30_000);
    await turnOver(shop);
    expect(ids).toHaveLength(1);
    shop.pass(MINUTE);
    shop.send();
    const [second] = await shop.until((list) => list[0]?.attempts === 2 && isDone(list));
    expect(second).toMatchObject({ state: 'deferred' });
    expect(second?.due_in).toBeGreaterThan(4 * 60);
    shop.pass(7 * MINUTE);
    shop.send();
    const [third] = await shop.until(inState('sent'));
    expect(third).toMatchObject({ attempts: 3, because: null });
    expect(new Set(ids)).toEqual(new Set([`<${third?.id}@shop.example>`]));
    expect(ids).toHaveLength(3);
    expect(smtp.accepted).toHaveLength(1);
  });

  it('asks for consent again, and is given up after four days', async () => {
    const { smtp, shop } = await openWithServer(({ step }) =>
      step === 'rcpt' ? '450 4.2.0 later' : undefined,
    );
    const owed = await owe(shop, 'ana', 'eva');
    shop.send();
    await shop.until(inState('deferred'));
    await shop.app.pages.unsubscribe(owed.find(({ user }) => user === 'ana')?.id ?? '', 'unsubscribe_link');
    shop.pass(2 * MINUTE);
    shop.send();
    await shop.until((list) =>
      list.every(
        ({ user, state, attempts }) =>
          state === (user === 'ana' ? 'suppressed' : 'deferred') && attempts === 2,
      ),
    );
    expect(smtp.log.filter((step) => step === 'rcpt')).toHaveLength(3);
    shop.pass(4 * DAY);
    shop.send();
    const list = await shop.until(inState('suppressed', 'refused'));
    expect(list.find(({ user }) => user === 'eva')?.because).toBe('the receiver put it off for four days');
  });

  it('comes to its end in a replay too, whose clock stands still between its steps', async () => {
    const smtp = await serve(({ step }) => (step === 'rcpt' ? '450 4.2.0 later' : undefined));
    const start = Date.UTC(2026, 0, 5, 9);
    const test = await openTestApp({
      files: SHOP_FILES,
      backend: 'postgres',
      start,
      overrides: { smtp_url: smtp.url },
    });
    closing.push(() => test.close());
    const ana = { user_id: 'ana' };
    const traits = { email: 'ana@example.com', consent: ['email'] };
    await test.live(
      [
        identified(ana, traits, { at: start }),
        tracked(ana, 'product_added', product('shoe', 20), { at: start + MINUTE }),
      ],
      start + 6 * DAY,
    );
    const { rows } = await test.app.db.execute(
      sql`select state, held_because ->> 'en' as because from messages`,
    );
    expect(rows).toEqual([{ state: 'refused', because: 'the receiver put it off for four days' }]);
    // The intervals grow: 1, 5 and 30 minutes, 1 and 2 hours, then every 4 hours, or as far as the clock moves at once.
    expect(smtp.log.filter((step) => step === 'rcpt').length).toBeLessThan(12);
  });
});

/** Rings once, and waits until the sender has found nothing. */
async function turnOver(shop: Shop): Promise<void> {
  await expect.poll(() => shop.app.store.hasOwed(Date.now())).toBe(false);
  shop.send();
  await shop.receive(shop.knows('nobody'));
  await expect.poll(() => query(shop, sql`select from happenings`)).toEqual([]);
}

describe('when nobody knows whether the receiver has it', () => {
  it('a promotion is never sent again, a service message once more under the same Message-ID and no third time', async () => {
    const { smtp, shop } = await openWithServer(({ step, said }) => {
      if (step !== 'dot') return undefined;
      // To Eva the second attempt succeeds.
      return said.includes('To: eva@') && smtp.accepted.some(({ raw }) => raw.includes('To: eva@'))
        ? undefined
        : 'drop';
    });
    await shop.receive(shop.knows('ana'), shop.puts('ana'));
    await shop.receive(shop.knows('eva'), shop.orders('eva'), shop.knows('luz'), shop.orders('luz'));
    await shop.until((list) => list.length === 3 && isOwed(list));
    shop.send();
    const first = await shop.until(isDone);
    expect(first.map(({ user, state }) => [user, state]).toSorted()).toEqual([
      ['ana', 'uncertain'],
      ['eva', 'deferred'],
      ['luz', 'deferred'],
    ]);
    shop.pass(2 * MINUTE);
    shop.send();
    await shop.until(inState('uncertain', 'sent'));
    for (const days of [1, 10]) {
      shop.pass(days * DAY);
      await turnOver(shop);
    }
    const list = await shop.messages();
    expect(list.map(({ user, state, attempts }) => [user, state, attempts]).toSorted()).toEqual([
      ['ana', 'uncertain', 1],
      ['eva', 'sent', 2],
      ['luz', 'uncertain', 2],
    ]);
    const times = Object.fromEntries(
      list.map(({ user, id }) => [user, idsIn(smtp).filter((one) => one === id).length]),
    );
    expect(times).toEqual({ ana: 1, eva: 2, luz: 2 });
    expect(idsIn(smtp)).toHaveLength(5);
  });
});

describe('many at once', () => {
  it('200 messages over many connections arrive once each', async () => {
    const catcher = await startCatcher();
    closing.push(() => catcher.stop());
    const shop = await open({ smtp_url: catcher.url });
    const users = Array.from({ length: 200 }, (_, n) => `user${n}`);
    const owed = await owe(shop, ...users);
    const began = performance.now();
    for (let ring = 0; ring < 5; ring++) shop.send();
    await shop.until(inState('sent'));
    process.stderr.write(`200 messages in ${Math.round(performance.now() - began)} ms\n`);
    const arrived = catcher
      .list({ limit: 500 })
      .map(({ message_id, envelope }) => [message_id, envelope.to.length]);
    expect(arrived.toSorted()).toEqual(owed.map(({ id }) => [`<${id}@shop.example>`, 1]).toSorted());
    expect(shop.marks.filter(({ state }) => state === 'sent')).toHaveLength(200);
  });

  it('two processes share the work, and no message goes twice', async () => {
    const catcher = await startCatcher();
    closing.push(() => catcher.stop());
    const shop = await open({ smtp_url: catcher.url });
    const users = Array.from({ length: 150 }, (_, n) => `user${n}`);
    await owe(shop, ...users);
    const url = shop.database_url;
    const other = await open({
      smtp_url: catcher.url,
      roles: ['sender'],
      overrides: { database_url: url, queue: { kind: 'postgres', url } },
    });
    shop.send();
    other.send();
    await shop.until(inState('sent'));
    expect(new Set(catcher.list({ limit: 500 }).map(({ message_id }) => message_id)).size).toBe(150);
    expect(catcher.count()).toBe(150);
  });

  it('a poisoned template fails only its own message', async () => {
    const poisoned = {
      ...SHOP_FILES,
      'templates/offer/email.en.mjml': `<mj-section>
  <mj-column>
    <mj-text>Hello {{#each poison}}{{#each ../poison}}{{this}}{{/each}}{{/each}}</mj-text>
  </mj-column>
</mj-section>
`,
    };
    const { smtp, shop } = await openWithServer(undefined, { files: poisoned });
    const users = Array.from({ length: 30 }, (_, n) => `user${n}`);
    await shop.receive(
      ...users.map((user, n) =>
        shop.knows(user, n === 7 ? { poison: Array.from({ length: 2000 }, () => 'x') } : {}),
      ),
      ...users.map((user) => shop.puts(user)),
    );
    await shop.until((list) => list.length === 30 && isOwed(list));
    shop.send();
    const list = await shop.until(isDone);
    const refused = list.filter(({ state }) => state !== 'sent');
    expect(refused.map(({ user, state }) => [user, state])).toEqual([['user7', 'refused']]);
    expect(refused[0]?.because).toMatch(/^the words could not be made: /);
    expect(smtp.accepted).toHaveLength(29);
  });

  it('a project that no longer has the message holds it back with the reason', async () => {
    const { smtp, shop } = await openWithServer();
    await owe(shop, 'ana');
    await shop.app.deploy(projectFiles());
    shop.send();
    expect((await shop.until(isDone))[0]).toMatchObject({
      state: 'suppressed',
      because: 'the message has no words in the deployed project',
    });
    expect(smtp.connections).toBe(0);
  });
});

describe('a sender that is asked to stop', () => {
  it('ends what it has begun, gives back the rest, and whoever comes next sends exactly those', async () => {
    const { smtp, shop } = await openWithServer(async ({ step }) => {
      if (step === 'dot') await new Promise((resolve) => setTimeout(resolve, 150));
      return undefined;
    });
    const owed = await owe(shop, ...Array.from({ length: 150 }, (_, n) => `user${n}`));
    shop.send();
    await smtp.seen('dot', 5);
    const url = shop.database_url;
    const began = performance.now();
    await shop.close();
    closing.splice(closing.length - 1, 1);
    expect(performance.now() - began).toBeLessThan(5000);
    const next = await open({
      smtp_url: smtp.url,
      roles: ['sender'],
      overrides: { database_url: url, queue: { kind: 'postgres', url } },
    });
    const left = await next.messages();
    expect(inState('sent', 'owed')(left)).toBe(true);
    expect(left.filter(({ claimed }) => claimed)).toEqual([]);
    expect(left.filter(({ state }) => state === 'owed').length).toBeGreaterThan(100);
    next.send();
    await next.until(inState('sent'));
    expect(idsIn(smtp).toSorted()).toEqual(owed.map(({ id }) => id).toSorted());
  });
});
