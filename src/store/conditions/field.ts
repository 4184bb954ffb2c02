import { sql, type SQL } from 'drizzle-orm';
import { operatorShape, type Operators } from '../../core/conditions/operators.ts';
import { DERIVED_FIELDS, derivedValues, type FieldCondition } from '../../core/conditions/subjects/field.ts';
import { emptyProfile } from '../../core/contacts/contact.ts';
import type { Instant } from '../../core/events/event.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import { timestamp } from '../values.ts';
import type { Asking } from './asking.ts';
import { jsonAt } from './json-value.ts';
import { momentOf } from './moment.ts';
import { compareSql } from './operators.ts';
import { zoneSql } from './zone.ts';

export function fieldSql(condition: FieldCondition, { written, now }: Asking): SQL {
  const value = fieldAt(condition.field);
  const zone = zoneSql(written.time_zone);
  const isAsAsked = compareSql(value, operatorsOf(condition), zone);
  const windows = windowsOf(condition, now);
  if (windows.length === 0) return isAsAsked;
  const lies = sql`((select ${sql.join([...windows], sql` and `)} from ${momentOf(value, zone)} m) is true)`;
  return sql`(${isAsAsked} and ${lies})`;
}

/** A field of the contact `c`, as jsonb. */
export function fieldAt(path: string): SQL {
  if (path.startsWith(CONSENT))
    return jsonAt(sql`c.profile`, ['consent', path.slice(CONSENT.length).replace('.', '/'), 'granted']);
  if (DERIVED_FIELDS.includes(path)) return derivedAt(path);
  const [name = '', ...rest] = path.split('.');
  return jsonAt(sql`c.profile`, ['fields', name, 'value', ...rest]);
}

const CONSENT = 'consent.';

/** Who has not been decided yet has an empty cart. */
function derivedAt(path: string): SQL {
  const value = sql`c.derived -> ${path}::text`;
  const empty = NOTHING_YET[path];
  return empty === undefined ? sql`(${value})` : sql`coalesce(${value}, ${JSON.stringify(empty)}::jsonb)`;
}

const NOTHING_YET = derivedValues(emptyProfile());

function operatorsOf(condition: FieldCondition): Operators {
  const written = Object.entries(condition).filter(([name]) => Object.hasOwn(operatorShape, name));
  return Object.fromEntries(written) as Operators;
}

/** About a row `m` of `momentOf`. */
function windowsOf({ within, not_within, within_next }: FieldCondition, now: Instant): readonly SQL[] {
  const at = timestamp(now);
  const isPast = (window: Duration): SQL =>
    sql`(m.instant <= ${at} and m.instant > ${timestamp(now - exactMilliseconds(window))})`;
  return [
    ...(within ? [isPast(within)] : []),
    ...(not_within ? [sql`not ${isPast(not_within)}`] : []),
    ...(within_next
      ? [sql`(m.instant > ${at} and m.instant <= ${timestamp(now + exactMilliseconds(within_next))})`]
      : []),
  ];
}
