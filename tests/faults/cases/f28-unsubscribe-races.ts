/** F28: people unsubscribe while they are being written to, imported, and joined with somebody else. */
import { sql } from 'drizzle-orm';
import type { MessageRow, Shop } from '../../support/shop.ts';
import { atOneMoment, type Shot } from '../barrier.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type Door, type OwnFindings, type Room } from '../room.ts';

export const unsubscribeRaces: FaultCase = {
  id: 'F28',
  name: 'unsubscribing at the same moment as a send, an import, and a merge of two contacts',
  correct:
    'No promotion leaves after the commit of an unsubscribe; an import and a merge never take it back.',
  backends: 'both',
  run: (setting) => inRoom(setting, race),
};

/** In each of the three races. */
const PEOPLE = 200;
const ONE_CLICK = 'List-Unsubscribe=One-Click';

async function race(room: Room): Promise<OwnFindings> {
  const smtp = await room.startSmtp();
  const shop = await room.openShop({ smtp_url: smtp.url });
  const door = await room.openDoor(shop.app);
  await keepOrder(shop);
  const sending = await whileSending(room, shop, door);
  await whileImported(room, shop, door);
  await whileJoined(room, shop, door);
  const sent = smtp.accepted.length;
  await nobodyIsWrittenTo(room, shop, () => smtp.accepted.length);
  return { sent, forbidden: sending.late, own: { races: 3 * PEOPLE, ...sending } };
}

/** Notes when each statement began that let a message go; what a client was told comes beside it. */
async function keepOrder({ app }: Shop): Promise<void> {
  await app.db.execute(sql`
    create table handed_over (message_id uuid, began timestamptz);
    create table answered (message_id uuid, at timestamptz);
    create function note() returns trigger language plpgsql as
      $$ begin insert into handed_over values (new.id, statement_timestamp()); return null; end $$;
    create trigger note after update on messages for each row when (new.state = 'handing_over')
      execute function note()`);
}

const UNDER_WAY: ReadonlySet<string> = new Set(['owed', 'claimed', 'handing_over', 'deferred']);

/** Everybody, in an order of chance, while the sender goes through them. */
async function whileSending(
  { dice, world, must }: Room,
  shop: Shop,
  door: Door,
): Promise<Readonly<Record<string, number>> & { late: number }> {
  const users = Array.from({ length: PEOPLE }, (_, n) => `sent-${n}`);
  await shop.receive(...users.flatMap((user) => [shop.knows(user), shop.puts(user)]));
  const owed = await shop.until((list) => list.length === PEOPLE);
  shop.send();
  await inGroups(dice.shuffle([...owed]), 10, async (some) => {
    const statuses = await atOneMoment(some.map(({ id }) => oneClick(shop, door, id)));
    must(
      statuses.every((status) => status === 200),
      `unsubscribing while sending: answered with ${statuses.join(', ')}`,
    );
    for (const { id } of some) await world.query('insert into answered values ($1, clock_timestamp())', [id]);
  });
  // What was put off at the gate waits a minute, and is then held back.
  shop.pass(5 * 60_000);
  shop.send();
  const list = await shop.until((all) => all.every(({ state }) => !UNDER_WAY.has(state)), 40_000);
  const [found] = await world.query<{ late: number }>(
    'select count(*)::int as late from handed_over h join answered a using (message_id) where h.began > a.at',
  );
  const late = found?.late ?? Infinity;
  must(late === 0, `${late} were sent after the unsubscribe was answered`);
  const count = (state: string): number => list.filter((one) => one.state === state).length;
  must(count('sent') + count('suppressed') === PEOPLE, 'some were neither sent nor held back');
  return { late, sent_before: count('sent'), held_back: count('suppressed') };
}

async function inGroups<T>(
  list: readonly T[],
  size: number,
  work: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < list.length; at += size) await work(list.slice(at, at + size));
}

function oneClick({ app }: Shop, door: Door, id: string): Shot {
  return { door, path: new URL(app.links.unsubscribeUrl(id)).pathname, body: ONE_CLICK };
}

/** An import says at the same moment that they had agreed yesterday. */
async function whileImported({ dice, must }: Room, shop: Shop, door: Door): Promise<void> {
  const users = Array.from({ length: PEOPLE }, (_, n) => `imported-${n}`);
  const letters = await written(shop, users);
  const yesterday = new Date(Date.now() - 24 * 60 * 60_000).toISOString();
  await inGroups(letters, 25, async (some) => {
    const rows = some.map(({ user, id }) => ({
      ...{ type: 'identify', userId: user, messageId: `import-${id}`, timestamp: yesterday },
      traits: { email: `${user}@example.com`, consent: ['email'] },
    }));
    const shots = some.map(({ id }) => oneClick(shop, door, id));
    const statuses = await atOneMoment(
      dice.shuffle([...shots, { door, path: '/v1/import', body: { batch: rows } }]),
    );
    must(
      statuses.every((status) => status === 200),
      `unsubscribing while imported: answered with ${statuses.join(', ')}`,
    );
  });
}

/** Either of two contacts unsubscribes; at the same moment they turn out to be one. */
async function whileJoined({ dice, must }: Room, shop: Shop, door: Door): Promise<void> {
  const users = Array.from({ length: PEOPLE }, (_, n) => [`first-${n}`, `second-${n}`] as const);
  const letters = await written(shop, users.flat());
  const letterOf = new Map(letters.map((one) => [one.user, one]));
  await inGroups(users, 12, async (some) => {
    const shots = some.flatMap(([first, second]) => {
      const { id } = letterOf.get(dice.pick([first, second])) as MessageRow;
      const body = { userId: first, previousId: second, messageId: `join-${first}` };
      return [oneClick(shop, door, id), { door, path: '/v1/alias', body }];
    });
    const statuses = await atOneMoment(dice.shuffle(shots));
    must(
      statuses.every((status) => status === 200),
      `unsubscribing while joined: answered with ${statuses.join(', ')}`,
    );
  });
}

/** Somebody who may be written to, and was: the letters. */
async function written(shop: Shop, users: readonly string[]): Promise<readonly MessageRow[]> {
  await shop.receive(...users.flatMap((user) => [shop.knows(user), shop.puts(user)]));
  const theirs = new Set(users);
  await shop.until((list) => list.filter(({ user }) => theirs.has(user)).length === users.length, 40_000);
  shop.send();
  const all = await shop.until(
    (list) => list.filter(({ user, sent }) => sent && theirs.has(user)).length === users.length,
    40_000,
  );
  return all.filter(({ user }) => theirs.has(user));
}

/** Whoever was in a race has said no. */
async function nobodyIsWrittenTo(
  { world, must, decided }: Room,
  shop: Shop,
  taken: () => number,
): Promise<void> {
  await decided();
  const agreeing = await world.query<{ value: string }>(
    `select min(i.value) as value from consents k join identities i using (contact_id)
    where k.channel = 'email' and k.topic = '' and k.granted group by contact_id`,
  );
  must(
    agreeing.length === 0,
    `${agreeing.length} people agree though they unsubscribed: ${agreeing
      .slice(0, 3)
      .map(({ value }) => value)
      .join(', ')}`,
  );
  const before = taken();
  const users = ['sent', 'imported', 'first'].flatMap((kind) =>
    Array.from({ length: PEOPLE }, (_, n) => `${kind}-${n}`),
  );
  await shop.receive(...users.map((user) => shop.puts(user)));
  await decided();
  shop.send();
  await shop.until((list) => list.every(({ state }) => !UNDER_WAY.has(state)), 40_000);
  must(taken() === before, `${taken() - before} of them were written to afterwards`);
}
