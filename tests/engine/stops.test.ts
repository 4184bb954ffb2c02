/** Promotions that are stopped: by complaints, by hand, and when they go on, on the real engine over real SMTP. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { COMPLAINT_DAYS, hasCalmedDown, type Complaints } from '../../src/core/messages/complaint-rate.ts';
import { openOffice } from '../support/office.ts';
import type { MessageRow, Shop } from '../support/shop.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An offer to each, and they are there to be sent. */
async function owe(shop: Shop, kind: 'puts' | 'orders', ...people: readonly string[]): Promise<void> {
  const before = (await count(shop)) + people.length;
  await shop.receive(...people.map((who) => shop.knows(who)));
  await shop.receive(...people.map((who) => shop[kind](who)));
  await expect.poll(() => count(shop), { timeout: 15_000 }).toBe(before);
}

async function count(shop: Shop): Promise<number> {
  const { rows } = await shop.app.db.execute<{ n: number }>(sql`select count(*)::int as n from messages`);
  return rows[0]?.n ?? 0;
}

/** So many readers complain, so many milliseconds ahead of the database's clock. */
async function complain(shop: Shop, readers: number, ahead = 0): Promise<void> {
  await shop.app.db.execute(sql`
    insert into reports (id, message_id, channel, address, kind, source, at)
    select gen_random_uuid()::text, gen_random_uuid(), 'email', 'x@example.com', 'complained', 'arf',
      now() + ${ahead / 1000} * interval '1 second' from generate_series(1, ${readers})`);
}

const stateOf = (list: readonly MessageRow[], user: string): MessageRow | undefined =>
  list.find((one) => one.user === user);
const stops = async (shop: Shop): Promise<unknown[]> =>
  (
    await shop.app.db.execute(
      sql`select channel, cause, ended_at is null as open from sending_stops order by id`,
    )
  ).rows;

