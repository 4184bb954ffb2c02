import type { Log } from './log.ts';
import { toLog } from './redact.ts';

/** The same error is told at once, then at most this often, in milliseconds. */
const TELL_EVERY = 10_000;
const MOST_KNOWN = 200;

interface Known {
  told_at: number;
  untold: number;
}

/** While a database is away the same comes many times a second: it is told now and then, with how often it came. */
export function createErrorTeller(log: Pick<Log, 'error'>, clock = () => performance.now()) {
  const known = new Map<string, Known>();
  return (error: unknown): void => {
    const { type, code = '', message } = toLog(error);
    const name = `${type} ${code} ${message}`;
    const now = clock();
    const before = known.get(name);
    if (before && now - before.told_at < TELL_EVERY) {
      before.untold++;
      return;
    }
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, { told_at: now, untold: 0 });
    const times = (before?.untold ?? 0) + 1;
    log.error({ err: error, ...(times > 1 ? { times } : {}) }, 'something went wrong, and is tried again');
  };
}
