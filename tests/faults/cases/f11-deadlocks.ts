/** F11: PostgreSQL ends our transactions in favour of others. */
import pg from 'pg';
import { partitionOf } from '../../../src/engine/ports.ts';
import type { Shop } from '../../support/shop.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type Door, type OwnFindings, type Room } from '../room.ts';

export const deadlocks: FaultCase = {
  id: 'F11',
  name: 'deadlocks and serialization failures, while events are stored and while they are decided',
  correct:
    'The work begins anew by itself, up to five times in all: every request is answered with 200, with one effect.',
  backends: 'both',
  run: (setting) => inRoom(setting, meetThem),
};

const ROUNDS = 3;
/** Fewer than the times for which a transaction is begun anew. */
const MOST_IN_A_ROW = 3;

async function meetThem(room: Room): Promise<OwnFindings> {
  const { world, dice, must } = room;
  const name = new URL(world.database_url).pathname.slice(1);
  await world.query(`alter database ${name} set deadlock_timeout = '250ms'`);
  const shop = await room.openShop();
  const door = await room.openDoor(shop.app);
  const rival = await openRival(room);
  const anew = { while_storing: 0, while_deciding: 0, serialization_failures: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    const times = dice.whole(1, MOST_IN_A_ROW);
    anew.while_storing += times;
    await whileStoring(room, door, rival, round, times);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    const times = dice.whole(1, MOST_IN_A_ROW);
    anew.while_deciding += times;
    await whileDeciding(room, door, shop, rival, round, times);
  }
  anew.serialization_failures = await failToSerialize(room, door, shop);
  must(shop.errors.length === 0, `somebody heard of it: ${shop.errors.map(String).join('; ')}`);
  return { own: { ended_and_begun_anew: Object.values(anew).reduce((sum, one) => sum + one), ...anew } };
}

/** Takes rows in the other order, and is never the one that PostgreSQL ends. */
interface Rival {
  /** Takes the last row, and lets go of it in the end; meanwhile the work gets in the way so often. */
  meet(last: string, first: string, times: number): Promise<Meeting>;
}

interface Meeting {
  /** Resolves when somebody was ended so often, and everything is free again. */
  over(): Promise<void>;
}

async function openRival({ world, atEnd }: Room): Promise<Rival> {
  const client = new pg.Client({ connectionString: world.database_url });
  await client.connect();
  atEnd(() => client.end());
  await client.query("set deadlock_timeout = '1h'");
  const [mine] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;

  async function somebodyWaits(): Promise<void> {
    const until = Date.now() + 10_000;
    for (;;) {
      const found = await world.query('select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [
        mine?.pid,
      ]);
      if (found.length > 0) return;
      if (Date.now() > until) throw new Error('nobody came to wait for the rival');
    }
  }

  return {
    async meet(last, first, times) {
      await client.query('begin');
      await client.query(last);
      return {
        async over() {
          for (let time = 0; time < times; time++) {
            await client.query('savepoint before_first');
            await somebodyWaits();
            await client.query(first);
            await client.query('rollback to before_first');
          }
          await client.query('commit');
        },
      };
    },
  };
}

/** Two visitors become customers in one request; the rival holds the ids of the second and wants those of the first. */
async function whileStoring(
  { world, must }: Room,
  door: Door,
  rival: Rival,
  round: number,
  times: number,
): Promise<void> {
  const visitors = ['a', 'b'].map((one) => `visitor-${one}-${round}`);
  const [first = '', last = ''] = visitors;
  await door.post('/v1/batch', {
    batch: visitors.map((anonymousId) => ({ type: 'page', anonymousId, messageId: `seen-${anonymousId}` })),
  });
  const idOf = (value: string): string => `select from identities where value = '${value}' for update`;
  const meeting = await rival.meet(idOf(last), idOf(first), times);
  const answer = door.post('/v1/batch', {
    batch: visitors.map((anonymousId) => ({
      ...{
        type: 'identify',
        anonymousId,
        userId: `user-of-${anonymousId}`,
        messageId: `known-${anonymousId}`,
      },
      traits: { email: `${anonymousId}@example.com`, language: 'en', consent: ['email'] },
    })),
  });
  await meeting.over();
  const { status } = await answer;
  must(status === 200, `storing, round ${round}: answered with ${status}`);
  const kept = await world.query<{ events: number; people: number }>(
    `select count(distinct e.id)::int as events, count(distinct i.contact_id)::int as people
    from events e join identities i using (contact_id) where e.message_id = any($1)`,
    [visitors.flatMap((one) => [`seen-${one}`, `known-${one}`])],
  );
  must(
    kept[0]?.events === 4 && kept[0].people === 2,
    `storing, round ${round}: ${JSON.stringify(kept[0])} in place of 4 events of 2 people`,
  );
}

