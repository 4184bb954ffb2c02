import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../support/built-program.ts';

/** Once for all who name the same folder: the console as its sources are now. @returns where it lies. */
export async function buildConsoleOnce(builds: string): Promise<string> {
  const place = join(builds, 'console');
  if (existsSync(place)) return place;
  await mkdir(builds, { recursive: true });
  const making = await mkdtemp(`${place}-`);
  const vite = join(REPOSITORY, 'node_modules/vite/bin/vite.js');
  const config = join(REPOSITORY, 'src/console/vite.config.ts');
  const args = [vite, 'build', '--config', config, '--outDir', making, '--emptyOutDir', '--logLevel', 'warn'];
  // Told that it is a test, React would come with all its warnings.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, args, { cwd: REPOSITORY, env });
  // Whoever comes second has built the same.
  await rename(making, place).catch(() => rm(making, { recursive: true }));
  return place;
}
