import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault.ts';

const LONGEST_END = 30;

export const rollingRestart: FaultCase = {
  id: 'F4',
  name: 'SIGTERM to each process in turn under load, each started again',
  correct:
    'Each ends by itself with 0 within 30 s and gives back what it holds; nothing is in doubt, nothing goes out twice.',
  backends: 'both',
  async run({ dice, openWorld }) {
    const world = await openWorld();
    await world.flow();
    const violations: string[] = [];
    const ends: number[] = [];
    for (const one of dice.shuffle(world.processes)) {
      await sleep(dice.whole(500, 1500));
      const { code, seconds } = await one.stop();
      ends.push(seconds);
      if (code !== 0 || seconds > LONGEST_END)
        violations.push(`${one.roles.join(', ')} ended with ${code} after ${seconds.toFixed(1)} s`);
      await world.start(one.roles);
    }
    await world.recovery();
    await world.settle();
    const found = await world.check();
    const own = { longest_end_s: Math.max(...ends).toFixed(1) };
    return { ...found, own, violations: [...found.violations, ...violations] };
  },
};
