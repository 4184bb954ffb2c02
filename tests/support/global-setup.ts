import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { startRedis } from './redis-server.ts';
import { makeTemplate } from './template-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string;
    /** A database that has all tables: new ones are copied from it. */
    template: string;
    /** Empty where no redis-server is installed. */
    redis: string;
    /** Where built programs are put. */
    builds: string;
  }
}

const TEMPLATE = 'etapa_template';

/** One real PostgreSQL and, where it is installed, one real Redis for all tests; each test file has a database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'etapa-tests-'));
  await chmod(home, 0o755);
  const postgres = process.env.TEST_DATABASE_URL ? undefined : await startEmbeddedPostgres({ home });
  const url = process.env.TEST_DATABASE_URL ?? postgres?.url ?? '';
  if (postgres) await leaveUntidied(url);
  await makeTemplate(url, TEMPLATE);
  const redis = await startRedis(home);
  if (!redis)
    process.stderr.write('SKIPPED: no redis-server is installed; tests of the Redis backend are left out\n');
  project.provide('postgres', url);
  project.provide('template', TEMPLATE);
  project.provide('redis', redis?.url ?? '');
  project.provide('builds', join(home, 'builds'));
  return async () => {
    await redis?.stop();
    await postgres?.stop();
    await rm(home, { recursive: true, force: true });
  };
}

/** Hundreds of databases, each of which is used for seconds: nobody tidies them. */
async function leaveUntidied(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query('alter system set autovacuum = off');
  await client.query('select pg_reload_conf()');
  await client.end();
}
