/** Somebody ordinary, who sends an event every now and then, or a large batch, on a connection of its own; and how long each took. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsOf } from '../../../src/errors.ts';
import type { World } from './world.ts';

export interface Asking {
  /** Sends nothing more, and resolves with what became of all. */
  stop(): Promise<Answers>;
}

export interface Answers {
  readonly asked: number;
  /** What came instead of a 2xx, and how often. */
  readonly others: Readonly<Record<string, number>>;
  /** Milliseconds until the answers, of whatever kind. */
  readonly p50: number;
  readonly p99: number;
}

const EVERY = 50;
const PATIENCE = 60_000;

export function askBeside(world: Pick<World, 'origin' | 'api_key'>): Asking {
  const times: number[] = [];
  const others: Record<string, number> = {};
  const under_way: Promise<void>[] = [];
  let stopped = false;

  async function ask(body: string): Promise<void> {
    const began = performance.now();
    const became = await statusOf(world, body).catch(wordsOf);
    times.push(performance.now() - began);
    if (became !== 200) others[became] = (others[became] ?? 0) + 1;
  }

  const asking = (async () => {
    while (!stopped) {
      under_way.push(ask(under_way.length % LARGE_EVERY === 0 ? LARGE : SMALL));
      await sleep(EVERY);
    }
  })();

  return {
    async stop() {
      stopped = true;
      await asking;
      await Promise.all(under_way);
      return { asked: times.length, others, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    },
  };
}

const SEEN = { type: 'track', userId: 'beside', event: 'Seen' };
const SMALL = JSON.stringify({ batch: [SEEN] });
/** Nearly as long as a batch may be. */
const LARGE = JSON.stringify({
  batch: Array.from({ length: 15 }, () => ({ ...SEEN, properties: { words: 'x'.repeat(30_000) } })),
});
const LARGE_EVERY = 10;

async function statusOf(
  { origin, api_key }: Pick<World, 'origin' | 'api_key'>,
  body: string,
): Promise<number> {
  const asked = request(`${origin}/v1/batch`, {
    ...{ method: 'POST', agent: false, auth: `${api_key}:`, signal: AbortSignal.timeout(PATIENCE) },
    headers: { 'content-type': 'application/json' },
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

function quantile(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
}
