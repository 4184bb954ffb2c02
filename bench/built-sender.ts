/** What sends in the bench, built as the program is when it is shipped: from sources it is slower, and takes more memory. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

export interface BuiltSender {
  /** The script that each process runs. */
  readonly script: string;
  remove(): Promise<void>;
}

export async function buildSender(): Promise<BuiltSender> {
  const place = await mkdtemp(join(tmpdir(), 'etapa-bench-built-'));
  for (const name of ['node_modules', 'migrations']) await symlink(join(REPOSITORY, name), join(place, name));
  await cp(join(REPOSITORY, 'package.json'), join(place, 'package.json'));
  const config = {
    extends: join(REPOSITORY, 'tsconfig.build.json'),
    compilerOptions: { rootDir: REPOSITORY, outDir: place },
    // Threads name their script by its place.
    include: [join(REPOSITORY, 'src'), join(REPOSITORY, 'bench/sender-process.ts')],
  };
  const file = join(place, 'tsconfig.json');
  await writeFile(file, JSON.stringify(config));
  await promisify(execFile)(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', file]);
  return {
    script: join(place, 'bench/sender-process.js'),
    remove: () => rm(place, { recursive: true }),
  };
}
