/** The cluster's files: made once by initdb, with a password and a port that are kept beside them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunAs, spawnAs } from './account.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { Programs } from './programs.ts';

/** How to reach the server; kept in `connection.json`, readable by its owner alone. */
export interface Connection {
  /** 0 until a server has run */
  port: number;
  password: string;
}

export function dataIn(place: string): string {
  return join(place, 'data');
}

/** Undefined when nothing has been started in this place yet. */
export async function readConnection(place: string): Promise<Connection | undefined> {
  try {
    return JSON.parse(await readFile(connectionFile(place), 'utf8')) as Connection;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeConnection(place: string, connection: Connection): Promise<void> {
  const draft = `${connectionFile(place)}.draft`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(connection)}\n`, { mode: 0o600 });
  await rename(draft, connectionFile(place));
}

/** Makes the cluster if there is none; throws when there is one that this PostgreSQL cannot read. `version` is PostgreSQL's. */
export async function ensureCluster(
  place: string,
  programs: Programs,
  account: RunAs,
  version: string,
): Promise<Connection> {
  const known = await readConnection(place);
  if (existsSync(dataIn(place))) {
    await assertVersion(place, version);
    return known ?? lostPassword(place);
  }
  const connection = known ?? { port: 0, password: randomBytes(24).toString('hex') };
  // Before the data, so that there never is data without its password.
  await writeConnection(place, connection);
  await makeData(place, programs, account, connection.password);
  return connection;
}

async function assertVersion(place: string, version: string): Promise<void> {
  const brought = version.split('.')[0];
  const made = (await readFile(join(dataIn(place), 'PG_VERSION'), 'utf8')).trim();
  if (made === brought) return;
  throw new EmbeddedError(
    `The data in ${dataIn(place)} was made by PostgreSQL ${made}, and this Etapa brings PostgreSQL ${brought}, ` +
      `which cannot read it. Run the Etapa that made it, or carry the data over with the pg_dump of PostgreSQL ${made}; ` +
      `to begin with an empty database, move ${dataIn(place)} away.`,
  );
}

function lostPassword(place: string): never {
  throw new EmbeddedError(
    `The password of the embedded PostgreSQL is gone: ${connectionFile(place)} is missing. ` +
      `Put it back, or move ${dataIn(place)} away to begin with an empty database.`,
  );
}

/**
 * Made aside and renamed, so that an interrupted initdb leaves no half-made cluster; under a name of its own, for the
 * initdb of a killed process goes on for a while.
 */
async function makeData(place: string, programs: Programs, account: RunAs, password: string): Promise<void> {
  const draft = join(place, `data.draft-${randomBytes(4).toString('hex')}`);
  const passwordFile = join(place, 'password.draft');
  await removeDrafts(place);
  try {
    await mkdir(draft);
    await chmod(draft, 0o700);
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
    await initdb(programs.initdb, draft, passwordFile, account);
    await rename(draft, dataIn(place));
  } finally {
    await removeDrafts(place);
  }
}

async function removeDrafts(place: string): Promise<void> {
  const drafts = (await readdir(place)).filter((name) => /^(data|password)\.draft/.test(name));
  for (const draft of drafts) {
    // What is still being written to can be left to the next time.
    await rm(join(place, draft), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** The builtin locale makes order and case the same on every machine, whatever its system libraries. */
function initdb(program: string, data: string, passwordFile: string, account: RunAs): Promise<void> {
  const settings = [
    ['-D', data],
    ['--username', 'etapa', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ['--data-checksums', '--no-instructions'],
  ];
  return new Promise((resolve, reject) => {
    execFile(program, settings.flat(), spawnAs(account), (error, _, complaint) => {
      if (error) reject(new Error(`initdb failed: ${complaint.trim() || error.message}`));
      else resolve();
    });
  });
}

function connectionFile(place: string): string {
  return join(place, 'connection.json');
}
