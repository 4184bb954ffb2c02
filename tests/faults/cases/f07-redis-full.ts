import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault.ts';
import type { World } from '../world/world.ts';

export const redisFull: FaultCase = {
  id: 'F7a',
  name: 'Redis out of memory for 3 to 6 s (maxmemory, noeviction)',
  correct: 'The API goes on accepting, and the work is done when there is room again.',
  backends: 'both',
  not_on: { postgres: 'no Redis' },
  async run({ dice, openWorld }) {
    const world = await openWorld();
    const { load, redis } = world;
    await world.flow();
    await sleep(dice.whole(1000, 2500));
    await redis.client.config('SET', 'maxmemory', '1mb');
    const before = load.acknowledged;
    await sleep(dice.whole(3000, 6000));
    const while_full = load.acknowledged - before;
    await redis.client.config('SET', 'maxmemory', '0');
    await world.recovery();
    await world.settle();
    const found = await world.check();
    const deaf = while_full > 0 ? [] : ['nothing was accepted while Redis was full'];
    return { ...found, own: { accepted_meanwhile: while_full }, violations: [...found.violations, ...deaf] };
  },
};

export const redisEvicts: FaultCase = {
  id: 'F7b',
  name: 'Redis with an eviction policy that drops jobs',
  correct: 'Etapa refuses to start, and says what to set.',
  backends: 'both',
  not_on: { postgres: 'no Redis' },
  async run({ dice, openWorld }) {
    const world = await openWorld({ processes: [] });
    const policy = dice.pick(['allkeys-lru', 'volatile-lru', 'allkeys-random', 'volatile-ttl']);
    await world.redis.client.config('SET', 'maxmemory-policy', policy);
    const refusal = await refusalOf(world);
    const is_told = refusal.includes(`maxmemory-policy is "${policy}". Set it to "noeviction"`);
    return { own: { policy }, violations: is_told ? [] : [`it said: ${refusal}`] };
  },
};

/** What a process says that is not to start. */
async function refusalOf(world: World): Promise<string> {
  try {
    await world.start(['engine']);
    return 'it started';
  } catch (error) {
    return (error as Error).message;
  }
}
