/** Clients that take their time, in a process of their own, so that they have the files that one process may open. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SLOW_KINDS, type FromSlow, type SlowKind } from './slow-words.ts';

type Done = Extract<FromSlow, { kind: 'done' }>;

export interface SlowClients {
  /** The most that were open at once so far. */
  readonly most: number;
  /** Resolves when so many have come and all have been ended, or after so many seconds. */
  ended(seconds: number): Promise<void>;
  /** How each ended, and which are open still. */
  report(): Promise<Pick<Done, 'endings' | 'open'>>;
}

const PROGRAM = fileURLToPath(new URL('slow-program.ts', import.meta.url));

/** Their process ends with the work. */
export async function withSlowClients<Made>(
  port: string,
  counts: Readonly<Record<SlowKind, number>>,
  work: (clients: SlowClients) => Promise<Made>,
): Promise<Made> {
  const child = fork(PROGRAM, [port, ...SLOW_KINDS.map((kind) => String(counts[kind]))], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let most = 0;
  let open = 0;
  let done: Done | undefined;
  child.on('message', (message) => {
    const heard = message as FromSlow;
    if (heard.kind === 'done') return void (done = heard);
    open = heard.count;
    most = Math.max(most, open);
  });
  try {
    return await work({
      get most() {
        return most;
      },
      async ended(seconds) {
        const until = performance.now() + seconds * 1000;
        while ((most === 0 || open > 0) && performance.now() < until) await sleep(100);
      },
      async report() {
        child.send('report');
        while (!done) await once(child, 'message');
        return done;
      },
    });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
