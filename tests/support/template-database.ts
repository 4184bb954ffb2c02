/** A database that has all tables, from which others are copied. */
import pg from 'pg';
import { openBackend } from '../../src/queue/backend.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';

/** Made anew. @returns its address. */
export async function makeTemplate(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name}`);
  await client.end();
  const template = new URL(server);
  template.pathname = `/${name}`;
  await migrateDatabase(template.href);
  await (await openBackend({ kind: 'postgres', url: template.href })).close();
  return template.href;
}
