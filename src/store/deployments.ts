import { sql } from 'drizzle-orm';
import type { OldVersion } from '../project/load.ts';
import type { Instant } from '../core/events/event.ts';
import { UserError } from '../errors.ts';
import type { Database, Runner } from './database.ts';
import { LOCK } from './locks.ts';
import { tryAllAgain } from './put-aside.ts';
import { beginRecomputation } from './recomputations.ts';
import { transaction } from './transaction.ts';
import { array, ms } from './values.ts';

/** A project as it was deployed. */
export interface Deployment {
  readonly id: number;
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly rules: string;
  /** Null where what its rules change starts workflows as anything else does. */
  readonly live_since: number | null;
  readonly deployed_at: number;
  /** By whom over the API; null: from a folder. */
  readonly deployed_by: string | null;
}

const COLUMNS = sql`id, hash, files, rules, ${ms('live_since')} as live_since, ${ms('deployed_at')} as deployed_at, deployed_by`;

export async function latestDeployment(db: Runner): Promise<Deployment | undefined> {
  const found = await db.execute<Deployment & Record<string, unknown>>(sql`
    select ${COLUMNS} from deployments order by id desc limit 1`);
  return found.rows[0];
}

/** The last one of this hash, or of one that begins so. */
export async function findDeployment(db: Runner, hash: string): Promise<Deployment | undefined> {
  const found = await db.execute<Deployment & Record<string, unknown>>(sql`
    select ${COLUMNS} from deployments where starts_with(hash, ${hash}) order by id desc limit 1`);
  return found.rows[0];
}

export type ListedDeployment = Pick<Deployment, 'id' | 'hash' | 'deployed_at' | 'deployed_by'>;

/** Newest first, without their files. */
export async function listDeployments(db: Runner, limit: number): Promise<readonly ListedDeployment[]> {
  const found = await db.execute<ListedDeployment & Record<string, unknown>>(sql`
    select id, hash, ${ms('deployed_at')} as deployed_at, deployed_by from deployments order by id desc limit ${limit}`);
  return found.rows;
}

/** What was taken up from a folder last; undefined where nothing ever was. */
export async function latestFromFolder(db: Runner): Promise<ListedDeployment | undefined> {
  const found = await db.execute<ListedDeployment & Record<string, unknown>>(sql`
    select id, hash, ${ms('deployed_at')} as deployed_at, deployed_by from deployments where deployed_by is null
    order by id desc limit 1`);
  return found.rows[0];
}

interface NewDeployment {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly rules: string;
  readonly segments: readonly string[];
  readonly live_since: Instant | null;
  readonly now: Instant;
  readonly workflow_sources: readonly {
    readonly id: string;
    readonly version: string;
    readonly text: string;
  }[];
  /** The version that was edited: where another is live meanwhile, nothing is kept. Absent: whatever is live. */
  readonly base?: string | undefined;
  readonly deployed_by: string | null;
}

/**
 * Keeps the project, and lets its rules go through the contacts: all of it, or nothing.
 * @throws UserError where the version that was edited is not the live one.
 */
export async function recordDeployment(db: Database, deployment: NewDeployment): Promise<void> {
  const { hash, files, rules, segments, live_since, now, workflow_sources, deployed_by } = deployment;
  await transaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.deploying})`);
    await refuseOtherBase(tx, deployment.base);
    for (const { id, version, text } of workflow_sources) {
      await tx.execute(sql`
        insert into workflow_versions (workflow, version, source, deployed_at) values (${id}, ${version}, ${text}, now())
        on conflict do nothing`);
    }
    const recorded = await tx.execute<{ id: number }>(sql`
      insert into deployments (hash, files, rules, live_since, deployed_at, deployed_by)
      values (${hash}, ${JSON.stringify(files)}::jsonb, ${rules},
        ${live_since === null ? null : new Date(live_since).toISOString()}::timestamptz, now(), ${deployed_by}) returning id`);
    await tx.execute(sql`delete from segment_members where segment <> all(${array(segments, 'text')})`);
    await tryAllAgain(tx);
    await beginRecomputation(tx, recorded.rows[0]?.id ?? 0, rules, now);
  });
}

async function refuseOtherBase(tx: Runner, base: string | undefined): Promise<void> {
  if (base === undefined) return;
  const found = await tx.execute<{ hash: string }>(
    sql`select hash from deployments order by id desc limit 1`,
  );
  if (found.rows[0]?.hash === base) return;
  throw new UserError(
    'base_outdated',
    'Another version went live while this one was edited. Load it, make your change again, and deploy.',
  );
}

/**
 * Versions that somebody still walks, or may just be entering: not every process has heard at once of what was deployed
 * in the last minutes.
 */
export async function versionsInUse(db: Runner): Promise<OldVersion[]> {
  const found = await db.execute<{ workflow: string; version: string; source: string }>(sql`
    select v.workflow, v.version, v.source from workflow_versions v
    where exists (select from runs r where r.workflow = v.workflow and r.version = v.version and r.ended_at is null)
      or exists (select from deployments d
        where d.id >= coalesce((select max(id) from deployments where deployed_at < now() - interval '10 minutes'), 0)
          and d.files ->> ('workflows/' || v.workflow || '.yaml') = v.source)`);
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