/** Two people of one partition put something into the cart; the rival holds the second and wants the first. */
async function whileDeciding(
  { world, must }: Room,
  door: Door,
  shop: Shop,
  rival: Rival,
  round: number,
  times: number,
): Promise<void> {
  const pair = await neighbours(world, shop, round);
  const rowOf = (id = ''): string => `select from contacts where id = '${id}' for no key update`;
  const meeting = await rival.meet(rowOf(pair[1]?.id), rowOf(pair[0]?.id), times);
  const { status } = await door.post('/v1/batch', {
    batch: pair.map(({ user }) => ({
      ...{ type: 'track', userId: user, event: 'Product Added', messageId: `put-${user}` },
      properties: { product_id: 'shoe', price: 20, quantity: 1 },
    })),
  });
  must(status === 200, `deciding, round ${round}: answered with ${status}`);
  await meeting.over();
  const users = new Set(pair.map(({ user }) => user));
  const offers = await shop.until((list) => list.filter(({ user }) => users.has(user)).length === 2);
  const of_both = offers.filter(({ user }) => users.has(user));
  must(
    of_both.length === 2,
    `deciding, round ${round}: ${of_both.length} offers in place of one for each of 2`,
  );
}

interface Neighbour {
  readonly id: string;
  readonly user: string;
}

/** Two people who are decided in one turn, in the order in which they are locked. */
async function neighbours(world: Room['world'], shop: Shop, round: number): Promise<readonly Neighbour[]> {
  const users = Array.from({ length: 65 }, (_, n) => `neighbour-${round}-${n}`);
  await shop.receive(...users.map((user) => shop.knows(user)));
  const decided = `select i.contact_id as id, i.value as user from identities i join contacts c on c.id = i.contact_id
    where i.value = any($1) and c.decided_at is not null order by i.contact_id`;
  let list: Neighbour[] = [];
  while (list.length < users.length) list = await world.query<Neighbour>(decided, [users]);
  for (const one of list) {
    const other = list.find(({ id }) => id > one.id && partitionOf(id) === partitionOf(one.id));
    if (other) return [one, other];
  }
  throw new Error('65 people, and no two of them in one of 64 partitions');
}

/** PostgreSQL says so only to stricter isolation than ours; here a trigger does. */
async function failToSerialize({ world, dice, must }: Room, door: Door, shop: Shop): Promise<number> {
  const times = { events: dice.whole(1, 4), messages: dice.whole(1, 4) };
  for (const [table, most] of Object.entries(times))
    await world.query(`
      create sequence failed_${table};
      create function fail_${table}() returns trigger language plpgsql as $$ begin
        if nextval('failed_${table}') <= ${most} then raise exception using errcode = '40001'; end if;
        return null;
      end $$;
      create trigger fail after insert on ${table} for each statement execute function fail_${table}()`);
  const { status } = await door.post('/v1/batch', {
    batch: [
      {
        ...{ type: 'track', userId: 'neighbour-1-0', event: 'Order Completed', messageId: 'serial' },
        properties: { order_id: 'serial', total: 20 },
      },
    ],
  });
  must(status === 200, `a serialization failure: answered with ${status}`);
  const list = await shop.until((all) => all.some(({ message }) => message === 'receipt'));
  const receipts = list.filter(({ message }) => message === 'receipt').length;
  must(receipts === 1, `a serialization failure: ${receipts} receipts in place of 1`);
  return times.events + times.messages;
}
