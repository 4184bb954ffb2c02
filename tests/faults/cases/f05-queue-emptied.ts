import { setTimeout as sleep } from 'node:timers/promises';
import { withoutRaces } from '../../../src/store/races.ts';
import type { FaultCase } from '../fault.ts';
import type { World } from '../world/world.ts';

const TIMES = 5;

export const queueEmptied: FaultCase = {
  id: 'F5',
  name: `the queue emptied ${TIMES} times under load: FLUSHALL, or all rows of its tables`,
  correct: 'Nothing is lost, because no job holds anything; the sweep rings again.',
  backends: 'both',
  in_smoke: true,
  async run({ backend, dice, openWorld }) {
    const world = await openWorld();
    await world.flow();
    const empty = backend === 'redis' ? flush : truncate;
    for (let time = 0; time < TIMES; time++) {
      await sleep(dice.whole(300, 1500));
      await empty(world);
    }
    await world.recovery();
    await world.settle();
    return world.check();
  },
};

async function flush({ redis }: World): Promise<void> {
  await redis.client.flushall();
}

/** Which migrations its tables have had is not in the queue but of it. */
async function truncate({ query }: World): Promise<void> {
  const tables = await query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'etapa_queue' and tablename <> 'migration'`,
  );
  const names = tables.map(({ tablename }) => `etapa_queue.${tablename}`);
  // It waits for the jobs under way in one table while it holds others.
  await withoutRaces(() => query(`truncate ${names.join(', ')}`));
}
