/** Who fulfils a condition at a moment, of all contacts. */
import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../core/conditions/condition.ts';
import type { Instant } from '../core/events/event.ts';
import { conditionSql, type Written } from './conditions/condition-sql.ts';
import type { Runner } from './database.ts';

export interface AudiencePreview {
  readonly count: number;
  /** Some of them, those that came last first. */
  readonly contacts: readonly AudienceContact[];
}

export interface AudienceContact {
  readonly id: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly stage: string;
}

export async function countAudience(
  db: Runner,
  condition: Condition,
  written: Written,
  now: Instant,
): Promise<number> {
  const found = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from ${audience(condition, written, now)}`,
  );
  return found.rows[0]?.count ?? 0;
}

/** The condition is asked once, so the count and the contacts agree. */
export async function previewAudience(
  db: Runner,
  condition: Condition,
  written: Written,
  now: Instant,
  limit: number,
): Promise<AudiencePreview> {
  const found = await db.execute<{ count: number; contacts: AudienceContact[] | null }>(sql`
    with audience as materialized (select c.id from ${audience(condition, written, now)})
    select (select count(*)::int from audience) as count,
      (select json_agg(json_build_object('id', c.id, 'email', ${field('email')}, 'first_name', ${field('first_name')},
          'stage', c.stage) order by c.id desc)
        from (select id from audience order by id desc limit ${limit}) shown join contacts c using (id)) as contacts`);
  const { count = 0, contacts = null } = found.rows[0] ?? {};
  return { count, contacts: contacts ?? [] };
}

/** What stands after `from`. A contact that turned out to be another is no contact. */
function audience(condition: Condition, written: Written, now: Instant): SQL {
  return sql`contacts c where c.merged_into is null and ${conditionSql(condition, written, now)}`;
}

function field(name: string): SQL {
  return sql`c.profile #>> array['fields', ${name}::text, 'value']`;
}
