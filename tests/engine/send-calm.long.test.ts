import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { judgeComplaints } from '../../src/core/messages/complaint-rate.ts';
import { dayOfWarmUp } from '../../src/engine/destinations.ts';
import type { Sender } from '../../src/engine/send.ts';
import { nextAttempt } from '../../src/engine/retry.ts';
import { complaintsByDay, countStrikes } from '../../src/store/suppressions.ts';
import { openOffice } from '../support/office.ts';
import type { MessageRow, Shop } from '../support/shop.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** For the tests with many messages. */
const LONG = 240_000;

/** An offer owed to each: `who` becomes `who@domain`. */
async function owe(shop: Shop, addresses: readonly string[]): Promise<void> {
  const name = (address: string): string => address.replace(/\W/g, '_');
  const before = (await shop.messages()).length;
  await shop.receive(...addresses.map((address) => shop.knows(name(address), { email: address })));
  await shop.receive(...addresses.map((address) => shop.puts(name(address))));
  await expect.poll(() => countMessages(shop), { timeout: LONG }).toBe(before + addresses.length);
}

async function countMessages(shop: Shop): Promise<number> {
  const found = await shop.app.db.execute<{ count: number }>(sql`select count(*)::int from messages`);
  return found.rows[0]?.count ?? 0;
}

function people(domain: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `p${n}@${domain}`);
}

async function stateCounts(shop: Shop): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of await shop.messages()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

async function suppressed(shop: Shop): Promise<unknown[]> {
  const found = await shop.app.db.execute(
    sql`select address, scope, reason from suppressions order by address`,
  );
  return found.rows;
}

/** Sends, and passes the time until the next attempt, until nothing is left to wait for. How many rounds it took. */
async function sendAll(shop: Shop, sender: Sender): Promise<number> {
  for (let round = 1; round < 100; round++) {
    await sender.work();
    const waiting = (await shop.messages()).filter(({ state }) => state === 'deferred' || state === 'owed');
    if (waiting.length === 0) return round;
    shop.pass(Math.max(0, ...waiting.map(({ due_in }) => due_in)) * 1000 + 100);
  }
  throw new Error('it never ends');
}

const at = (domain: string, said: string): boolean => said.toLowerCase().includes(`@${domain}>`);
const only = async (shop: Shop): Promise<MessageRow> => (await shop.messages())[0] as MessageRow;

describe('greylisting', () => {
  it(
    'a thousand recipients that are put off at first all get their message, once each',
    async () => {
      const seen = new Map<string, number>();
      const { shop, smtp, newSender, alerts } = await openOffice(({ step, said }) => {
        if (step !== 'rcpt') return undefined;
        const times = (seen.get(said) ?? 0) + 1;
        seen.set(said, times);
        return times === 1 ? '451 4.7.1 Greylisted, come back later' : undefined;
      });
      await owe(
        shop,
        Array.from({ length: 1000 }, (_, n) => `p${n}@d${n % 20}.test`),
      );
      const sender = newSender();
      await sender.work();
      expect(await stateCounts(shop)).toEqual({ deferred: 1000 });
      expect((await shop.messages()).every(({ due_in }) => due_in < 80)).toBe(true);
      const rounds = 1 + (await sendAll(shop, sender));
      expect(await stateCounts(shop)).toEqual({ sent: 1000 });
      expect(new Set(smtp.accepted.map(({ to }) => to[0])).size).toBe(1000);
      expect(smtp.accepted).toHaveLength(1000);
      expect((await shop.messages()).every(({ attempts }) => attempts === 2)).toBe(true);
      expect(alerts).toEqual([]);
      process.stderr.write(`1,000 greylisted: all delivered, ${rounds} rounds, ${seen.size} recipients\n`);
    },
    LONG,
  );

  it('a message that is put off each time is tried after 1, 5 and 30 minutes, 1, 2 and then 4 hours, for four days', async () => {
    const { shop, newSender } = await openOffice(({ step }) =>
      step === 'rcpt' ? '450 4.2.0 later' : undefined,
    );
    await owe(shop, ['ana@shy.test']);
    const sender = newSender();
    const gaps: number[] = [];
    for (;;) {
      await sender.work();
      const { state, due_in } = await only(shop);
      if (state !== 'deferred') break;
      gaps.push(due_in / 60);
      shop.pass(due_in * 1000 + 10);
    }
    const wanted = [1, 5, 30, 60, 120, 240];
    for (const [n, gap] of gaps.entries()) {
      const least = wanted[Math.min(n, wanted.length - 1)] ?? 0;
      expect(gap, `gap ${n}`).toBeGreaterThan(least * 0.9);
      expect(gap, `gap ${n}`).toBeLessThan(least * 1.21);
    }
    const hours = gaps.reduce((sum, gap) => sum + gap, 0) / 60;
    expect(hours).toBeGreaterThan(72);
    expect(hours).toBeLessThanOrEqual(96);
    expect(await only(shop)).toMatchObject({
      state: 'refused',
      because: 'the receiver put it off for four days',
    });
    expect((await only(shop)).attempts).toBe(gaps.length + 1);
  }, 120_000);
});

