import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault.ts';
import { otherThan503 } from '../world/load.ts';

export const diskFull: FaultCase = {
  id: 'F15',
  name: 'the disk of the tables, and of the append-only file of Redis, full for 6 to 9 s',
  correct: 'The API answers 503 and nothing false, and all goes on by itself when there is space again.',
  backends: 'both',
  async run({ dice, openWorld }) {
    const world = await openWorld({ small_disk_megabytes: 40, redis_keeps_writes: true });
    const { load, disk } = world;
    await world.flow();
    await sleep(dice.whole(1000, 2500));
    await disk.fill();
    load.begin({ clients: 10, per_second: 30 });
    await sleep(dice.whole(6000, 9000));
    await disk.free();
    await world.recovery();
    await world.settle();
    const found = await world.check(CLAIMS_IN_DOUBT);
    const own = { answers_503: load.refused['503'] ?? 0 };
    const unfilled = own.answers_503 > 0 ? [] : ['the disk was not full enough to be noticed'];
    return { ...found, own, violations: [...found.violations, ...otherThan503(load.refused), ...unfilled] };
  },
};

/** What was between the final dot and the commit that says "sent": at most the connections of two senders. */
const CLAIMS_IN_DOUBT = { twice_inside: 40, uncertain: 40 };
