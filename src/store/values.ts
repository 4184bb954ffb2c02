import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';

/** Small bridges between the code's values and SQL text. */

export function timestamp(instant: Instant): SQL {
  return sql`to_timestamp(${instant}::float8 / 1000)`;
}

/** For rows sent as JSON; infinite moments are told as null. */
export function iso(instant: Instant | null): string | null {
  return instant === null || !Number.isFinite(instant) ? null : new Date(instant).toISOString();
}

/** Rows for `json_to_recordset`: one parameter for a whole batch. */
export function rows(list: readonly unknown[]): SQL {
  return sql`${JSON.stringify(list)}::json`;
}

/** A list of texts or ids as one array parameter. */
export function array(
  list: readonly (string | number)[],
  type: 'uuid' | 'text' | 'smallint' | 'bigint',
): SQL {
  return sql`${sql.param(list)}::${sql.raw(type)}[]`;
}

/** Reads a column as milliseconds. */
export function ms(column: SQL | string): SQL {
  const inner = typeof column === 'string' ? sql.raw(column) : column;
  return sql`(extract(epoch from ${inner}) * 1000)::float8`;
}