describe('readers who complain', () => {
  it('at 0.1 % are told to people, and everything goes on', async () => {
    const { shop, smtp, alerts, newSender } = await openOffice();
    await complain(shop, 1);
    await owe(shop, 'puts', 'ana');
    const sender = newSender();
    await sender.work();
    expect(smtp.accepted).toHaveLength(1);
    expect(alerts).toMatchObject([{ kind: 'complaints', domain: '', times: 1 }]);
    expect(alerts[0]?.response).toMatch(/^1 of 0 messages were marked as spam/);
    shop.pass(2 * MINUTE);
    await owe(shop, 'puts', 'eva');
    await sender.work();
    expect(alerts).toHaveLength(1);
  });

  it('at 0.3 % stop promotions in every process, which lose nothing; services go, and after two weeks all goes on', async () => {
    const { shop, smtp, alerts, newSender } = await openOffice();
    const [one, other] = [newSender(), newSender()];
    await other.work();
    await complain(shop, 3);
    await owe(shop, 'puts', 'ana', 'eva');
    await owe(shop, 'orders', 'leo');
    await one.work();
    expect(smtp.accepted.map(({ to }) => to[0])).toEqual(['RCPT TO:<leo@example.com>']);
    expect(alerts.map(({ kind }) => kind)).toEqual(['stopped']);
    const waiting = stateOf(await shop.messages(), 'ana');
    expect(waiting).toMatchObject({ state: 'deferred', attempts: 0, claimed: false });
    expect(waiting?.because).toMatch(/^promotions stopped: 3 of 0 messages were marked as spam/);
    // Another process, which had looked before, knows it within five seconds and does not tell it again.
    await owe(shop, 'puts', 'max');
    shop.pass(5 * SECOND);
    await other.work();
    expect(smtp.accepted).toHaveLength(1);
    expect(alerts).toHaveLength(1);
    expect((await shop.app.sending.state()).stops).toMatchObject([
      { channel: 'email', cause: 'complaints', held: 3, because: { en: waiting?.because } },
    ]);
    // The complaints are a week old on the seventh day; then it takes a week below 0.3 %.
    for (const days of [8, 5]) {
      shop.pass(days * DAY);
      await one.work();
      expect(smtp.accepted).toHaveLength(1);
    }
    expect(await stops(shop)).toEqual([{ channel: 'email', cause: 'complaints', open: true }]);
    shop.pass(DAY + HOUR);
    await one.work();
    expect(await stops(shop)).toEqual([{ channel: 'email', cause: 'complaints', open: false }]);
    await one.work();
    expect((await shop.messages()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect((await shop.messages()).every(({ attempts, because }) => attempts === 1 && because === null)).toBe(
      true,
    );
    expect(smtp.accepted).toHaveLength(4);
  });

  it('are forgotten when people let promotions go on, until as many complain again', async () => {
    const { shop, smtp, alerts, newSender } = await openOffice();
    const sender = newSender();
    await complain(shop, 5);
    await owe(shop, 'puts', 'ana');
    await sender.work();
    expect(smtp.accepted).toHaveLength(0);
    expect(await shop.app.sending.resume()).toEqual({ ended: 1, released: 1 });
    shop.pass(2 * MINUTE);
    await sender.work();
    expect(smtp.accepted).toHaveLength(1);
    expect((await shop.app.sending.state()).complaints).toEqual({
      sent: 0,
      complained: 0,
      rate: 0,
      level: 'fine',
    });
    await complain(shop, 3, 3 * MINUTE);
    await owe(shop, 'puts', 'eva');
    shop.pass(5 * MINUTE);
    await sender.work();
    expect(smtp.accepted).toHaveLength(1);
    expect(alerts.map(({ kind }) => kind)).toEqual(['stopped', 'stopped']);
    expect(await stops(shop)).toMatchObject([{ open: false }, { open: true }]);
  });
});

describe('promotions stopped by hand', () => {
  it('wait until they are let go, and services do not', async () => {
    const { shop, smtp, newSender } = await openOffice();
    const sender = newSender();
    await sender.work();
    expect(await shop.app.sending.stop('all')).toBe(true);
    expect(await shop.app.sending.stop('all')).toBe(false);
    await owe(shop, 'puts', 'ana');
    await owe(shop, 'orders', 'leo');
    shop.pass(5 * SECOND);
    await sender.work();
    expect(smtp.accepted.map(({ to }) => to[0])).toEqual(['RCPT TO:<leo@example.com>']);
    const waiting = stateOf(await shop.messages(), 'ana');
    expect(waiting).toMatchObject({ state: 'deferred', attempts: 0 });
    expect(waiting?.because).toMatch(/stopped by hand/);
    expect(waiting?.due_in).toBeGreaterThan(1700);
    expect((await shop.app.sending.state()).stops).toMatchObject([
      { channel: 'all', cause: 'hand', held: 1 },
    ]);
    expect(await shop.app.sending.resume()).toEqual({ ended: 1, released: 1 });
    shop.pass(5 * SECOND);
    await sender.work();
    expect(stateOf(await shop.messages(), 'ana')).toMatchObject({
      state: 'sent',
      attempts: 1,
      because: null,
    });
    expect(await shop.app.sending.resume()).toEqual({ ended: 0, released: 0 });
  });

  it('on another channel hold no e-mail back', async () => {
    const { shop, smtp, newSender } = await openOffice();
    await shop.app.sending.stop('sms');
    await owe(shop, 'puts', 'ana');
    await newSender().work();
    expect(smtp.accepted).toHaveLength(1);
  });
});

describe('going on by itself', () => {
  const quiet: Complaints = { sent: 1000, complained: 0 };
  const bad: Complaints = { sent: 1000, complained: 100 };
  const days = (bad_day: number): Complaints[] =>
    Array.from({ length: COMPLAINT_DAYS }, (_, day) => (day === bad_day ? bad : quiet));

  it.each([
    [13, 13, false],
    [14, 20, true],
    [0, 20, false],
    [14, 6.9, false],
    [14, 7, true],
  ])('with the bad day %i days ago, stopped for %i days: %s', (bad_day, stopped, goes_on) => {
    expect(hasCalmedDown(days(bad_day), stopped)).toBe(goes_on);
  });
});
