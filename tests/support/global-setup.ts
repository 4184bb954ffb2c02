import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { startRedis } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string;
    /** Empty where no redis-server is installed. */
    redis: string;
  }
}

/** One real PostgreSQL and, where it is installed, one real Redis for all tests; each test file has a database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'etapa-tests-'));
  await chmod(home, 0o755);
  const postgres = process.env.TEST_DATABASE_URL ? undefined : await startEmbeddedPostgres({ home });
  if (postgres) await leaveDatabasesAlone(postgres.url);
  const redis = await startRedis(home);
  if (!redis)
    process.stderr.write('SKIPPED: no redis-server is installed; tests of the Redis backend are left out\n');
  project.provide('postgres', process.env.TEST_DATABASE_URL ?? postgres?.url ?? '');
  project.provide('redis', redis?.url ?? '');
  return async () => {
    await redis?.stop();
    await postgres?.stop();
    await rm(home, { recursive: true, force: true });
  };
}

/** Hundreds of databases, each of which is used for seconds, would keep the server busy with tidying. */
async function leaveDatabasesAlone(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('alter system set autovacuum = off');
  await client.query('select pg_reload_conf()');
  await client.end();
}
