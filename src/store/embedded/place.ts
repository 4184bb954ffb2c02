/**
 * Where the cluster lies: in `<home>/postgres`, which is a directory or, when the account that PostgreSQL
 * runs as could not get there, a symbolic link to a directory that it can reach.
 */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, realpath, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Account, firstClosed, mayEnter, type RunAs } from './account.ts';
import { EmbeddedError } from './embedded-error.ts';

export type Log = (line: string) => void;

/** May be passed through, so that the account gets to its data, but only we may look around. */
const PASSABLE = 0o711;

/** Finds or makes the directory that holds the cluster of `home`; answers its real path. */
export async function settlePlace(home: string, account: RunAs, log: Log): Promise<string> {
  await mkdir(home, { recursive: true });
  const root = await realpath(home);
  const door = join(root, 'postgres');
  if (await isThere(door)) return throughDoor(door);
  if (!account || mayEnter(account, root)) {
    await mkdir(door, { recursive: true });
    await chmod(door, PASSABLE);
    return door;
  }
  await settleOutside(root, door, account, log);
  return throughDoor(door);
}

/** Throws when the account cannot get at a cluster that lies there already. */
export function assertReachable(place: string, account: RunAs): void {
  const closed = firstClosed(account, place);
  if (closed === undefined) return;
  throw new EmbeddedError(
    `PostgreSQL runs as ${account?.name}, who can no longer get at its data in ${place}. ` +
      `Open the way with: chmod o+x ${closed}`,
  );
}

/** A directory of root's own that every account can reach, for data and programs; made when absent. */
export async function reachableBase(
  account: Account,
  candidates: string[] = ['/var/lib/etapa', join(tmpdir(), 'etapa')],
): Promise<string> {
  for (const candidate of candidates) if (await isBase(candidate, account)) return candidate;
  throw new EmbeddedError(
    `PostgreSQL would run as ${account.name} here, and found no directory that this account can reach: ` +
      `tried ${candidates.join(' and ')}. Make one of them (owned by root, mode 755), ` +
      'or set DATABASE_URL to use a PostgreSQL server of your own.',
  );
}

async function settleOutside(home: string, door: string, account: Account, log: Log): Promise<void> {
  const base = await reachableBase(account);
  const place = await makeFreeDirectory(
    join(base, createHash('sha256').update(home).digest('hex').slice(0, 12)),
    log,
  );
  try {
    await symlink(place, door);
  } catch (error) {
    await rmdir(place);
    // Another starter was quicker: its place serves.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  const risk = base.startsWith(tmpdir()) ? ' (which this machine may clear when it restarts)' : '';
  log(`${account.name}, as whom PostgreSQL runs, cannot reach ${home}: its data goes to ${place}${risk}`);
}

/** A directory of that name, or with a number after it when one remains from an earlier, removed home. */
async function makeFreeDirectory(wanted: string, log: Log): Promise<string> {
  for (let number = 1; ; number++) {
    const directory = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      await mkdir(directory);
      await chmod(directory, PASSABLE);
      return directory;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      log(`older data of this directory is kept in ${directory}; remove it if nobody needs it`);
    }
  }
}

async function isBase(directory: string, account: Account): Promise<boolean> {
  try {
    await mkdir(directory, { recursive: true });
    const status = await lstat(directory);
    // In a directory like /tmp somebody else may have laid it out for us.
    if (!status.isDirectory() || status.uid !== process.getuid?.()) return false;
    if ((status.mode & 0o777) !== 0o755) await chmod(directory, 0o755);
    return mayEnter(account, await realpath(directory));
  } catch {
    return false;
  }
}

async function throughDoor(door: string): Promise<string> {
  try {
    return await realpath(door);
  } catch {
    const target = await readlink(door);
    throw new EmbeddedError(
      `The data of the embedded PostgreSQL was in ${target}, and that directory is gone. ` +
        `Put it back, or remove ${door} (in ${dirname(door)}) to begin with an empty database.`,
    );
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
