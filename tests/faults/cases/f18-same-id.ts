/** F18: one event told a hundred times at the same moment, also in different words. */
import { atOneMoment } from '../barrier.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const sameId: FaultCase = {
  id: 'F18',
  name: 'the same message id from 100 connections at one moment, also with other contents',
  correct:
    'Every request is answered with 200, and the first to be stored has the only effect (docs/events.md).',
  backends: 'both',
  run: (setting) => inRoom(setting, tellAtOnce),
};

const AT_ONCE = 100;
const ROUNDS = 6;

async function tellAtOnce(room: Room): Promise<OwnFindings> {
  const { dice, must, world } = room;
  // Two processes receive, as two would in production.
  const shop = await room.openShop();
  const other = await room.openShop({ roles: [] });
  const doors = [await room.openDoor(shop.app), await room.openDoor(other.app)] as const;
  await shop.receive(...Array.from({ length: ROUNDS }, (_, round) => shop.knows(`user-${round + 1}`)));
  let requests = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const differ = round % 2 === 0;
    const shots = Array.from({ length: AT_ONCE }, (_, n) => ({
      ...{ door: dice.pick(doors), path: '/v1/track' },
      body: order(
        `same-${round}`,
        differ && n % 2 === 0 ? `other-${round}-${n}` : `user-${round}`,
        differ ? n + 1 : 1,
      ),
    }));
    const statuses = await atOneMoment(dice.shuffle(shots));
    requests += statuses.length;
    must(
      statuses.every((status) => status === 200),
      `round ${round}: answered with ${[...new Set(statuses)].join(', ')}`,
    );
  }
  await room.decided();
  // Somebody who is named only where nobody looks is nobody.
  const strangers = await world.query(
    'select from contacts c where not exists (select from events e where e.contact_id = c.id)',
  );
  must(strangers.length === 0, `${strangers.length} people of whom nothing is known but repeats`);
  const counts = `select (select count(*)::int from events where message_id like 'same-%') as events,
    (select count(*)::int from messages) as receipts,
    (select count(*)::int from contacts where stage = 'experience') as buyers`;
  const [kept] = await world.query<{ events: number; receipts: number; buyers: number }>(counts);
  for (const [what, count] of Object.entries(kept ?? {}))
    must(count === ROUNDS, `${count} ${what} of ${ROUNDS} orders`);
  return { acknowledged: requests, own: { rounds: ROUNDS, ...kept } };
}

/** In the even rounds they differ in who ordered, and for how much. */
function order(messageId: string, userId: string, total: number): object {
  return {
    ...{ type: 'track', messageId, userId, event: 'Order Completed' },
    properties: { order_id: messageId, total },
  };
}
