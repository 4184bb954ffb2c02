import { sql, type SQL } from 'drizzle-orm';
import { pointOf } from '../../core/conditions/subjects/date-spans.ts';
import type { DateCondition } from '../../core/conditions/subjects/date.ts';
import { WEEKDAYS } from '../../core/time/date.ts';
import type { Duration } from '../../core/time/duration.ts';
import { timestamp } from '../values.ts';
import type { Asking } from './asking.ts';
import { fieldAt } from './field.ts';
import { momentOf } from './moment.ts';
import { zoneSql } from './zone.ts';

/** By the calendar on the contact's wall. What holds no date answers no to every question. */
export function dateSql(condition: DateCondition, { written, now }: Asking): SQL {
  const zone = zoneSql(written.time_zone);
  const today = (at: SQL): SQL => sql`(${timestamp(now)} at time zone ${at})::date`;
  const tests = testsOf(condition);
  if (condition.date === 'today')
    return held(tests, sql`(select today, today as day from (select ${today(zone)} as today offset 0) d)`);
  const told = sql`(select ${today(sql`m.zone`)} as today, m.shown::date as day, m.text
    from ${momentOf(fieldAt(condition.date), zone)} m offset 0)`;
  return held(
    tests,
    condition.every ? anniversaries(told) : sql`(select today, day from ${told} d where day is not null)`,
  );
}

/** About days `d`, each beside today. */
interface Test {
  readonly holds: SQL;
  readonly wanted: boolean;
}

/** Each test is fulfilled by one of the days, and not necessarily all by the same. */
function held(tests: readonly Test[], days: SQL): SQL {
  const parts = tests.map(({ holds, wanted }) =>
    wanted ? sql`bool_or(${holds})` : sql`not bool_or(${holds})`,
  );
  return sql`((select ${sql.join(parts, sql` and `)} from ${days} d) is true)`;
}

function testsOf({ is, before, after, between, within, not_within, within_next }: DateCondition): Test[] {
  const tests: Test[] = [];
  const add = (holds: SQL, wanted = true): number => tests.push({ holds, wanted });
  if (is) add(isOneOf(is));
  if (before) add(sql`d.day < ${dayOf(before)}`);
  if (after) add(sql`d.day > ${dayOf(after)}`);
  if (between) add(sql`d.day between ${dayOf(between[0])} and ${dayOf(between[1])}`);
  if (within) add(sql`d.today between d.day and ${ahead(sql`d.day`, within)}`);
  if (not_within) add(sql`d.today between d.day and ${ahead(sql`d.day`, not_within)}`, false);
  if (within_next) add(sql`d.day between d.today and ${ahead(sql`d.today`, within_next)}`);
  return tests;
}

function isOneOf(days: readonly string[]): SQL {
  const parts = days.map((day) => {
    const weekday = (WEEKDAYS as readonly string[]).indexOf(day);
    return weekday === -1
      ? sql`d.day = ${dayOf(day)}`
      : sql`extract(isodow from d.day) = ${weekday + 1}::int`;
  });
  return sql`(${sql.join(parts, sql` or `)})`;
}

/** A date, or one that is counted from today. */
function dayOf(day: string): SQL {
  const { at, moves } = pointOf(day);
  return moves ? sql`(d.today + ${at}::int)` : sql`(date '1970-01-01' + ${at}::int)`;
}

/** So much later by the calendar; in a month that is too short, its last day. */
function ahead(day: SQL, { amount, unit }: Duration): SQL {
  return sql`(${day} + make_interval(${sql.raw(UNITS[unit])} => ${amount}::int))::date`;
}

const UNITS: Readonly<Record<Duration['unit'], string>> = {
  second: 'secs',
  minute: 'mins',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years',
};

/**
 * The days near today on which a date is kept, from its own year on. A date may also be written without its year;
 * 29 February is kept on 28 February in years without one.
 */
function anniversaries(told: SQL): SQL {
  const isMonthDay = sql`text ~ ${MONTH_DAY}`;
  const part = (from: number, name: string): SQL => sql`case when ${isMonthDay}
    then substr(right(text, 5), ${from}::int, 2)::int else extract(${sql.raw(name)} from day)::int end`;
  return sql`(select today, least(first + (of_month - 1), (first + interval '1 month')::date - 1) as day
    from (select today, of_month, since, make_date(greatest(extract(year from today)::int, since) + step, month, 1) as first
      from (select today, ${part(1, 'month')} as month, ${part(4, 'day')} as of_month,
          case when ${isMonthDay} then 0 else extract(year from day)::int end as since
        from ${told} told offset 0) yearly, generate_series(-1, 2) step where month is not null offset 0) years
    where extract(year from first) >= since)`;
}

const MONTH_DAY =
  '^(--)?((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$';
