/** PostgreSQL of the harness: one cluster for all worlds, which can be stopped as when the power fails. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../../src/store/embedded.ts';
import { copyFolder, copyRunning } from './base-backup.ts';

export interface PostgresProcess {
  readonly url: string;
  /** Of the main process. */
  readonly pid: number;
  /** As when the power fails: what `pg_ctl stop -m immediate` does. */
  stopImmediately(): Promise<void>;
  /** On the same port, with the same data; does nothing where it runs. */
  start(): Promise<void>;
  /** Copies all of it to a folder that is not there yet, while it runs. */
  backUp(copy: string): Promise<void>;
  /** In place of what there is; it must not run. */
  restore(copy: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(home: string): Promise<PostgresProcess> {
  let running: Awaited<ReturnType<typeof startEmbeddedPostgres>> | undefined = await startEmbeddedPostgres({
    home,
  });
  const { url } = running;
  const data = join(home, 'postgres/data');
  let pid = await mainProcess(data);

  async function stop(): Promise<void> {
    await running?.stop();
    running = undefined;
  }

  return {
    url,
    get pid() {
      return pid;
    },
    async stopImmediately() {
      process.kill(pid, 'SIGQUIT');
      while (isAlive(pid)) await sleep(10);
      // Lets go of what says that the cluster is ours.
      await stop();
    },
    async start() {
      if (running) return;
      running = await startEmbeddedPostgres({ home });
      if (running.url !== url) throw new Error('PostgreSQL came back at another address');
      pid = await mainProcess(data);
    },
    backUp: (copy) => copyRunning(url, data, copy),
    async restore(copy) {
      await rm(data, { recursive: true });
      await mkdir(data);
      await copyFolder(copy, data);
    },
    stop,
  };
}

async function mainProcess(data: string): Promise<number> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[0]);
}

/** A process that has ended and was not yet waited for is no more alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
