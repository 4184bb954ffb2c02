import type { ClaimedMark } from './ports.ts';

/** Writes the marks of many messages that are handed over side by side with few statements. */
export interface Marker {
  /** Resolves when the mark is committed; false where the claim is no longer ours. */
  mark(mark: ClaimedMark): Promise<boolean>;
}

/** Tells which were written, by their places in the list. */
export type WriteMarks = (marks: readonly ClaimedMark[], tell_sent: boolean) => Promise<ReadonlySet<number>>;

interface Waiting {
  readonly mark: ClaimedMark;
  resolve(written: boolean): void;
  reject(error: unknown): void;
}

/**
 * For so many milliseconds at most a mark that no connection waits for is kept back, to go along with one that a
 * connection does wait for. Kept short: a process that ends meanwhile leaves it open what was sent.
 */
const WAITS_FOR_COMPANY = 5;

/** Group commit: while one statement is on its way, marks gather for the next. */
export function createMarker(write: WriteMarks, tellsSent: () => boolean): Marker {
  let waiting: Waiting[] = [];
  let is_flushing = false;
  let soon: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;

  async function flushAll(): Promise<void> {
    if (is_flushing) return;
    is_flushing = true;
    do {
      clearTimeout(later);
      [soon, later] = [undefined, undefined];
      const group = waiting;
      waiting = [];
      await flush(group);
    } while (waiting.some(isUrgent));
    // In the same step as the last look: a mark that comes a moment later starts the next flush.
    is_flushing = false;
    if (waiting.length > 0) flushLater();
  }

  async function flush(group: readonly Waiting[]): Promise<void> {
    try {
      const marks = group.map(({ mark }) => mark);
      const written = await write(marks, tellsSent());
      group.forEach((one, index) => one.resolve(written.has(index)));
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }

  /** What servers answered in one step of the event loop goes together. */
  function flushSoon(): void {
    soon ??= setImmediate(() => void flushAll());
  }

  function flushLater(): void {
    later ??= setTimeout(() => void flushAll(), WAITS_FOR_COMPANY);
  }

  return {
    mark: (mark) =>
      new Promise((resolve, reject) => {
        const one = { mark, resolve, reject };
        waiting.push(one);
        if (is_flushing) return;
        if (isUrgent(one)) flushSoon();
        else flushLater();
      }),
  };
}

function isUrgent({ mark }: Waiting): boolean {
  return mark.state === 'handing_over';
}
