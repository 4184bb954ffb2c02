/** Whole processes of Etapa, and what they take. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Role } from '../src/app.ts';
import type { Instant } from '../src/core/events/event.ts';
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
  const child = fork(await build(bench), [url, smtp_url, ...roles]);
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

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

/** Built as for production: what runs the sources themselves takes memory, too. */
async function build({ home }: Bench): Promise<string> {
  const place = join(home, 'program');
  const script = join(place, 'bench/etapa-process.js');
  if (existsSync(script)) return script;
  const tsconfig = join(REPOSITORY, 'bench/tsconfig.process.json');
  await promisify(execFile)(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', tsconfig, '--outDir', place]);
  await cp(join(REPOSITORY, 'package.json'), join(place, 'package.json'));
  for (const name of ['node_modules', 'migrations']) await symlink(join(REPOSITORY, name), join(place, name));
  return script;
}
