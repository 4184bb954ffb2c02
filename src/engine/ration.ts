/** So many messages and no more may leave in a time, over all processes together. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../core/events/event.ts';
import { share } from '../core/hash.ts';
import type { Wait } from '../core/messages/may-send.ts';
import { reason, type Reason } from '../core/reason.ts';
import { HOUR } from '../core/time/date.ts';

export interface Ration {
  readonly cap: number;
  readonly from: Instant;
  readonly until: Instant;
  /** Why the rest waits until then. */
  readonly because: Reason;
}

export interface Counted {
  /** Also those that are just being handed over. */
  readonly sent: number;
  readonly processes: number;
}

export interface Rationing {
  /**
   * Undefined when the message may go; until `under_way` no longer holds it, it counts.
   *
   * The book is counted every second, and each process may send its share of what is left until the next count. So the
   * cap holds but for what the others send between two counts of ours: at most a quarter of what was left a second
   * before, and at the end one message for each process.
   *
   * @param under_way how many messages of this process were let go and have not come to their end.
   */
  admit(ration: Ration, id: string, now: Instant, under_way: () => number): Promise<Wait | undefined>;
}

/** Milliseconds; on a large book, at most a twentieth of the time is spent on counting. */
const COUNTED_EVERY = 1000;
const REST_PER_COUNT = 20;
/** So long a message waits for its share before it is put back; its claim lasts longer. */
const PATIENCE = 15_000;
const PUT_BACK_FOR = 30_000;
const OVER_THE_MORNING = HOUR;

interface Count {
  readonly from: Instant;
  readonly cap: number;
  readonly left: number;
  /** What this process may still send until the next is made, at a moment of this process's clock. */
  share: number;
  readonly next_at: number;
}

export function createRationing(
  count: (since: Instant) => Promise<Counted>,
  isStopping: () => boolean,
): Rationing {
  let last: Count | undefined;
  let counting: Promise<Count> | undefined;

  async function countAnew({ cap, from }: Ration, under_way: () => number): Promise<Count> {
    const began = performance.now();
    const { sent, processes } = await count(from);
    const ended = performance.now();
    const left = cap - sent;
    const rest = Math.max(COUNTED_EVERY, REST_PER_COUNT * (ended - began));
    const ours = Math.ceil(left / Math.max(1, processes)) - under_way();
    last = { from, cap, left, share: ours, next_at: ended + rest };
    return last;
  }

  function fresh(ration: Ration, under_way: () => number): Promise<Count> {
    const is_same = last?.from === ration.from && last.cap === ration.cap;
    if (last && is_same && performance.now() < last.next_at) return Promise.resolve(last);
    counting ??= countAnew(ration, under_way).finally(() => (counting = undefined));
    return counting;
  }

  return {
    async admit(ration, id, now, under_way) {
      const given_up_at = performance.now() + PATIENCE;
      while (!isStopping()) {
        const known = await fresh(ration, under_way);
        if (known.left <= 0) {
          const until = ration.until + Math.round(OVER_THE_MORNING * share(id));
          return { until, because: ration.because };
        }
        if (known.share > 0) {
          known.share--;
          return undefined;
        }
        if (known.next_at > given_up_at)
          return { until: now + Math.round(PUT_BACK_FOR * (1 + share(id))), because: IN_SMALL_LOTS };
        await sleep(Math.max(1, known.next_at - performance.now()));
      }
      return undefined;
    },
  };
}

const IN_SMALL_LOTS = reason(
  'only so many messages may leave today, in small lots, and this one waits for its turn',
  'hoy solo puede salir cierta cantidad de mensajes, en lotes pequeños, y este espera su turno',
);
