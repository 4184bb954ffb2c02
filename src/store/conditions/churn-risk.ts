import { sql, type SQL } from 'drizzle-orm';
import type { ChurnRiskCondition } from '../../core/conditions/subjects/churn-risk.ts';
import type { Instant } from '../../core/events/event.ts';
import { DAY } from '../../core/time/date.ts';

/** The numbers of `core/conditions/subjects/churn-risk.ts`. */
const ENOUGH_GAPS = 3;
const DEFAULT_GAP = 60 * DAY;
const SHORTEST_GAP = 7 * DAY;
const MEDIUM_FROM = 1.5;
const HIGH_FROM = 3;

/** By the time between the orders that still stand, as it is reckoned there. Without an order there is no risk. */
export function churnRiskSql({ churn_risk }: ChurnRiskCondition, now: Instant): SQL {
  const isMeant = (risk: ChurnRiskCondition['churn_risk'][number]): SQL =>
    churn_risk.includes(risk) ? sql`true` : sql`false`;
  return sql`coalesce((select case
      when ${now}::float8 < ceil(latest + ${MEDIUM_FROM}::float8 * usual) then ${isMeant('low')}
      when ${now}::float8 < ceil(latest + ${HIGH_FROM}::float8 * usual) then ${isMeant('medium')}
      else ${isMeant('high')} end
    from (${RHYTHM}) rhythm where latest is not null), false)`;
}

const RHYTHM = sql`select latest, greatest(${SHORTEST_GAP}::float8, floor(0.5 + case
      when gaps >= ${ENOUGH_GAPS}::int then median
      else (${DEFAULT_GAP}::float8 + latest - earliest) / (gaps + 1) end)) as usual
  from (select min(at) as earliest, max(at) as latest, count(gap) as gaps,
      percentile_cont(0.5) within group (order by gap) as median
    from (select at, at - lag(at) over (order by at) as gap
      from (select (told ->> 'at')::float8 as at from jsonb_array_elements(c.profile #> '{orders,list}') told
        where not c.profile #> '{orders,cancelled}' ? (told ->> 'id')) standing) stepped) counted`;
