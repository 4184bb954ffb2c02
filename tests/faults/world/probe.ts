/** Orders one thing after the other, and tells how long each had to wait for its receipt. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.ts';

export interface Probe {
  /**
   * Orders nothing more, and waits for the receipts.
   *
   * @returns the longest wait from the acknowledged order until the mail server had the receipt, in seconds.
   */
  longestWait(): Promise<number>;
}

const EVERY = 500;
const PATIENCE = 60_000;

export function startProbe({ load, smtp }: Pick<World, 'load' | 'smtp'>): Probe {
  const ordered = new Map<string, number>();
  let stopped = false;
  const ordering = orderOn();

  async function orderOn(): Promise<void> {
    while (!stopped) {
      const to = await load.order();
      ordered.set(to, Date.now());
      await sleep(EVERY);
    }
  }

  return {
    async longestWait() {
      stopped = true;
      await ordering;
      for (const end = Date.now() + PATIENCE; ;) {
        const taken = new Map((await smtp.taken()).map(({ to, at }) => [to, at]));
        const late = [...ordered.keys()].some((to) => !taken.has(to));
        if (late && Date.now() < end) {
          await sleep(EVERY);
          continue;
        }
        const waits = [...ordered].map(([to, at]) => ((taken.get(to) ?? Date.now()) - at) / 1000);
        return Math.max(0, ...waits);
      }
    },
  };
}

/** A violation where something stood still for longer than C6 allows. */
export function tooLong(what: string, seconds: number, bound = 30): readonly string[] {
  return seconds > bound ? [`${what} took ${seconds.toFixed(1)} s, more than ${bound} s`] : [];
}