describe('a domain that asks for fewer', () => {
  it(
    'takes less than a tenth of what is handed over, and its messages wait without an attempt counted',
    async () => {
      const { shop, smtp, newSender } = await openOffice(({ step, said }) =>
        step === 'rcpt' && at('gmail.test', said) ? '421 4.7.28 unusual rate of mail' : undefined,
      );
      // One after the other, so that both are in each claim.
      const good = people('good.test', 300);
      await owe(
        shop,
        people('gmail.test', 300).flatMap((bad, n) => [bad, good[n] as string]),
      );
      await newSender().work();
      expect(smtp.accepted).toHaveLength(300);
      const asked = smtp.log.filter((step) => step === 'rcpt').length;
      process.stderr.write(`300 of good.test went with ${asked - 300} tries at gmail.test beside them\n`);
      // Each hand-over takes a place: the good ones keep at least nine of ten.
      expect(300 / asked).toBeGreaterThanOrEqual(0.9);
      const bad = (await shop.messages()).filter(({ user }) => user.includes('gmail'));
      expect(bad.every(({ state }) => state === 'deferred')).toBe(true);
      const waiting = bad.filter(({ attempts }) => attempts === 0);
      expect(waiting.length).toBe(600 - asked);
      expect(waiting.every(({ due_in }) => due_in > 0 && due_in < 11 * 60)).toBe(true);
      expect(new Set(waiting.map(({ because }) => because))).toEqual(
        new Set(['gmail.test asked for fewer messages, so this one waits']),
      );
      const spanish = await shop.app.db.execute<{ es: string }>(
        sql`select distinct held_because ->> 'es' as es from messages where attempts = 0`,
      );
      expect(spanish.rows).toEqual([{ es: 'gmail.test pidió menos mensajes, así que este espera' }]);
    },
    LONG,
  );

  it(
    'gets all of them in the end, and no reason to wait is left',
    async () => {
      let calls = 0;
      const { shop, smtp, newSender } = await openOffice(({ step, said }) =>
        step === 'rcpt' && at('gmail.test', said) && ++calls <= 20 ? '421 4.7.28 unusual rate' : undefined,
      );
      await owe(shop, people('gmail.test', 60));
      await sendAll(shop, newSender());
      expect(await stateCounts(shop)).toEqual({ sent: 60 });
      expect(new Set(smtp.accepted.map(({ to }) => to[0])).size).toBe(60);
      expect(smtp.accepted).toHaveLength(60);
      expect((await shop.messages()).every(({ because }) => because === null)).toBe(true);
    },
    LONG,
  );

  it('and says so in its greeting costs the contact no attempt', async () => {
    let is_busy = true;
    const { shop, newSender } = await openOffice(({ step }) =>
      step === 'greeting' && is_busy ? '421 4.3.2 too busy' : undefined,
    );
    await owe(shop, ['ana@busy.test']);
    const sender = newSender();
    await sender.work();
    expect(await only(shop)).toMatchObject({
      state: 'deferred',
      attempts: 0,
      response: '421 4.3.2 too busy',
      because: 'busy.test asked for fewer messages, so this one waits',
      claimed: false,
    });
    expect((await only(shop)).due_in).toBeGreaterThan(5);
    is_busy = false;
    shop.pass(2 * MINUTE);
    await sender.work();
    expect(await only(shop)).toMatchObject({ state: 'sent', attempts: 1, because: null });
    expect(await suppressed(shop)).toEqual([]);
  });

  it('leaves no doubt about a service message: after waiting it is still tried again once', async () => {
    let told = 0;
    const { shop, newSender } = await openOffice(({ step }) => {
      if (step === 'greeting') return ++told === 1 ? '421 4.3.2 too busy' : undefined;
      return step === 'dot' ? 'drop' : undefined;
    });
    await shop.receive(shop.knows('ana'), shop.orders('ana'));
    await shop.until((list) => list.length === 1);
    const sender = newSender();
    await sender.work();
    expect(await only(shop)).toMatchObject({ state: 'deferred', attempts: 0 });
    shop.pass(2 * MINUTE);
    await sender.work();
    expect(await only(shop)).toMatchObject({ state: 'deferred', attempts: 1 });
    expect((await only(shop)).because).toContain('may or may not have it');
    shop.pass(2 * MINUTE);
    await sender.work();
    expect(await only(shop)).toMatchObject({ state: 'uncertain', attempts: 2 });
  });
});

