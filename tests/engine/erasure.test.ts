/** Erasure: what is left of a person in the database, and what happens to what was under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { closedAfterEach } from '../support/closing.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';
import { partitionOf } from '../../src/engine/ports.ts';
import { betweenWriteAndCommit, openEngine } from '../support/engine.ts';
import { backends } from '../support/database.ts';
import { dump, tablesWith, type Row } from '../support/dump.ts';
import { bounce, HER_WORDS, livePerson, PERSON_FILES } from '../support/person.ts';
import {
  startScriptedSmtp,
  type ScriptedSmtp,
  type SmtpAnswer,
  type SmtpMoment,
} from '../support/scripted-smtp.ts';
import { identified, tracked } from '../support/traffic.ts';

const closing = closedAfterEach();

type Answer = (moment: SmtpMoment) => SmtpAnswer | Promise<SmtpAnswer>;

async function open(answer?: Answer, options: ShopOptions = {}): Promise<{ smtp: ScriptedSmtp; shop: Shop }> {
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  const shop = await openShop({
    files: PERSON_FILES,
    roles: ['engine', 'sender'],
    smtp_url: smtp.url,
    ...options,
  });
  closing.push(() => shop.close());
  return { smtp, shop };
}

async function erase({ app }: Shop, who: string) {
  const contact_id = (await app.reader.findContact(who))?.contact.id ?? '';
  return app.people.erase({ contact_id, source: 'test', at: Date.now() });
}

async function count({ app }: Shop, query: ReturnType<typeof sql>): Promise<number> {
  const found = await app.db.execute<{ count: number }>(sql`select count(*)::int as count from ${query}`);
  return found.rows[0]?.count ?? -1;
}

/** Not of people, and changed by work alone, or too long to be compared. */
const OTHERS = ['compiled_templates', 'deployments'].map((table) => `public.${table}`);

function kept(rows: readonly Row[]): readonly string[] {
  const is_book = ({ table }: Row): boolean => table.startsWith('public.') && !OTHERS.includes(table);
  return rows
    .filter(is_book)
    .map(({ table, text }) => `${table} ${text}`)
    .sort();
}

describe('somebody of whom every kind of thing is kept', () => {
  it('stands nowhere in the database any more, while others and the figures stay', async () => {
    const { shop, smtp } = await open();
    const { app } = shop;
    await shop.receive(shop.knows('bob'), shop.puts('bob'));
    await shop.until(([one]) => one?.state === 'sent');
    const { contact_id, message_id } = await livePerson(shop);
    const before = await dump(app.db);
    for (const word of HER_WORDS) expect(tablesWith(before, word), word).not.toEqual([]);
    const bobs = before.filter(({ text }) => text.includes('bob')).length;

    const erased = await erase(shop, 'zoraida.quispe@correo.example');
    expect(erased).toMatchObject({
      contact_id,
      contacts: 2,
      messages_kept: 2,
      messages_deleted: 0,
      addresses: 3,
      others: [],
    });
    expect(erased?.events).toBeGreaterThan(10);

    const after = await dump(app.db);
    expect(
      HER_WORDS.flatMap((word) => tablesWith(after, word).map((table) => `${word} in ${table}`)),
    ).toEqual([]);
    expect(tablesWith(after, contact_id)).toEqual(['public.erasures', 'public.messages']);
    expect(after.filter(({ text }) => text.includes('bob'))).toHaveLength(bobs);
    expect(await count(shop, sql`messages where state = 'sent'`)).toBe(3);
    expect(await count(shop, sql`reports where kind = 'bounced' and message_id = ${message_id}`)).toBe(1);

    // What comes back late about her is not written down.
    const { responses } = app;
    await responses.report([bounce(message_id, 'late-1'), bounce(null, 'late-2')], {
      source: 'ses',
      trusted: true,
    });
    await responses.touch({
      ...{ message_id, kind: 'open', link: null, ip: '203.0.113.77', user_agent: 'HeronBrowser/9' },
      ...{ method: 'GET', prefetch: false },
    });
    const link = `https://shop.example/zoraida`;
    await responses.touchAt(
      {
        ...{ message_id, kind: 'click', at: Date.now(), ip: '203.0.113.77', user_agent: 'x' },
        method: 'GET',
        prefetch: false,
      },
      link,
    );
    await responses.reply({ message_id, subject: 'Re', text: 'magenta again', id: 'reply-2' });
    await app.answerSurvey(message_id, { survey: 'satisfaction', score: 1, comment: 'terracotta again' });
    await app.pages.unsubscribe(message_id, 'page');
    await app.store.suppress('email', 'zoraida.quispe@correo.example', '550 no zoraida', Date.now());
    const late = await dump(app.db);
    expect(kept(late)).toEqual(kept(after));
    expect(HER_WORDS.flatMap((word) => tablesWith(late, word))).toEqual([]);

    // Nor is her telephone, to which nothing was ever sent.
    expect(await count(shop, sql`suppressions where channel = 'sms' and address like '#%'`)).toBe(1);

    // Whoever comes with her address later is somebody new, and is not written to.
    const accepted = smtp.accepted.length;
    const again = { user_id: 'imported-1' };
    await shop.receive(
      identified(again, { email: 'ZORAIDA.quispe@correo.example', language: 'en', consent: ['email'] }),
      tracked(again, 'product_added', { product_id: 'x', price: 20, quantity: 1 }),
      tracked(again, 'order_completed', { order_id: 'o-9', total: 20 }),
    );
    const list = await shop.until(
      (rows) =>
        rows.filter(({ user }) => user === 'imported-1').length === 2 &&
        rows.every(({ state }) => ['sent', 'suppressed'].includes(state)),
    );
    expect((await app.reader.findContact('imported-1'))?.contact.id).not.toBe(contact_id);
    expect(list.filter(({ user }) => user === 'imported-1').map(({ because }) => because)).toEqual([
      'the address is suppressed: whoever had it asked to be erased',
      'the address is suppressed: whoever had it asked to be erased',
    ]);
    const told = smtp.accepted.slice(accepted).filter(({ to }) => to.some((one) => /zoraida/i.test(one)));
    expect(told).toEqual([]);

    // Until somebody allows it again.
    expect(await app.suppressions.remove('email', 'zoraida.quispe@correo.example')).toBe(true);
    await shop.receive(tracked(again, 'product_added', { product_id: 'y', price: 5, quantity: 1 }));
    await shop.until((rows) => rows.some(({ user, state }) => user === 'imported-1' && state === 'sent'));
  }, 60_000);

  it('is nobody the second time, and nobody else is touched', async () => {
    const { shop } = await open();
    await shop.receive(shop.knows('bob'), shop.knows('eve', { email: 'BOB@example.com' }));
    const { contact } = (await shop.app.reader.findContact('eve')) ?? {};
    const bob = (await shop.app.reader.findContact('bob'))?.contact.id ?? '';
    await expect.poll(() => count(shop, sql`happenings`), { interval: 20, timeout: 10_000 }).toBe(0);
    expect(await erase(shop, 'bob')).toMatchObject({ contacts: 1, others: [contact?.id] });
    expect(await shop.app.people.erase({ contact_id: bob, source: 'test', at: 0 })).toBeUndefined();
    expect((await shop.app.reader.findContact('eve'))?.contact.id).toBe(contact?.id);
  });
});

