import type { Appended, Bell, ReceivedEvent, RejectedEvent, Store } from './ports.ts';
import type { Live } from './live-project.ts';

/** The way in for all that happens. */
export interface Receiver {
  /** Resolves when the events are committed; rejects when they are not, and then none of this call is. */
  receive(events: readonly ReceivedEvent[]): Promise<void>;
  reject(rows: readonly RejectedEvent[], source: string, at: number): Promise<void>;
  /** Waits for what has been taken in. */
  close(): Promise<void>;
}

/** More is waiting than can be stored in good time: come again later. */
export class Overloaded extends Error {}

interface Request {
  readonly events: readonly ReceivedEvent[];
  resolve(): void;
  reject(error: unknown): void;
}

const EVENTS_PER_COMMIT = 2000;
const COMMITS_AT_ONCE = 2;
const MOST_WAITING = 50_000;

/**
 * Many small requests cost few transactions: while commits are on their way, what comes in waits and goes together
 * into the next one. Nobody waits longer for company than the commit before takes.
 */
export function createReceiver(store: Store, bell: Bell, live: Live): Receiver {
  const waiting: Request[] = [];
  let events_waiting = 0;
  let commits = 0;
  let idle: (() => void) | undefined;

  function pump(): void {
    while (commits < COMMITS_AT_ONCE && waiting.length > 0) {
      const group = takeGroup();
      commits++;
      void commit(group).finally(() => {
        commits--;
        pump();
      });
    }
    if (commits === 0 && waiting.length === 0) idle?.();
  }

  function takeGroup(): Request[] {
    const group: Request[] = [];
    let size = 0;
    while (waiting[0] && (size === 0 || size + waiting[0].events.length <= EVENTS_PER_COMMIT)) {
      const request = waiting.shift() as Request;
      size += request.events.length;
      group.push(request);
    }
    events_waiting -= size;
    return group;
  }

  /** A group that fails for what one request holds is tried one by one, so that only that one fails. */
  async function commit(group: readonly Request[]): Promise<void> {
    try {
      const appended = await append(group.flatMap((request) => request.events));
      bell.ringTurns(appended.partitions);
      for (const request of group) request.resolve();
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const request of group) await commit([request]);
    }
  }

  function append(events: readonly ReceivedEvent[]): Promise<Appended> {
    const { project } = live();
    return store.append(events, { due: 'now', stage: project.stages.start, shape: project.memory.shape });
  }

  return {
    receive(events) {
      if (events.length === 0) return Promise.resolve();
      if (events_waiting + events.length > MOST_WAITING)
        return Promise.reject(new Overloaded('too much is waiting'));
      events_waiting += events.length;
      return new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject });
        pump();
      });
    },
    reject: (rows, source, at) => (rows.length === 0 ? Promise.resolve() : store.reject(rows, source, at)),
    async close() {
      if (commits > 0 || waiting.length > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