describe('a domain that says nothing', () => {
  it(
    'never holds more than a fifth of the places, while all others get theirs',
    async () => {
      let held = 0;
      let most = 0;
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const { shop, smtp, newSender } = await openOffice(async ({ step, said }) => {
        if (step !== 'rcpt' || !at('mute.test', said)) return undefined;
        most = Math.max(most, ++held);
        await released;
        held--;
        return '450 4.2.0 later';
      });
      const good = people('good.test', 150);
      await owe(
        shop,
        people('mute.test', 150).flatMap((bad, n) => [bad, good[n] as string]),
      );
      const working = newSender().work();
      await expect.poll(() => smtp.accepted.length, { timeout: 60_000 }).toBe(150);
      expect(held).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(8);
      process.stderr.write(`mute.test held ${most} of 40 places while 150 others went\n`);
      release();
      await working;
      expect(await stateCounts(shop)).toEqual({ sent: 150, deferred: 150 });
    },
    LONG,
  );
});

describe('an answer that is about us and not about the recipient', () => {
  it('stops what goes to that domain, tells people once, and suppresses nobody', async () => {
    const { shop, smtp, alerts, newSender } = await openOffice(({ step, said }) =>
      step === 'rcpt' && at('m.test', said) ? '550 5.7.515 Access denied, not authenticated' : undefined,
    );
    await owe(shop, [...people('m.test', 30), ...people('good.test', 5)]);
    const sender = newSender();
    await sender.work();
    const tried = smtp.log.filter((step) => step === 'rcpt').length - 5;
    expect(tried).toBeLessThanOrEqual(4);
    expect(await stateCounts(shop)).toEqual({ sent: 5, refused: tried, deferred: 30 - tried });
    const waiting = (await shop.messages()).filter(({ state }) => state === 'deferred');
    for (const { because, attempts, due_in } of waiting) {
      expect(because).toBe('m.test refused us as a sender, so nothing goes there for a while');
      expect(attempts).toBe(0);
      expect(due_in).toBeGreaterThan(4 * 60);
    }
    expect(await suppressed(shop)).toEqual([]);
    expect(alerts).toMatchObject([
      {
        kind: 'unwanted',
        domain: 'm.test',
        response: '550 5.7.515 Access denied, not authenticated',
        times: 1,
      },
    ]);
    // What comes meanwhile is not tried either.
    await owe(shop, ['late@m.test']);
    await sender.work();
    expect(smtp.log.filter((step) => step === 'rcpt')).toHaveLength(tried + 5);
  });

  it('in the greeting (554) suppresses nobody and is told once', async () => {
    const { shop, alerts, newSender } = await openOffice(({ step }) =>
      step === 'greeting' ? '554 5.7.1 your address is blocked' : undefined,
    );
    await owe(shop, [...people('a.test', 3), ...people('b.test', 3)]);
    await newSender().work();
    expect(await stateCounts(shop)).toEqual({ deferred: 6 });
    expect(await suppressed(shop)).toEqual([]);
    expect(alerts).toMatchObject([
      { kind: 'shut_out', domain: '', response: '554 5.7.1 your address is blocked' },
    ]);
  });

  it('that no server should give is put off, counted and told', async () => {
    const { shop, alerts, newSender } = await openOffice(({ step }) =>
      step === 'rcpt' ? '999 what' : undefined,
    );
    await owe(shop, people('odd.test', 5));
    const sender = newSender();
    await sender.work();
    expect(await stateCounts(shop)).toEqual({ deferred: 5 });
    expect(alerts).toMatchObject([{ kind: 'nonsense', domain: 'odd.test', response: '999 what', times: 1 }]);
    shop.pass(2 * HOUR);
    await sender.work();
    expect(alerts.map(({ times }) => times)).toEqual([1, 5]);
    expect(await suppressed(shop)).toEqual([]);
  });
});

