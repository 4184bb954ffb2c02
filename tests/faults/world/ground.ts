/** What all worlds stand on: the built program, and one PostgreSQL with a database to copy from. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/store/database.ts';
import { addWriteKey } from '../../../src/store/keys.ts';
import { buildOnce, launch, writeFiles } from '../../support/built-program.ts';
import { makeTemplate } from '../../support/template-database.ts';
import type { Backend } from '../fault.ts';
import { openWorld, type GroundParts } from './open-world.ts';
import { startPostgres } from './postgres.ts';
import { LOAD_PROJECT } from './project.ts';
import { redisIsInstalled } from './redis.ts';
import type { OpenWorld } from './world.ts';

export interface Ground {
  /** Why nothing can be run over this backend here; undefined where it can. */
  lacks(backend: Backend): string | undefined;
  worldsFor(backend: Backend): Worlds;
  close(): Promise<void>;
}

/** The worlds of one run. */
export interface Worlds {
  readonly open: OpenWorld;
  /** Takes them down. With `keep`, what the processes said and the record of mails are left. @returns where. */
  close(keep: boolean): Promise<string | undefined>;
}

const TEMPLATE = 'faults_template';

export async function openGround(): Promise<Ground> {
  const home = await mkdtemp(join(tmpdir(), 'etapa-faults-'));
  await chmod(home, 0o755);
  const project = join(home, 'project');
  await writeFiles(project, LOAD_PROJECT);
  const [main, postgres, has_redis] = await Promise.all([
    buildOnce(join(home, 'builds')),
    startPostgres(join(home, 'cluster')),
    redisIsInstalled(),
  ]);
  const keys = { write_key: 'wk_faults', api_key: 'ak_faults' };
  const parts = { main, project, postgres, template: TEMPLATE, ...keys };
  await makeLiveTemplate(parts);
  let runs = 0;
  return {
    lacks: (backend) => (backend === 'redis' && !has_redis ? 'no redis-server is installed' : undefined),
    worldsFor: (backend) => worldsIn(parts, backend, join(tmpdir(), `etapa-faults-${process.pid}-${++runs}`)),
    async close() {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** With the project live and the keys in it, processes start within a second. */
async function makeLiveTemplate({
  main,
  project,
  postgres,
  template,
  write_key,
  api_key,
}: GroundParts): Promise<void> {
  const url = await makeTemplate(postgres.url, template);
  const { db, close } = openDatabase(url, { max: 1 });
  await addWriteKey(db, 'load', 'Load', write_key);
  await addWriteKey(db, 'harness', 'Harness', api_key, 'api');
  await close();
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: url };
  const deploying = launch(main, ['deploy', '-C', project, '--yes'], env);
  const { code, out, err } = await deploying.ended();
  if (code !== 0) throw new Error(`the project could not be deployed: ${out}${err}`);
}

function worldsIn(parts: GroundParts, backend: Backend, place: string): Worlds {
  const opened: { close(): Promise<void> }[] = [];
  return {
    async open(options = {}) {
      const folder = join(place, `world-${opened.length + 1}`);
      await mkdir(folder, { recursive: true });
      const closing: (() => Promise<unknown>)[] = [];
      opened.push({
        async close() {
          for (const close of closing.splice(0).reverse()) await close();
        },
      });
      return openWorld(parts, { backend, folder, closing }, options);
    },
    async close(keep) {
      for (const world of opened.splice(0).reverse()) await world.close();
      if (!keep) await rm(place, { recursive: true, force: true });
      return keep ? place : undefined;
    },
  };
}
