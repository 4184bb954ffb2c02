import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import type { World } from '../world/world.ts';

/** Longer than the 30 s after which a command that is not answered is taken for lost. */
const SILENCE = 35_000;

export const redisFrozen: FaultCase = {
  id: 'F8a',
  name: `Redis frozen for ${SILENCE / 1000} s (kill -STOP)`,
  correct: 'The API goes on accepting, the silence is noticed, and the work goes on without a restart.',
  backends: 'both',
  not_on: { postgres: 'no Redis' },
  run: (setting) =>
    silence(
      setting,
      ({ redis }) => redis.freeze(),
      ({ redis }) => redis.thaw(),
    ),
};

export const redisBlackHole: FaultCase = {
  id: 'F8b',
  name: `a black hole before Redis for ${SILENCE / 1000} s; what was connected stays silent for ever`,
  correct:
    'The API goes on accepting, the silence is noticed, and new connections are made without a restart.',
  backends: 'both',
  not_on: { postgres: 'no Redis' },
  run: (setting) =>
    silence(
      setting,
      (world) => world.link('redis').set('mute'),
      (world) => world.link('redis').set('open'),
    ),
};

async function silence(
  { dice, openWorld }: Setting,
  begin: (world: World) => void,
  end: (world: World) => void,
): Promise<Findings> {
  const world = await openWorld({ over_links: ['redis'] });
  const { load } = world;
  await world.flow({ per_second: 4 });
  await sleep(dice.whole(1000, 2500));
  begin(world);
  const before = load.acknowledged;
  await sleep(SILENCE);
  const while_silent = load.acknowledged - before;
  end(world);
  await world.recovery();
  await world.settle();
  const found = await world.check();
  const deaf = while_silent > 0 ? [] : ['nothing was accepted while Redis was silent'];
  return { ...found, own: { accepted_meanwhile: while_silent }, violations: [...found.violations, ...deaf] };
}
