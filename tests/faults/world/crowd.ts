/** Many people at once: their events go out in batches over several connections, each again until it is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { basicOf } from '../room.ts';
import type { World } from './world.ts';

export interface Crowd {
  /** Everybody does this once; resolves when all of it has been acknowledged. Whoever comes for the first time becomes known. */
  do(event: string, people: readonly string[]): Promise<void>;
  /** Events that were acknowledged. */
  readonly acknowledged: number;
  /** Those of them that are in no table. */
  missing(): Promise<number>;
}

const IN_A_BATCH = 100;
const AT_ONCE = 4;
const AGAIN_AFTER = 250;

interface Call {
  readonly messageId: string;
  readonly [more: string]: unknown;
}

export function createCrowd({ origin, query, api_key }: World): Crowd {
  const known = new Set<string>();
  const acknowledged: string[] = [];

  function callsOf(event: string, userId: string): readonly Call[] {
    const does = { type: 'track', userId, messageId: `${userId}-${event}`, event };
    if (known.has(userId)) return [does];
    known.add(userId);
    const traits = { email: `${userId}@example.com`, first_name: 'Ana', language: 'en' };
    return [{ type: 'identify', userId, messageId: `${userId}-known`, traits }, does];
  }

  async function isAcknowledged(body: string): Promise<boolean> {
    const headers = { authorization: basicOf({ key: api_key }), 'content-type': 'application/json' };
    try {
      return (await fetch(`${origin}/v1/batch`, { method: 'POST', headers, body })).ok;
    } catch {
      return false;
    }
  }

  async function send(batch: readonly Call[]): Promise<void> {
    const body = JSON.stringify({ batch });
    while (!(await isAcknowledged(body))) await sleep(AGAIN_AFTER);
    acknowledged.push(...batch.map(({ messageId }) => messageId));
  }

  return {
    async do(event, people) {
      const calls = people.flatMap((one) => callsOf(event, one));
      const batches = Array.from({ length: Math.ceil(calls.length / IN_A_BATCH) }, (_, index) =>
        calls.slice(index * IN_A_BATCH, (index + 1) * IN_A_BATCH),
      );
      const sendOn = async (): Promise<void> => {
        for (let batch = batches.shift(); batch; batch = batches.shift()) await send(batch);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
    },
    get acknowledged() {
      return acknowledged.length;
    },
    async missing() {
      const found = await query<{ message_id: string }>('select message_id from events');
      const stored = new Set(found.map(({ message_id }) => message_id));
      return acknowledged.filter((id) => !stored.has(id)).length;
    },
  };
}
