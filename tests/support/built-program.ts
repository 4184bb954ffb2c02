/** The program as it is built, and processes of it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProjectFiles } from '../../src/project/read-files.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export type Env = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly pid: number;
  out(): string;
  err(): string;
  /** Resolves when both streams together hold this so often. */
  says(words: string | RegExp, times?: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  ended(): Promise<Ended>;
}

/**
 * Once for all who name the same folder: the sources as they are now, beside what the program finds by its own place.
 *
 * @returns the file to run.
 */
export async function buildOnce(builds: string): Promise<string> {
  const place = join(builds, 'program');
  const main = join(place, 'dist/main.js');
  if (existsSync(main)) return main;
  await mkdir(builds, { recursive: true });
  const making = await mkdtemp(`${place}-`);
  await promisify(execFile)(
    join(REPOSITORY, 'node_modules/.bin/tsc'),
    ['-p', join(REPOSITORY, 'tsconfig.build.json'), '--outDir', join(making, 'dist')],
    { cwd: REPOSITORY },
  );
  await cp(join(REPOSITORY, 'package.json'), join(making, 'package.json'));
  for (const name of ['node_modules', 'migrations'])
    await symlink(join(REPOSITORY, name), join(making, name));
  // Whoever comes second has built the same.
  await rename(making, place).catch(() => rm(making, { recursive: true }));
  return main;
}

export async function writeFiles(folder: string, files: ProjectFiles): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

export function launch(main: string, args: readonly string[], env: Env): Running {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const one of [...looks]) one();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    look();
  });
  const closed = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, out, err }));
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    says: (words, times = 1) =>
      new Promise((resolve, reject) => {
        const heard = (): boolean => {
          if ((out + err).split(words).length <= times) return false;
          looks.delete(listen);
          resolve();
          return true;
        };
        const listen = (): void => void heard();
        looks.add(listen);
        if (heard()) return;
        void closed.then(
          () => heard() || reject(new Error(`It ended without saying ${String(words)}:\n${out}${err}`)),
        );
      }),
    signal: (name) => void child.kill(name),
    ended: () => closed,
  };
}
