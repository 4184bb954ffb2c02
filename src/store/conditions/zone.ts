/** Between moments and what the clock on the wall shows, as in `core/time/zone.ts`. */
import { sql, type SQL } from 'drizzle-orm';

/** The zone of the contact `c` if PostgreSQL knows it, else the project's. */
export function zoneSql(project_zone: string): SQL {
  const named = sql`(c.profile #>> '{fields,time_zone,value}')`;
  // The view reads a folder of files; as a list of its own it is read once in a query, and only if it is needed.
  return whole(sql`case when ${named} is null or ${named} = ${project_zone} then ${project_zone}
    when lower(${named} collate "C") in (select lower(name collate "C") from pg_timezone_names where name !~ ${NO_ZONES})
    then ${named} else ${project_zone} end`);
}

/** Files in PostgreSQL's folder of zones that name none. */
const NO_ZONES = '^(posix.*|right/.*|Factory|localtime)$';

/** PostgreSQL would take these names for offsets without summer time. */
function whole(zone: SQL): SQL {
  return sql`(select coalesce(${JSON.stringify(CITIES)}::jsonb ->> upper(zone collate "C"), zone)
    from (select ${zone} as zone offset 0) named)`;
}

const CITIES = { CET: 'Europe/Brussels', MET: 'Europe/Brussels', EET: 'Europe/Athens', WET: 'Europe/Lisbon' };

/**
 * The moment at which the clock shows `local`, a timestamp without zone. Shown twice: the first time, where PostgreSQL
 * by itself takes the second. Never shown: as much later as the clocks skipped.
 */
export function instantAtSql(local: SQL, zone: SQL): SQL {
  const early = sql`((${local} - interval '1 day') at time zone ${zone} + interval '24 hours')`;
  return sql`(case when ${early} at time zone ${zone} = ${local} then ${early} else ${local} at time zone ${zone} end)`;
}