describe('a mailbox that is full', () => {
  it('is tried again, and left alone for good after three messages within thirty days', async () => {
    const { shop, newSender } = await openOffice(({ step }) =>
      step === 'rcpt' ? '552 5.2.2 mailbox full' : undefined,
    );
    const sender = newSender();
    const round = async (): Promise<string[]> => {
      await sender.work();
      return (await shop.messages()).map(({ state }) => state);
    };
    await owe(shop, ['ana@example.com']);
    expect(await round()).toEqual(['deferred']);
    shop.pass(2 * MINUTE);
    // Another attempt with the same message is no other strike.
    expect(await round()).toEqual(['deferred']);
    expect(await countStrikes(shop.app.db, 'email', 'Ana@example.com', 0)).toBe(1);
    await owe(shop, ['ana@example.com']);
    expect((await round()).toSorted()).toEqual(['deferred', 'deferred']);
    expect(await suppressed(shop)).toEqual([]);
    await owe(shop, ['ana@example.com']);
    expect((await round()).filter((state) => state === 'refused')).toHaveLength(1);
    expect((await shop.messages()).find(({ state }) => state === 'refused')?.because).toContain(
      'third time in thirty days',
    );
    expect(await suppressed(shop)).toEqual([
      { address: 'ana@example.com', scope: 'all', reason: '552 5.2.2 mailbox full' },
    ]);
    const kept = await shop.app.db.execute(
      sql`select kind, class, status, diagnostic, source, address, message_id is not null as named from reports`,
    );
    const report = {
      ...{ kind: 'bounced', class: 'mailbox', status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' },
      ...{ source: 'smtp', address: 'ana@example.com', named: true },
    };
    expect(kept.rows).toEqual([report, report, report]);
  });

  it('is not left alone for strikes that are older, or that anybody could have told', async () => {
    const { shop, newSender } = await openOffice(({ step }) =>
      step === 'rcpt' ? '550 5.2.1 resting' : undefined,
    );
    await shop.app.db.execute(sql`
      insert into reports (id, message_id, channel, address, kind, class, source, at)
      select n.id, gen_random_uuid(), 'email', n.address, 'bounced', n.class, 'test', now() - n.days * interval '1 day'
      from (values ('a', 'ana@example.com', 'mailbox', 31), ('b', 'ana@example.com', 'mailbox', 40),
        ('c', 'ana@example.com', 'mailbox', 2), ('d', 'ana@example.com', 'sender', 2),
        ('e', 'eva@example.com', 'mailbox', 2)) as n (id, address, class, days)`);
    await shop.app.db.execute(sql`
      insert into reports (id, channel, address, kind, class, source, at) values
        ('forged', 'email', 'ana@example.com', 'bounced', 'mailbox', 'mailbox', now())`);
    await owe(shop, ['ana@example.com']);
    await newSender().work();
    expect(await only(shop)).toMatchObject({ state: 'deferred', attempts: 1 });
    expect(await suppressed(shop)).toEqual([]);
  });
});

describe('a sender that is new', () => {
  it(
    'sends twice as many each day at most, and the rest the next day; receipts go at once',
    async () => {
      const { shop, smtp, newSender } = await openOffice();
      const started_at = Date.now();
      const calm = { warmUp: (now: number) => dayOfWarmUp({ started_at, first_day: 5 }, now) };
      await owe(shop, people('example.com', 30));
      await newSender(calm).work();
      expect(smtp.accepted).toHaveLength(5);
      const waiting = (await shop.messages()).filter(({ state }) => state === 'deferred');
      expect(waiting).toHaveLength(25);
      for (const { attempts, because, due_in } of waiting) {
        expect(attempts).toBe(0);
        expect(because).toContain('5 messages are enough for today');
        expect(due_in).toBeGreaterThan(DAY / 1000 - 300);
        expect(due_in).toBeLessThan(DAY / 1000 + 3600);
      }
      await owe(shop, ['one@example.com']);
      await shop.receive(shop.knows('ana'), shop.orders('ana'));
      await expect.poll(() => countMessages(shop)).toBe(32);
      // A process that has just started knows what others sent.
      await newSender(calm).work();
      expect(smtp.accepted).toHaveLength(6);
      expect(smtp.accepted[5]?.to).toEqual(['RCPT TO:<ana@example.com>']);
      const each_day: number[] = [];
      const sender = newSender(calm);
      for (let day = 1; day <= 3; day++) {
        shop.pass(DAY + 62 * MINUTE * (day === 1 ? 1 : 0));
        const before = smtp.accepted.length;
        await sender.work();
        each_day.push(smtp.accepted.length - before);
      }
      process.stderr.write(`warm-up from 5: ${[5, ...each_day].join(', ')} promotions a day\n`);
      expect(each_day).toEqual([10, 16, 0]);
      expect((await stateCounts(shop))['sent']).toBe(32);
    },
    LONG,
  );
});

it('what had to wait for longer than four days is still tried three times', () => {
  const owed_at = Date.UTC(2026, 0, 1);
  const now = owed_at + 6 * DAY;
  const next = [1, 2, 3].map((attempts) => nextAttempt(attempts, owed_at, now, 'm'));
  expect(next.map((when) => when !== undefined)).toEqual([true, true, false]);
});

it('a sender that is asked to stop gives back at once what stands in line', async () => {
  let let_go: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (let_go = resolve));
  const { shop, smtp, newSender } = await openOffice(async ({ step }) => {
    if (step === 'dot') await slow;
    return undefined;
  });
  await owe(shop, people('example.com', 40));
  const sender = newSender();
  const working = sender.work();
  await smtp.seen('dot', 4);
  sender.stop();
  let_go();
  await working;
  expect(await stateCounts(shop)).toEqual({ sent: 4, owed: 36 });
  expect((await shop.messages()).filter(({ claimed }) => claimed)).toEqual([]);
  await newSender().work();
  expect(await stateCounts(shop)).toEqual({ sent: 40 });
  expect(smtp.accepted).toHaveLength(40);
});

