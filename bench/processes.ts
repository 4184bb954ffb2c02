/** Whole processes of Etapa, and what they take. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Role } from '../src/app.ts';
import type { Instant } from '../src/core/events/event.ts';
import { built, environmentOfImage } from './built.ts';
import type { Bench } from './surroundings.ts';

export interface ProcessReport {
  /** Since it was started. */
  readonly cpu_seconds: number;
  /** The most that it ever held: the resident set. */
  readonly memory_mb: number;
  /** Turns since the last report in which somebody fell due, each with how late each was decided, in milliseconds. */
  readonly turns: readonly {
    readonly began: Instant;
    readonly at: Instant;
    readonly late: readonly number[];
  }[];
  /** Messages since it was started. */
  readonly sent: number;
  readonly first_sent_at: Instant | null;
}

export interface EtapaProcess {
  report(): Promise<ProcessReport>;
  stop(): Promise<void>;
}

/** The project must have been deployed. */
export async function startEtapa(
  bench: Bench,
  url: string,
  smtp_url: string,
  roles: readonly Role[],
): Promise<EtapaProcess> {
  const child = fork(await built(bench, 'etapa-process'), [url, smtp_url, ...roles], {
    env: await environmentOfImage(),
  });
  const exit = once(child, 'exit');
  const hear = async (): Promise<unknown> => {
    const answer = once(child, 'message');
    const first: unknown = await Promise.race([answer.then(([message]: unknown[]) => message), exit]);
    if (child.exitCode === null) return first;
    throw new Error('a process of Etapa ended before it had answered');
  };
  await hear();
  return {
    async report() {
      child.send('report');
      return (await hear()) as ProcessReport;
    },
    async stop() {
      child.disconnect();
      await exit;
    },
  };
}
