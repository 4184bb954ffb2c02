import { expect, test } from 'vitest';
import type { Instant } from '../../src/core/events/event.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import type { LiveProject } from '../../src/engine/live-project.ts';
import type { Bell, Store } from '../../src/engine/ports.ts';
import { startSweep, type Sweep } from '../../src/engine/sweep.ts';

test('what falls due soon after something else is rung for within half a second of its moment', async () => {
  const began = Date.now();
  const rung = await rings([began + 100, began + 300]);
  expect(rung).toHaveLength(2);
  for (const late of rung) expect(late).toBeLessThan(500);
});

/** How late each moment was first rung for, though none of what is due is ever decided. */
async function rings(moments: readonly Instant[]): Promise<readonly number[]> {
  const late: number[] = [];
  let sweep: Sweep | undefined;
  await new Promise<void>((resolve) => {
    const bell: Bell = {
      ringTurns([due = 0]) {
        for (let index = late.length; index < due; index++)
          late.push(Date.now() - (moments[index] as Instant));
        if (late.length === moments.length) resolve();
      },
      ringSends: () => undefined,
    };
    sweep = startSweep({
      ...{ store: storeOf(moments), bell, clock: databaseClock },
      live: () => ({ project: { rules: '' } }) as LiveProject,
      lookForWinners: () => Promise.resolve(),
      onError: (error) => expect.fail(String(error)),
    });
  });
  await sweep?.stop();
  return late;
}

/** Answers, in place of partitions, how many are due. */
function storeOf(moments: readonly Instant[]): Store {
  const parts: Partial<Store> = {
    databaseNow: () => Promise.resolve(Date.now()),
    recover: () => Promise.resolve(),
    recompute: () => Promise.resolve(undefined),
    partitionsWithWork: (now) => Promise.resolve([moments.filter((moment) => moment <= now).length]),
    hasOwed: () => Promise.resolve(false),
    nextDue: (after = -Infinity) => Promise.resolve(moments.find((moment) => moment > after) ?? null),
  };
  return parts as Store;
}
