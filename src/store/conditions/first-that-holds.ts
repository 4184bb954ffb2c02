import { sql, type SQL } from 'drizzle-orm';

/** One of a list; without a condition it always holds. */
interface Choice {
  readonly id: string;
  readonly holds: SQL | null;
}

/** Whether the first that holds is one of those wanted; `otherwise` where none does. */
export function firstIsAmong(wanted: readonly string[], list: readonly Choice[], otherwise: boolean): SQL {
  const last = list.find(({ holds }) => holds === null);
  const rest = last ? wanted.includes(last.id) : otherwise;
  const cases = (last ? list.slice(0, list.indexOf(last)) : list).map(
    ({ id, holds }) => sql`when ${holds} then ${wanted.includes(id)}::boolean`,
  );
  if (cases.length === 0) return rest ? sql`true` : sql`false`;
  return sql`(case ${sql.join(cases, sql` `)} else ${rest}::boolean end)`;
}
