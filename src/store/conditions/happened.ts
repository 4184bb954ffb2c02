/** Events of the contact `c`, in a table called `e`, up to now. */
import { sql, type SQL } from 'drizzle-orm';
import type { Where } from '../../core/conditions/where.ts';
import type { Instant } from '../../core/events/event.ts';
import { array, timestamp } from '../values.ts';
import { jsonAt, numberOf } from './json-value.ts';
import { compareSql } from './operators.ts';

/** Which events: their names, and what is asked of their properties. */
export interface Which {
  readonly event: readonly string[];
  readonly where?: Where | undefined;
  /** Only those with a number here. */
  readonly sum_of?: string | undefined;
}

/** What stands after `from`. */
export function eventsThat(which: Which, now: Instant, more: readonly SQL[] = []): SQL {
  return ofContact(now, [isOneOf(which), ...more]);
}

/** When one of these kinds of events happened last; null: never. */
export function latestOf(kinds: readonly Which[], now: Instant): SQL {
  const any = sql`(${sql.join(kinds.map(isOneOf), sql` or `)})`;
  return sql`(select max(e.occurred_at) from ${ofContact(now, [any])})`;
}

function ofContact(now: Instant, tests: readonly SQL[]): SQL {
  const all = [sql`e.contact_id = c.id`, sql`e.occurred_at <= ${timestamp(now)}`, ...tests];
  return sql`events e where ${sql.join(all, sql` and `)}`;
}

function isOneOf({ event, where = {}, sum_of }: Which): SQL {
  const asked = Object.entries(where).map(([path, wanted]) =>
    compareSql(propertyAt(path), typeof wanted === 'object' ? wanted : { is: wanted }),
  );
  const added = sum_of === undefined ? [] : [sql`${tenThousandthsAt(sum_of)} is not null`];
  return sql`(${sql.join([sql`e.name = any(${array(event, 'text')})`, ...asked, ...added], sql` and `)})`;
}

function propertyAt(path: string): SQL {
  return jsonAt(sql`e.properties`, path.split('.'));
}

/**
 * A property to be added up, as a whole number of ten-thousandths; null for what is no number or too large. "offset 0"
 * lets each step be done once, and not wherever its outcome is used.
 */
export function tenThousandthsAt(path: string): SQL {
  return sql`(select case when rounded between ${-LARGEST}::float8 and ${LARGEST}::float8 then rounded::bigint end
    from (select floor(large) + (large - floor(large) >= 0.5)::int as rounded
      from (select case when abs(number) < ${NEAR}::float8 then number * 10000 end as large
        from (select ${numberOf(sql`v`)} as number
          from (select ${propertyAt(path)} as v offset 0) given offset 0) read offset 0) multiplied offset 0) whole)`;
}

const LARGEST = Number.MAX_SAFE_INTEGER;
/** What lies beyond could not be multiplied. */
const NEAR = 1e12;