describe.each(backends())('an erasure at the very moment, over %s,', (backend) => {
  it('leaves nothing of whom an event, a turn, a merge or a send is just about', async () => {
    const { shop, smtp } = await open(undefined, {
      roles: ['engine', 'sender', 'chores'],
      backend,
    });
    const { app } = shop;
    const errors_before = shop.errors.length;
    for (let round = 0; round < ROUNDS; round++) {
      const her = { user_id: `race-${round}` };
      const visitor = { anonymous_id: `racing-visitor-${round}` };
      const email = `race-${round}@correo.example`;
      await shop.receive(
        tracked(visitor, 'product_viewed', { product_id: 'shoe' }),
        identified(her, { email, first_name: `Race${round}`, language: 'en', consent: ['email'] }),
      );
      const contact_id = (await app.reader.findContact(her.user_id))?.contact.id ?? '';
      const buys = [
        tracked(her, 'product_added', { product_id: 'shoe', name: `cup ${round}`, price: 20, quantity: 1 }),
        tracked(her, 'order_completed', { order_id: `o-${round}`, total: 20 }),
      ];
      const joins = identified({ ...her, ...visitor }, { first_name: `Race${round}` });
      await shop.receive(...buys);
      // Each round catches her somewhere else: in her turn, with messages owed or leaving, with one that has left.
      const reached = round % 3 === 2 ? sql`state = 'sent'` : sql`true`;
      const here = sql`messages where contact_id = ${contact_id} and ${reached}`;
      if (round % 3 === 0) await sleep(round);
      else await expect.poll(() => count(shop, here), { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
      const [erased] = await Promise.all([
        app.people.erase({ contact_id, source: 'test', at: Date.now() }),
        shop.receive(joins),
        shop.receive(tracked(her, 'complaint_opened', { topic: `late ${round}` })),
      ]);
      expect(erased, `round ${round}`).toMatchObject({ contact_id });
    }
    await expect
      .poll(() => count(shop, sql`happenings where due_at <= now()`), { interval: 50, timeout: 20_000 })
      .toBe(0);
    await expect
      .poll(() => count(shop, sql`messages where state in ('claimed', 'handing_over')`), {
        interval: 50,
        timeout: 20_000,
      })
      .toBe(0);

    // What came after is about somebody new; of whom was erased there is nothing that leads to anybody.
    for (const table of LED_TO_CONTACTS) {
      const orphans = await count(
        shop,
        sql`${sql.identifier(table)} t where not exists (select from contacts c where c.id = t.contact_id)`,
      );
      expect(orphans, table).toBe(0);
    }
    const left = await app.db.execute<{ text: string }>(sql`
      select row_to_json(m)::text as text from messages m
      where not exists (select from contacts c where c.id = m.contact_id)`);
    expect(left.rows.filter(({ text }) => /race|cup/i.test(text))).toEqual([]);
    expect(await count(shop, sql`erasures`)).toBe(ROUNDS);
    expect(await count(shop, sql`suppressions where address like '%correo%'`)).toBe(0);
    expect(await count(shop, sql`reports where address like '%correo%'`)).toBe(0);
    expect(shop.errors.slice(errors_before)).toEqual([]);
    expect(smtp.accepted.length).toBeGreaterThanOrEqual(ROUNDS / 3);
  }, 90_000);
});

const ROUNDS = 24;
const LED_TO_CONTACTS = [
  ...['identities', 'events', 'happenings', 'stage_moves', 'segment_moves', 'segment_members', 'consents'],
  ...['consent_records', 'runs', 'calls', 'chat_entries', 'put_aside'],
];

describe('a turn', () => {
  it('that has written and not committed is waited for, and what it wrote is deleted with the rest', async () => {
    const engine = await openEngine({ files: PERSON_FILES });
    closing.push(() => engine.close());
    const her = { user_id: 'ines' };
    await engine.receive(
      identified(her, { email: 'ines@correo.example', language: 'en', consent: ['email'] }),
      tracked(her, 'product_added', { product_id: 'shoe', name: 'cup', price: 20, quantity: 1 }),
    );
    const contact_id = (await engine.app.reader.findContact('ines'))?.contact.id ?? '';
    let erasing: Promise<unknown> | undefined;
    const slow = betweenWriteAndCommit(engine.store, async () => {
      erasing = engine.app.people.erase({ contact_id, source: 'test', at: engine.now() });
      // Longer than the erasure waits before it begins anew.
      await sleep(1200);
    });
    await engine.turnerOn(slow).work([partitionOf(contact_id)]);
    expect(await erasing).toMatchObject({ events: 2, messages_deleted: 1 });
    expect(tablesWith(await dump(engine.app.db), 'ines')).toEqual([]);
    const left = tablesWith(await dump(engine.app.db), contact_id);
    expect(left).toEqual(['public.erasures']);
  });

  it('that waits for an erasure finds nobody, and goes on with the others', async () => {
    const engine = await openEngine({ files: PERSON_FILES });
    closing.push(() => engine.close());
    await engine.receive(identified({ user_id: 'olga' }, { email: 'olga@correo.example' }));
    const contact_id = (await engine.app.reader.findContact('olga'))?.contact.id ?? '';
    const other = contact_id.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await engine.query(sql`
      insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, created_at)
      select ${other}, partition, profile, shape, entries, sent, stage, stage_since, created_at from contacts`);
    await engine.query(sql`insert into identities values ('user', 'pia', ${other})`);
    await engine.receive(tracked({ user_id: 'pia' }, 'order_completed', { order_id: 'o', total: 5 }));

    // Holds the erasure up in its middle, with her row locked.
    const blocker = await engine.app.db.$client.connect();
    await blocker.query('begin; lock table calls in exclusive mode');
    const erasing = engine.app.people.erase({ contact_id, source: 'test', at: engine.now() });
    const turning = engine.turner.work([partitionOf(contact_id)]);
    await sleep(100);
    await blocker.query('commit');
    blocker.release();
    expect(await erasing).toMatchObject({ contacts: 1 });
    await turning;
    await engine.settle();
    expect((await engine.app.reader.findContact('pia'))?.contact.stage).toBe('experience');
    expect(tablesWith(await dump(engine.app.db), 'olga')).toEqual([]);
    expect(await engine.query(sql`select from happenings`)).toEqual([]);
  });
});

describe('a message that is just being handed over', () => {
  it("has left when the last dot is gone, and is remembered as nobody's; a refusal then suppresses nothing in clear", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const { shop, smtp } = await open(async ({ step, said }) => {
      if (step !== 'dot' || !said.includes('Receipt-Word')) return undefined;
      await held;
      return '550 5.1.1 <hal@correo.example> is not here';
    });
    const her = { user_id: 'hal' };
    await shop.receive(
      identified(her, { email: 'hal@correo.example', first_name: 'Receipt-Word', language: 'en' }),
      tracked(her, 'order_completed', { order_id: 'o', total: 5 }),
    );
    await expect
      .poll(() => count(shop, sql`messages where state = 'handing_over'`), { interval: 20, timeout: 10_000 })
      .toBe(1);
    const erased = await erase(shop, 'hal');
    expect(erased).toMatchObject({ messages_kept: 1, messages_deleted: 0 });
    letGo();
    await shop.receive(shop.knows('bob'), shop.puts('bob'));
    await shop.until((rows) => rows.some(({ user, state }) => user === 'bob' && state === 'sent'));
    expect(await shop.messages()).toMatchObject([
      { state: 'uncertain', address: null, subject: null, response: null, because: 'the person was erased' },
      { user: 'bob' },
    ]);
    expect(tablesWith(await dump(shop.app.db), 'correo.example')).toEqual([]);
    expect(smtp.log.filter((step) => step === 'dot').length).toBeGreaterThan(1);
  });
});
