/** E10: who unsubscribes while the sender is at it. The order is the database's own: commits and beginnings of statements. */
import { sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { backends } from '../support/database.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { SHOP_FILES } from '../support/shop.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const PEOPLE = 500;
const AT_ONCE = 12;
/** So many have said no before the first message has come to the mail server. */
const AHEAD = 50;
const ONE_CLICK = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'List-Unsubscribe=One-Click',
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Race extends TestApp {
  readonly smtp: ScriptedSmtp;
  /** Resolves when so many promotions have been held back or have come to the mail server. */
  under_way(messages: number): Promise<void>;
}

async function openRace(backend: 'postgres' | 'redis'): Promise<Race> {
  const started = steps();
  const smtp = await startScriptedSmtp(({ step }) => void (step === 'data' && started.take()));
  closing.push(() => smtp.stop());
  const shop = await openTestApp({
    ...{ files: SHOP_FILES, backend, start: 0, roles: ['engine'] },
    overrides: { smtp_url: smtp.url, onMark: ({ state }) => void (state === 'suppressed' && started.take()) },
  });
  closing.push(() => shop.close());
  shop.clock.run(0);
  return { ...shop, smtp, under_way: started.reached };
}

function steps(): { take(): void; reached(count: number): Promise<void> } {
  let taken = 0;
  const waiting = new Map<number, (() => void)[]>();
  return {
    take() {
      for (const go of waiting.get(++taken) ?? []) go();
    },
    reached: (count) =>
      new Promise((resolve) => {
        if (taken >= count) resolve();
        else waiting.set(count, [...(waiting.get(count) ?? []), resolve]);
      }),
  };
}

/** Notes when each statement began that let a message go; what a client was told comes beside it. */
async function keepOrder({ app }: TestApp): Promise<void> {
  await app.db.execute(sql`
    create table handed_over (message_id uuid, began timestamptz);
    create table answered (message_id uuid, at timestamptz);
    create function note() returns trigger language plpgsql as
      $$ begin insert into handed_over values (new.id, statement_timestamp()); return null; end $$;
    create trigger note after update on messages for each row when (new.state = 'handing_over')
      execute function note()`);
}

/** A promotion owed to each, in the order in which they will be claimed. */
async function owe({ app }: TestApp): Promise<readonly string[]> {
  const users = Array.from({ length: PEOPLE }, (_, n) => ({ user_id: `p${n}` }));
  await app.receiver.receive([
    ...users.map((who) =>
      identified(who, { email: `${who.user_id}@example.com`, language: 'en', consent: ['email'] }),
    ),
    ...users.map((who) => tracked(who, 'product_added', product('shoe', 20))),
  ]);
  const owed = async (): Promise<string[]> =>
    (await app.db.execute<{ id: string }>(sql`select id from messages order by due_at`)).rows.map(
      ({ id }) => id,
    );
  await expect.poll(async () => (await owed()).length, { timeout: 30_000 }).toBe(PEOPLE);
  return owed();
}

/** Everybody, in an order of chance, about as fast as the sender goes through them. */
async function unsubscribeAll(race: Race, origin: string, ids: readonly string[]): Promise<void> {
  const left = shuffled(ids).entries();
  const clicker = async (): Promise<void> => {
    for (const [place, id] of left) {
      await race.under_way(place - AHEAD);
      const path = new URL(race.app.links.unsubscribeUrl(id)).pathname;
      const answer = await fetch(`${origin}${path}`, ONE_CLICK);
      expect(answer.status).toBe(200);
      await race.app.db.execute(sql`insert into answered values (${id}, clock_timestamp())`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, clicker));
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

type Outcome = { sent: number; at_claim: number; at_gate: number; late: number; others: number };

async function outcome({ app }: TestApp): Promise<Outcome | undefined> {
  const found = await app.db.execute<Outcome>(sql`
    select count(*) filter (where state = 'sent')::int as sent,
      count(*) filter (where state = 'suppressed' and attempts = 1)::int as at_claim,
      count(*) filter (where state = 'suppressed' and attempts > 1)::int as at_gate,
      count(*) filter (where state not in ('sent', 'suppressed'))::int as others,
      (select count(*)::int from handed_over h join answered a using (message_id) where h.began > a.at) as late
    from messages`);
  return found.rows[0];
}

it.each(backends())(
  'of 500 who unsubscribe while their promotion is on its way, nobody is written to after it is committed (%s)',
  async (backend) => {
    const shop = await openRace(backend);
    await keepOrder(shop);
    const ids = await owe(shop);
    const server = await openServer(shop.app);
    closing.push(() => server.close());
    const origin = await server.listen({ port: 0, host: '127.0.0.1' });
    shop.app.start(new Set(['sender']));
    shop.app.bell.ringSends();
    await unsubscribeAll(shop, origin, ids);
    const isDone = async (): Promise<number | undefined> => (await outcome(shop))?.others;
    // What was put off at the gate waits a minute and is then held back.
    shop.clock.run(5 * 60_000);
    shop.app.bell.ringSends();
    await expect.poll(isDone, { timeout: 20_000 }).toBe(0);

    const { sent = 0, at_claim = 0, at_gate = 0, late } = (await outcome(shop)) ?? {};
    process.stderr.write(
      `${PEOPLE} unsubscribed while sending (${backend}): ${sent} were sent before, ${at_claim} held back when claimed, ` +
        `${at_gate} when handed over, ${late} sent after\n`,
    );
    expect(late).toBe(0);
    expect(sent + at_claim + at_gate).toBe(PEOPLE);
    expect(shop.smtp.accepted).toHaveLength(sent);
    expect(sent).toBeGreaterThan(PEOPLE / 20);
    expect(at_claim).toBeGreaterThan(PEOPLE / 20);
    const because = await shop.app.db.execute(
      sql`select distinct held_because ->> 'en' as because from messages where state = 'suppressed'`,
    );
    expect(because.rows).toEqual([{ because: 'no consent to promotions at the moment of sending' }]);
  },
  120_000,
);
