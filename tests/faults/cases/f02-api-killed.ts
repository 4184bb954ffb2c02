import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault.ts';

const KILLS = 3;

export const apiKilled: FaultCase = {
  id: 'F2',
  name: `kill -9 of the API ${KILLS} times while 50 clients send`,
  correct: 'Every 2xx is kept; what was not answered and is sent again with the same ids adds nothing.',
  backends: 'both',
  async run({ dice, openWorld }) {
    const world = await openWorld();
    await world.flow({ clients: 50, per_second: 25 });
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(dice.whole(300, 1500));
      for (const api of world.running('api')) await api.kill();
      await sleep(dice.whole(0, 500));
      await world.start(['api']);
      await world.recovery();
    }
    await world.settle();
    return { ...(await world.check()), own: { unanswered: unanswered(world.load.refused) } };
  },
};

function unanswered(refused: Readonly<Record<string, number>>): number {
  return Object.values(refused).reduce((sum, times) => sum + times, 0);
}
