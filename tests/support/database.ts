import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { QueueBackend } from '../../src/queue/backend.ts';

/** A new database on the tests' PostgreSQL, with all tables as they are after the migrations, and nothing in them. */
export function newDatabase(): Promise<string> {
  return createDatabase(`template ${inject('template')}`);
}

/** A new database without any table. */
export function newEmptyDatabase(): Promise<string> {
  return createDatabase('');
}

async function createDatabase(like: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgres') });
  await admin.connect();
  await admin.query(`create database ${name} ${like}`);
  await admin.end();
  const url = new URL(inject('postgres'));
  url.pathname = `/${name}`;
  return url.href;
}

/** The queue backends that can be tested here: always PostgreSQL, and Redis where it is installed. */
export function backends(): readonly ('postgres' | 'redis')[] {
  return inject('redis') === '' ? ['postgres'] : ['postgres', 'redis'];
}

export function queueOn(kind: 'postgres' | 'redis', database_url: string): QueueBackend {
  if (kind === 'postgres') return { kind, url: database_url };
  return { kind, url: inject('redis'), prefix: new URL(database_url).pathname.slice(1) };
}
