import { sql } from 'drizzle-orm';
import type { Runner } from './database.ts';
import { array } from './values.ts';

/** Contacts that were merged into each other, and those that wait for it. */
export async function everyContactOf(tx: Runner, from: readonly string[]): Promise<readonly string[]> {
  const found = await tx.execute<{ id: string }>(sql`
    with recursive hers (id) as (
      select id from contacts where id = any(${array(from, 'uuid')})
      union
      select joined.id from hers cross join lateral (
        select merged_into as id from contacts c where c.id = hers.id and merged_into is not null
        union all select c.id from contacts c where c.merged_into = hers.id
        union all select h.gone_id from contacts c join happenings h on h.partition = c.partition and h.contact_id = c.id
          where c.id = hers.id and h.gone_id is not null
        union all select h.contact_id from happenings h where h.gone_id = hers.id
      ) joined
    ) select id from hers order by id`);
  return found.rows.map(({ id }) => id);
}
