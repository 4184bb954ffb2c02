/** Values inside of jsonb, read as the code reads the same values. All take and give SQL. */
import { sql, type SQL } from 'drizzle-orm';
import { array } from '../values.ts';

/** What `at` of `core/json.ts` finds. Null where the path ends; what is found may be a JSON null. */
export function jsonAt(value: SQL, keys: readonly string[]): SQL {
  const odd = keys.findIndex((key) => key === 'length' || isOddNumber(key));
  if (odd === -1) return keys.length === 0 ? value : sql`(${value} #> ${array(keys, 'text')})`;
  const outer = jsonAt(value, keys.slice(0, odd));
  return jsonAt(oddKey(outer, keys[odd] as string), keys.slice(odd + 1));
}

/** PostgreSQL counts the items of a list also from the end, and lets "+1" and "01" stand for 1; the code does not. */
function isOddNumber(key: string): boolean {
  return /^\s*[+-]?\d+\s*$/.test(key) && !/^(0|[1-9]\d*)$/.test(key);
}

function oddKey(value: SQL, key: string): SQL {
  const named = sql`${value} -> ${key}::text`;
  if (key !== 'length') return sql`(${named})`;
  return sql`(case jsonb_typeof(${value}) when 'array' then to_jsonb(jsonb_array_length(${value})) else ${named} end)`;
}

/** The text of a text or a number; of anything else text that is not to be used. */
export function textOf(value: SQL): SQL {
  return sql`(${value} #>> '{}')`;
}

/**
 * A number, or a number written as text; null for all else. Text that is no decimal number (`0x1F`), has more than 200
 * digits or an exponent of more than two is no number here.
 */
export function numberOf(value: SQL): SQL {
  const text = sql`btrim(${textOf(value)}, ${BLANKS})`;
  return sql`(case jsonb_typeof(${value}) when 'number' then ${textOf(value)}::float8 when 'string' then
    case when ${text} ~ ${DECIMAL} then ${text}::float8 end end)`;
}

/** So short that the cast cannot fail. */
const DECIMAL = '^[+-]?([0-9]{1,200}(\\.[0-9]{0,200})?|\\.[0-9]{1,200})([eE][+-]?[0-9]{1,2})?$';

/** What `trim` takes away: https://tc39.es/ecma262/#sec-trimstring */
const BLANKS =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
