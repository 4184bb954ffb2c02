import type { MessageMark, Store } from './ports.ts';

/** Writes the marks of many messages that are handed over side by side with few statements. */
export interface Marker {
  /** Resolves when the mark is committed; false where the claim is no longer ours. */
  mark(mark: MessageMark): Promise<boolean>;
}

interface Waiting {
  readonly mark: MessageMark;
  resolve(written: boolean): void;
  reject(error: unknown): void;
}

/** Group commit: while one statement is on its way, marks gather for the next. */
export function createMarker(store: Store, token: string, tell_sent: boolean): Marker {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;

  async function flushAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await flush(group);
    }
    // In the same step as the last look: a mark that comes a moment later starts the next flush.
    flushing = undefined;
  }

  async function flush(group: readonly Waiting[]): Promise<void> {
    try {
      const written = await store.mark(
        token,
        group.map(({ mark }) => mark),
        tell_sent,
      );
      for (const one of group) one.resolve(written.has(one.mark.id));
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }

  return {
    mark: (mark) =>
      new Promise((resolve, reject) => {
        waiting.push({ mark, resolve, reject });
        flushing ??= Promise.resolve().then(flushAll);
      }),
  };
}
