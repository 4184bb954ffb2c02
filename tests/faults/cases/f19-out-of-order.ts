/** F19: events out of order, late, from the future, and split over requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageFiles, projectFiles } from '../../support/projects.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type Door, type OwnFindings, type Room } from '../room.ts';

export const outOfOrder: FaultCase = {
  id: 'F19',
  name: 'events shuffled, a day late, from the future, and split over many requests',
  correct:
    'In whatever order they come, profile and stage are the same; an exit that comes late still ends the run; the future counts as of its receipt (docs/events.md).',
  backends: 'both',
  run: (setting) => inRoom(setting, tellInDisorder),
};

const FILES = projectFiles({
  ...messageFiles('reminder', 'promotion'),
  'workflows/reminding.yaml': `version: 1
workflow: reminding
purpose: promotion
enter_when: { event: product_added }
re_enter: always
exit_when: { event: order_completed }
steps:
  - wait: 2 hours
  - send_email: reminder
`,
});

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** In disorder, each in an order of its own; and one who is told in order. */
const PEOPLE = 40;

interface Told {
  readonly minutes_ago: number;
  readonly event: string;
  readonly properties?: object;
}

const HISTORY: readonly Told[] = [
  { minutes_ago: 3 * 24 * 60, event: 'Product Viewed', properties: { product_id: 'a' } },
  {
    minutes_ago: 2 * 24 * 60,
    event: 'Product Added',
    properties: { product_id: 'a', price: 5, quantity: 2 },
  },
  { minutes_ago: 2 * 24 * 60 - 5, event: 'Order Completed', properties: { order_id: 'early', total: 10 } },
  { minutes_ago: 25 * 60, event: 'Product Viewed', properties: { product_id: 'b' } },
  { minutes_ago: 24 * 60, event: 'Product Added', properties: { product_id: 'b', price: 7, quantity: 1 } },
  { minutes_ago: 23 * 60, event: 'Product Removed', properties: { product_id: 'b', quantity: 1 } },
  { minutes_ago: 60, event: 'Product Added', properties: { product_id: 'c', price: 9, quantity: 1 } },
  { minutes_ago: 50, event: 'Product Added', properties: { product_id: 'd', price: 3, quantity: 4 } },
  { minutes_ago: 40, event: 'Order Completed', properties: { order_id: 'late', total: 21 } },
  { minutes_ago: 30, event: 'Order Refunded', properties: { order_id: 'early', total: 10 } },
  { minutes_ago: 20, event: 'Product Viewed', properties: { product_id: 'e' } },
];

async function tellInDisorder(room: Room): Promise<OwnFindings> {
  const { dice, world, must } = room;
  const shop = await room.openShop({ files: FILES, roles: ['engine', 'chores'] });
  const door = await room.openDoor(shop.app);
  const now = Date.now();
  let requests = 0;

  async function tell(user: string, some: readonly Told[]): Promise<void> {
    const batch = some.map(({ minutes_ago, event, properties = {} }) => ({
      ...{ type: 'track', userId: user, messageId: `${user}/${minutes_ago}`, event, properties },
      timestamp: new Date(now - minutes_ago * MINUTE).toISOString(),
    }));
    requests++;
    const { status } = await door.post('/v1/batch', { batch });
    must(status === 200, `answered with ${status}`);
  }

  async function tellAll(user: string, list: readonly Told[]): Promise<void> {
    for (let left = list; left.length > 0;) {
      const some = left.slice(0, dice.whole(1, 4));
      await tell(user, some);
      // Once in a while something comes again.
      if (dice.chance(0.2)) await tell(user, [dice.pick(some)]);
      if (dice.chance(0.2)) await sleep(dice.whole(1, 60));
      left = left.slice(some.length);
    }
  }

  await tell('in-order', HISTORY);
  const users = Array.from({ length: PEOPLE }, (_, n) => `shuffled-${n}`);
  await Promise.all(users.map((user) => tellAll(user, dice.shuffle([...HISTORY]))));
  await tellOfTheFuture(room, door, now);
  await room.decided();

  const outcomes = await world.query<{ who: string; outcome: string }>(
    `select i.value as who, c.stage || ' ' || c.profile::text as outcome
    from identities i join contacts c on c.id = i.contact_id where i.value <> 'early-bird'`,
  );
  const right = outcomes.find(({ who }) => who === 'in-order')?.outcome;
  const others = outcomes.filter(({ outcome }) => outcome !== right).map(({ who }) => who);
  must(
    others.length === 0,
    `${others.length} of ${PEOPLE} came out otherwise: ${others.slice(0, 3).join(', ')}`,
  );
  const waiting = await world.query("select from runs where ended_at is null and workflow = 'reminding'");
  must(waiting.length === 0, `${waiting.length} runs wait on after the order`);
  const odd = await world.query('select from runs where due_at < arrived_at');
  must(odd.length === 0, `${odd.length} waits are negative`);
  const reminded = await world.query('select from messages');
  must(reminded.length === 0, `${reminded.length} reminders of carts that were ordered`);
  return { own: { orders_of_arrival: PEOPLE, requests, different: others.length } };
}

/** Somebody whose clock is a year ahead looks at something, and it is of today. */
async function tellOfTheFuture({ world, must }: Room, door: Door, now: number): Promise<void> {
  await door.post('/v1/track', {
    ...{ userId: 'early-bird', event: 'Product Viewed', messageId: 'future' },
    ...{ timestamp: new Date(now + 365 * DAY).toISOString(), properties: { product_id: 'a' } },
  });
  const [found] = await world.query<{ ahead: number }>(
    `select extract(epoch from occurred_at - received_at)::float8 as ahead from events where message_id = 'future'`,
  );
  must(found !== undefined && found.ahead <= 0, `what came from the future is ${found?.ahead} s ahead`);
}
