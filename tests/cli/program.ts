/** The built program, run as people run it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import {
  buildOnce,
  launch,
  writeFiles,
  type Ended,
  type Env,
  type Running,
} from '../support/built-program.ts';

export interface Program {
  run(args: readonly string[], env?: Env): Promise<Ended>;
  start(args: readonly string[], env?: Env): Running;
  /** A new folder with these files. */
  folder(files: ProjectFiles): Promise<string>;
  remove(): Promise<void>;
}

export async function buildProgram(): Promise<Program> {
  const main = await buildOnce(inject('builds'));
  const home = await mkdtemp(join(tmpdir(), 'etapa-cli-'));
  const running = new Set<Running>();
  let folders = 0;

  function start(args: readonly string[], env: Env = {}): Running {
    const child = launch(main, args, { PATH: process.env.PATH ?? '', HOME: home, NO_COLOR: '1', ...env });
    running.add(child);
    void child.ended().then(() => running.delete(child));
    return child;
  }

  return {
    run: (args, env) => start(args, env).ended(),
    start,
    async folder(files) {
      const folder = join(home, `project-${++folders}`);
      await mkdir(folder);
      await writeFiles(folder, files);
      return folder;
    },
    async remove() {
      for (const child of running) child.signal('SIGKILL');
      await Promise.all([...running].map((child) => child.ended()));
      await rm(home, { recursive: true, force: true });
    },
  };
}
