import { sql, type SQL } from 'drizzle-orm';
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import type { Instant } from '../../core/events/event.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import { timestamp } from '../values.ts';
import { eventsThat, latestOf, tenThousandthsAt } from './happened.ts';

/** Asked outside of any run, so `since: entry` means ever. Exact however often something happened. */
export function eventSql(condition: EventCondition, now: Instant): SQL {
  if (condition.which) return whichSql(condition, condition.which, now);
  if (condition.before) return beforeSql(condition, condition.before, now);
  return condition.sum_of ? sumSql(condition, condition.sum_of, now) : countSql(condition, now);
}

/** Of several events at the very moment of the first or the latest any will do. */
function whichSql(condition: EventCondition, which: 'first' | 'last', now: Instant): SQL {
  const { event, within, not_within } = condition;
  const edge = which === 'first' ? sql`min` : sql`max`;
  const time = sql`(select ${edge}(e.occurred_at) from ${eventsThat({ event }, now)})`;
  const old = not_within ? [sql`e.occurred_at <= ${ago(not_within, now)}`] : [];
  const tests = [...newerThan(within, now), ...old, sql`e.occurred_at = ${time}`];
  return sql`exists (select from ${eventsThat(condition, now, tests)})`;
}

function beforeSql(condition: EventCondition, others: readonly string[], now: Instant): SQL {
  const first = sql`(select min(e.occurred_at) from ${eventsThat({ event: others }, now)})`;
  const isBefore = sql`e.occurred_at < coalesce(${first}, 'infinity')`;
  return sql`exists (select from ${eventsThat(condition, now, [...limits(condition, now), isBefore])})`;
}

function sumSql(condition: EventCondition, path: string, now: Instant): SQL {
  const sum = sql`(select coalesce(sum(${tenThousandthsAt(path)}), 0)::float8
    from ${eventsThat(condition, now, limits(condition, now))})`;
  return every(comparisons(condition, 10_000).map(([sign, bound]) => sql`${sum} ${sign} ${bound}::float8`));
}

function countSql(condition: EventCondition, now: Instant): SQL {
  const events = eventsThat(condition, now, limits(condition, now));
  const asked = comparisons(condition, 1);
  if (condition.not_within) return sql`(not exists (select from ${events}))`;
  if (asked.length === 0) return sql`exists (select from ${events})`;
  const enough = Math.max(...asked.map(([, bound]) => bound)) + 1;
  const tests = asked.map(([sign, bound]) => sql`count(*) ${sign} ${bound}::int`);
  return sql`(select ${every(tests)} from (select from ${events} limit ${enough}) counted)`;
}

function comparisons(condition: EventCondition, unit: number): (readonly [SQL, number])[] {
  return SIGNS.flatMap(([key, sign]) => {
    const bound = condition[key];
    return bound === undefined ? [] : [[sign, Math.round(bound * unit)] as const];
  });
}

const SIGNS = [
  ['at_least', sql`>=`],
  ['at_most', sql`<=`],
  ['more_than', sql`>`],
  ['less_than', sql`<`],
  ['times', sql`=`],
] as const;

/** From when on events count. */
function limits({ within, not_within, after }: EventCondition, now: Instant): readonly SQL[] {
  const afterOthers = after ? [sql`e.occurred_at > ${latestOf([{ event: after }], now)}`] : [];
  return [...newerThan(within ?? not_within, now), ...afterOthers];
}

function newerThan(window: Duration | undefined, now: Instant): readonly SQL[] {
  return window ? [sql`e.occurred_at > ${ago(window, now)}`] : [];
}

function ago(window: Duration, now: Instant): SQL {
  return timestamp(now - exactMilliseconds(window));
}

function every(tests: readonly SQL[]): SQL {
  return sql`(${sql.join([...tests], sql` and `)})`;
}
