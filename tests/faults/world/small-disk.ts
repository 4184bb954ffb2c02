/** A disk of a few megabytes for the database and Redis, that a case can fill. */
import { execFile } from 'node:child_process';
import { chown, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accountFor } from '../../../src/store/embedded/account.ts';
import { CannotRun } from '../fault.ts';

export interface SmallDisk {
  /** A folder that belongs to whom PostgreSQL runs as. */
  readonly postgres: string;
  readonly redis: string;
  /** Not an octet is left. */
  fill(): Promise<void>;
  free(): Promise<void>;
  close(): Promise<void>;
}

const run = promisify(execFile);

/** @throws CannotRun where this process may not mount a disk of its own. */
export async function openSmallDisk(place: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(place, { recursive: true });
  await mount(place, megabytes);
  const [postgres, redis, filling] = [join(place, 'postgres'), join(place, 'redis'), join(place, 'filling')];
  await mkdir(postgres);
  const account = accountFor(postgres);
  if (account) await chown(postgres, account.uid, account.gid);
  return {
    postgres,
    redis,
    fill: () => writeUntilFull(filling),
    free: () => rm(filling),
    async close() {
      await run('umount', ['-l', place]);
    },
  };
}

async function mount(place: string, megabytes: number): Promise<void> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', place]);
  } catch {
    throw new CannotRun('a small disk cannot be mounted here, for which one must be root');
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let bytes = 1 << 20; bytes >= 512;) {
      try {
        const { bytesWritten } = await file.write(Buffer.alloc(bytes));
        if (bytesWritten < bytes) bytes = 512;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes /= 2;
      }
    }
  } finally {
    await file.close();
  }
}
