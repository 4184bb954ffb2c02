import { sql } from 'drizzle-orm';
import type { OldVersion } from '../project/load.ts';
import type { Runner } from './database.ts';
import { array, ms } from './values.ts';

/** A project as it was deployed. */
export interface Deployment {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly deployed_at: number;
}

export async function latestDeployment(db: Runner): Promise<Deployment | undefined> {
  const found = await db.execute<{ hash: string; files: Record<string, string>; deployed_at: number }>(sql`
    select hash, files, ${ms('deployed_at')} as deployed_at from deployments order by id desc limit 1`);
  return found.rows[0];
}

interface NewDeployment {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly workflow_sources: readonly {
    readonly id: string;
    readonly version: string;
    readonly text: string;
  }[];
}

export async function recordDeployment(
  db: Runner,
  { hash, files, workflow_sources }: NewDeployment,
): Promise<void> {
  for (const { id, version, text } of workflow_sources) {
    await db.execute(sql`
      insert into workflow_versions (workflow, version, source, deployed_at) values (${id}, ${version}, ${text}, now())
      on conflict do nothing`);
  }
  await db.execute(sql`
    insert into deployments (hash, files, deployed_at) values (${hash}, ${JSON.stringify(files)}::jsonb, now())`);
}

/** Versions that somebody still walks. */
export async function versionsInUse(db: Runner): Promise<OldVersion[]> {
  const found = await db.execute<{ workflow: string; version: string; source: string }>(sql`
    select v.workflow, v.version, v.source from workflow_versions v
    where exists (select from runs r where r.workflow = v.workflow and r.version = v.version and r.ended_at is null)`);
  return found.rows;
}

type Compiled = { readonly hash: string; readonly html: string; readonly text: string };

export async function compiledTemplates(
  db: Runner,
  hashes: readonly string[],
): Promise<Map<string, Compiled>> {
  if (hashes.length === 0) return new Map();
  const found = await db.execute<Compiled>(sql`
    select hash, html, text from compiled_templates where hash = any(${array(hashes, 'text')})`);
  return new Map(found.rows.map((row) => [row.hash, row]));
}

export async function keepCompiledTemplate(db: Runner, { hash, html, text }: Compiled): Promise<void> {
  await db.execute(sql`
    insert into compiled_templates (hash, html, text) values (${hash}, ${html}, ${text}) on conflict do nothing`);
}