describe('complaints', () => {
  it('are counted once for each message, the believable ones, over what was sent since', async () => {
    const { shop, newSender } = await openOffice();
    await owe(shop, people('example.com', 4));
    await newSender().work();
    const [first] = await shop.messages();
    await shop.app.db.execute(sql`
      insert into reports (id, message_id, channel, address, kind, source, at) values
        ('a', ${first?.id}, 'email', 'x@example.com', 'complained', 'arf', now()),
        ('again', ${first?.id}, 'email', 'x@example.com', 'complained', 'webhook', now()),
        ('forged', null, 'email', 'y@example.com', 'complained', 'mailbox', now()),
        ('proved', null, 'email', 'v@example.com', 'complained', 'ses', now()),
        ('old', gen_random_uuid(), 'email', 'z@example.com', 'complained', 'arf', now() - interval '25 hours'),
        ('other', gen_random_uuid(), 'email', 'z@example.com', 'bounced', 'dsn', now())`);
    const days = await complaintsByDay(shop.app.db, Date.now(), 3);
    expect(days).toEqual([
      { sent: 4, complained: 2 },
      { sent: 0, complained: 1 },
      { sent: 0, complained: 0 },
    ]);
  });

  it.each([
    [{ sent: 100_000, complained: 99 }, 'fine'],
    [{ sent: 100_000, complained: 100 }, 'warn'],
    [{ sent: 100_000, complained: 299 }, 'warn'],
    [{ sent: 100_000, complained: 300 }, 'pause'],
    [{ sent: 10, complained: 1 }, 'warn'],
    [{ sent: 10, complained: 3 }, 'pause'],
    [{ sent: 0, complained: 0 }, 'fine'],
  ])('%j: %s', (complaints, level) => {
    const verdict = judgeComplaints(complaints);
    expect(verdict.level).toBe(level);
    expect(verdict.because === null).toBe(level === 'fine');
    if (verdict.because) expect(verdict.because.es).not.toBe(verdict.because.en);
  });
});
