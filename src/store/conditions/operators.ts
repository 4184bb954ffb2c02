import { sql, type SQL } from 'drizzle-orm';
import type { Operators } from '../../core/conditions/operators.ts';
import { readMoment } from '../../core/time/moment.ts';
import { allSmallLetters, smallLettersOf } from './letters.ts';
import { comparedTo, momentOf } from './moment.ts';
import { numberOf, textOf } from './json-value.ts';

/**
 * Whether a jsonb value passes all that is written, as `compare` of `core/conditions/operators.ts` has it. With a zone,
 * dates are compared as dates. Never null.
 */
export function compareSql(value: SQL, operators: Operators, zone?: SQL): SQL {
  const tests = Object.entries(operators).flatMap(([name, wanted]) => {
    const make = makers[name as keyof Operators] as (wanted: unknown, zone: SQL | undefined) => SQL;
    return wanted === undefined ? [] : [make(wanted, zone)];
  });
  if (tests.length === 0) return sql`true`;
  // Fenced by "offset 0", so that a large profile is unpacked once and not by every test.
  return sql`(select ${every(tests)} from (select ${value} as v offset 0) given)`;
}

type Wanted = string | number | boolean;
type Makers = {
  readonly [K in keyof Operators]-?: (wanted: NonNullable<Operators[K]>, zone: SQL | undefined) => SQL;
};

/** Each about the column `v`; none is ever null. */
const makers: Makers = {
  is: (wanted, zone) => equals(VALUE, wanted, zone),
  is_not: (wanted, zone) => not(equals(VALUE, wanted, zone)),
  in: (wanted, zone) => some(wanted.map((one) => equals(VALUE, one, zone))),
  not_in: (wanted, zone) => not(some(wanted.map((one) => equals(VALUE, one, zone)))),
  at_least: (wanted, zone) => inOrder(sql`>=`, wanted, zone),
  at_most: (wanted, zone) => inOrder(sql`<=`, wanted, zone),
  more_than: (wanted, zone) => inOrder(sql`>`, wanted, zone),
  less_than: (wanted, zone) => inOrder(sql`<`, wanted, zone),
  between: ([from, to], zone) => every([inOrder(sql`>=`, from, zone), inOrder(sql`<=`, to, zone)]),
  contains,
  not_contains: (wanted) => not(contains(wanted)),
  contains_any: (wanted) => some(wanted.map(contains)),
  contains_all: (wanted) => every(wanted.map(contains)),
  starts_with: (wanted) => ofText(wanted, (text, start) => sql`starts_with(${text}, ${start})`),
  ends_with: (wanted) => ofText(wanted, (text, end) => sql`right(${text}, length(${end})) = ${end}`),
  exists: (wanted) => sql`(coalesce(v not in ('null', '""'), false) = ${wanted}::boolean)`,
};

const VALUE = sql`v`;

function not(test: SQL): SQL {
  return sql`(not ${test})`;
}

function every(tests: readonly SQL[]): SQL {
  return sql`(${sql.join([...tests], sql` and `)})`;
}

function some(tests: readonly SQL[]): SQL {
  return sql`(${sql.join([...tests], sql` or `)})`;
}

function isTrue(test: SQL): SQL {
  return sql`((${test}) is true)`;
}

function equals(value: SQL, wanted: Wanted, zone?: SQL): SQL {
  if (typeof wanted === 'boolean') return isTrue(sql`${value} = ${JSON.stringify(wanted)}::jsonb`);
  if (typeof wanted === 'number') return isTrue(sql`${numberOf(value)} = ${wanted}::float8`);
  const sought = readMoment(wanted);
  if (sought && zone)
    return isTrue(sql`select ${comparedTo(sql`=`, sought)} from ${momentOf(value, zone)} m`);
  const small = wanted.toLowerCase();
  return isTrue(sql`${isText(value)} and ${smallLettersOf(textOf(value), small)} = ${small}`);
}

/** A number is also the text that is written for it; those beyond 21 digits the code writes otherwise. */
function isText(value: SQL): SQL {
  return sql`jsonb_typeof(${value}) in ('string', 'number')`;
}

function inOrder(sign: SQL, wanted: string | number, zone: SQL | undefined): SQL {
  if (typeof wanted === 'number') return isTrue(sql`${numberOf(VALUE)} ${sign} ${wanted}::float8`);
  const sought = readMoment(wanted);
  if (sought && zone) return isTrue(sql`select ${comparedTo(sign, sought)} from ${momentOf(VALUE, zone)} m`);
  // By code points, where the code goes by UTF-16: they differ beyond U+FFFF alone.
  const asText = sql`jsonb_typeof(v) = 'string'
    and ${allSmallLetters(textOf(VALUE))} collate "C" ${sign} ${wanted.toLowerCase()}::text`;
  const number = wanted.trim() === '' ? NaN : Number(wanted);
  if (!Number.isFinite(number)) return isTrue(asText);
  const asNumber = sql`${numberOf(VALUE)} ${sign} ${number}::float8`;
  return isTrue(sql`case when ${numberOf(VALUE)} is null then ${asText} else ${asNumber} end`);
}

function contains(wanted: string | number): SQL {
  const inText = ofText(wanted, (text, piece) => sql`strpos(${text}, ${piece}) > 0`);
  const inList = sql`exists (select from jsonb_array_elements(v) item (one) where ${equals(sql`one`, wanted)})`;
  return sql`(case jsonb_typeof(v) when 'array' then ${inList} else ${inText} end)`;
}

function ofText(wanted: string | number, test: (text: SQL, sought: SQL) => SQL): SQL {
  const sought = String(wanted).toLowerCase();
  return isTrue(
    sql`${isText(VALUE)} and ${test(smallLettersOf(textOf(VALUE), sought), sql`${sought}::text`)}`,
  );
}
