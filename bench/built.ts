/** Scripts of the bench, built as the program is when it is shipped: from sources they are slower, and take more memory. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './surroundings.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

/**
 * All of them, once for each bench.
 *
 * @returns the file to run.
 */
export async function built({ home }: Bench, name: `${string}-process`): Promise<string> {
  const place = join(home, 'program');
  const script = join(place, `bench/${name}.js`);
  if (existsSync(script)) return script;
  const tsconfig = join(REPOSITORY, 'bench/tsconfig.process.json');
  await promisify(execFile)(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', tsconfig, '--outDir', place]);
  await cp(join(REPOSITORY, 'package.json'), join(place, 'package.json'));
  for (const found of ['node_modules', 'migrations'])
    await symlink(join(REPOSITORY, found), join(place, found));
  return script;
}

/** The environment of this process, in which processes are told to use memory as those of the image are. */
export async function environmentOfImage(): Promise<NodeJS.ProcessEnv> {
  const dockerfile = await readFile(join(REPOSITORY, 'Dockerfile'), 'utf8');
  const [, options, arenas] = /^ENV NODE_OPTIONS="(.+)" MALLOC_ARENA_MAX=(\d+)$/m.exec(dockerfile) ?? [];
  if (options === undefined) throw new Error('the Dockerfile says nothing of memory');
  return { ...process.env, NODE_OPTIONS: options, MALLOC_ARENA_MAX: arenas };
}
