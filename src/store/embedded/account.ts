/** As whom PostgreSQL runs: it refuses root, so root lends it another account of the machine. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** For children of ours: undefined means "as we are". */
export type RunAs = Account | undefined;

/**
 * Ourselves unless we are root; else whoever owns the data already, else `postgres`, else `nobody`.
 * initdb wants the account to be in /etc/passwd.
 */
export function accountFor(data: string, passwd = '/etc/passwd'): RunAs {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readAccounts(passwd);
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) {
    return (
      accounts.find(({ uid }) => uid === owner.uid) ?? {
        name: `user ${owner.uid}`,
        uid: owner.uid,
        gid: owner.gid,
      }
    );
  }
  const account = ['postgres', 'nobody'].flatMap(
    (name) => accounts.find((a) => a.name === name && a.uid !== 0) ?? [],
  )[0];
  if (account) return account;
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Run Etapa as an ordinary user, or set DATABASE_URL to use a PostgreSQL server of your own.',
  );
}

/** What child_process needs to start a program as that account. */
export function spawnAs(account: RunAs): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  // The caller's PG… and LD_… variables, language and directory are none of the server's business.
  const surroundings = { cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  return account ? { ...surroundings, uid: account.uid, gid: account.gid } : surroundings;
}

/** Whether the account may pass through every directory from the root down to this one, which must be a real path. */
export function mayEnter(account: RunAs, directory: string): boolean {
  return firstClosed(account, directory) === undefined;
}

/** The directory nearest to `directory`, itself or above it, that the account may not pass. */
export function firstClosed(account: RunAs, directory: string): string | undefined {
  if (!account || allows(account, directory, 0o1)) {
    const parent = dirname(directory);
    return !account || parent === directory ? undefined : firstClosed(account, parent);
  }
  return directory;
}

export function mayRead(account: RunAs, file: string): boolean {
  return !account || (allows(account, file, 0o4) && mayEnter(account, dirname(file)));
}

function allows(account: Account, path: string, right: number): boolean {
  const { uid, gid, mode } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return (mode & (right << shift)) !== 0;
}

function readAccounts(passwd: string): Account[] {
  const lines = readFileSync(passwd, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : [];
  });
}
