/** What the journey map was counted of, in a period: sums that are kept, never a look at contacts or events. */
import { sql, type SQL } from 'drizzle-orm';
import type { Counted, Sum } from '../core/map/ground.ts';
import type { FactKind } from '../core/map/fact.ts';
import type { MapBook, MapFilter } from '../engine/map.ts';
import type { Database } from './database.ts';
import { ALL_FACTS } from './map-counts.ts';

export function openMapBook(db: Database): MapBook {
  return {
    counted: (filter) => readCounted(db, filter),
    days: (filter, fact, stage, key) => readDays(db, filter, fact, stage, key),
  };
}

async function readCounted(db: Database, filter: MapFilter): Promise<Omit<Counted, 'period'>> {
  const { from, to } = filter;
  const [sums, people, since, first] = await Promise.all([
    db.execute<Sum & Row>(sql`
      select fact, stage, key, persona, sum(n)::float8 as n, sum(total)::float8 as total from (${ALL_FACTS}) f
      where ${asked(filter)} and fact not in ('people', 'since', 'visit', 'stay') and day between ${from}::date and ${to}::date
      group by fact, stage, key, persona`),
    db.execute<Counted['people'][number] & Row>(sql`
      select stage, persona, coalesce(sum(n) filter (where day < ${from}::date), 0)::float8 as at_begin,
        sum(n)::float8 as at_end
      from (${ALL_FACTS}) f where ${asked(filter)} and fact = 'people' and day <= ${to}::date
      group by stage, persona`),
    db.execute<Counted['since'][number] & Row>(sql`
      select stage, day::text as day, sum(n)::float8 as n from (${ALL_FACTS}) f
      where ${asked(filter)} and fact = 'since' group by stage, day having sum(n) > 0`),
    db.execute<{ day: string | null }>(sql`
      select least((select min(day) from map_counts where segment = '' and fact = 'people'),
        (select min(day) from map_deltas where segment = '' and fact = 'people'))::text as day`),
  ]);
  return {
    ...{ sums: sums.rows, people: people.rows, since: since.rows },
    counted_since: first.rows[0]?.day ?? null,
  };
}

type Row = Record<string, unknown>;

function asked({ segment, persona, language }: MapFilter): SQL {
  const of = (column: string, value: string | null): SQL =>
    value === null ? sql`` : sql` and ${sql.raw(column)} = ${value}`;
  return sql`segment = ${segment ?? ''}${of('persona', persona)}${of('language', language)}`;
}

/** Day by day; of people, those who stood there when the day ended. */
async function readDays(
  db: Database,
  filter: MapFilter,
  fact: FactKind,
  stage: string | null,
  key: string | null,
): Promise<readonly { readonly day: string; readonly n: number; readonly total: number }[]> {
  const { from, to } = filter;
  const named = sql`${stage === null ? sql`` : sql` and stage = ${stage}`}${key === null ? sql`` : sql` and key = ${key}`}`;
  const sums = sql`
    select greatest(day, ${fact === 'people' ? sql`${from}::date - 1` : sql`day`}) as day, sum(n) as n,
      sum(total) as total
    from (${ALL_FACTS}) f
    where ${asked(filter)} and fact = ${fact}${named} and day <= ${to}::date
      ${fact === 'people' ? sql`` : sql`and day >= ${from}::date`}
    group by 1`;
  const figure = (column: string): SQL =>
    fact === 'people'
      ? sql`coalesce(sum(${sql.raw(column)}) over (order by d.day), 0)::float8`
      : sql`coalesce(${sql.raw(column)}, 0)::float8`;
  const found = await db.execute<{ day: string; n: number; total: number }>(sql`
    select * from (
      select d.day::date::text as day, ${figure('n')} as n, ${figure('total')} as total
      from generate_series(${from}::date - 1, ${to}::date, interval '1 day') as d (day)
        left join (${sums}) s on s.day = d.day::date
    ) by_day where day >= ${from} order by day`);
  return found.rows;
}
