import { setTimeout as sleep } from 'node:timers/promises';
import { createLinks } from '../../../src/engine/links.ts';
import type { FaultCase } from '../fault.ts';
import { otherThan503 } from '../world/load.ts';
import type { World } from '../world/world.ts';

export const databaseStopped: FaultCase = {
  id: 'F9',
  name: 'PostgreSQL ended at once as by a power cut, started again 3 to 6 s later',
  correct:
    'The API answers 503 with Retry-After and nothing false, links that were followed before still lead on, and nobody has to start anything again.',
  backends: 'both',
  async run({ dice, openWorld }) {
    const world = await openWorld();
    await world.flow();
    const link = await followedLink(world);
    await sleep(dice.whole(500, 2000));
    await world.postgres.stopImmediately();
    const began = performance.now();
    const away = dice.whole(3000, 6000);
    await sleep(500);
    const violations = [...(await refusal(world)), ...(await deadEnd(link))];
    await sleep(Math.max(0, away - (performance.now() - began)));
    await world.postgres.start();
    await world.recovery();
    await world.settle();
    const found = await world.check(CLAIMS_IN_DOUBT);
    const own = { answers_503: world.load.refused['503'] ?? 0 };
    const others = otherThan503(world.load.refused);
    return { ...found, own, violations: [...found.violations, ...violations, ...others] };
  },
};

/** What was between the final dot and the commit that says "sent": at most the connections of two senders. */
const CLAIMS_IN_DOUBT = { twice_inside: 40, uncertain: 40 };

/** A link of an offer that somebody has followed once. */
async function followedLink(world: World): Promise<string> {
  for (;;) {
    const [offer] = await world.query<{ id: string }>(
      `select id from messages where message = 'offer' and state = 'sent' and links <> '{}' limit 1`,
    );
    const [secret] = await world.query<{ value: string }>(
      `select value from secrets where name like 'links/%'`,
    );
    if (offer) {
      const link = createLinks(world.origin, [secret?.value ?? '']).clickUrl(offer.id, 0);
      await fetch(link, { redirect: 'manual' });
      return link;
    }
    await sleep(100);
  }
}

async function refusal({ load }: World): Promise<readonly string[]> {
  const { status, headers } = await load.tryOnce();
  const wait = headers.get('retry-after');
  return status === 503 && wait !== null
    ? []
    : [`without a database it answered ${status}, Retry-After ${wait}`];
}

async function deadEnd(link: string): Promise<readonly string[]> {
  const { status, headers } = await fetch(link, { redirect: 'manual' });
  return status === 302 && headers.get('location') === 'https://shop.example/cart'
    ? []
    : [`without a database a link answered ${status}`];
}
