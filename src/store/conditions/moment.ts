/** What a jsonb value says of time, read as `core/time/moment.ts` reads it; years from 1. */
import { sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../core/time/date.ts';
import { EARLIEST, LATEST, type Moment } from '../../core/time/moment.ts';
import { timestamp } from '../values.ts';
import { textOf } from './json-value.ts';
import { instantAtSql } from './zone.ts';

/**
 * A table of one row: `kind` (`day`, `local`, `instant`; null for what tells no time), `zone`, `shown` (a timestamp
 * without zone: what the contact's clock shows then) and `instant` (a day's is its midnight). "offset 0" lets each step
 * be done once, and not wherever its outcome is used.
 */
export function momentOf(value: SQL, zone: SQL): SQL {
  return sql`(select kind, zone,
      text, case kind when 'instant' then at at time zone zone else local end as shown,
      case kind when 'instant' then at else ${instantAtSql(sql`local`, sql`zone`)} end as instant
    from (select kind, zone, text, local,
        case when kind = 'instant' then coalesce(${AS_NUMBER}, (local - ${OFFSET}) at time zone 'UTC') end as at
      from (select kind, zone, type, text, case when type = 'string' and kind is not null then ${LOCAL} end as local
        from (select type, text, zone, ${KIND} as kind
          from (select jsonb_typeof(v) as type, ${textOf(sql`v`)} as text, zone
            from (select ${value} as v, ${zone} as zone offset 0) given offset 0) read offset 0) known offset 0) told offset 0) timed)`;
}

const AS_NUMBER = sql`case when type = 'number' then to_timestamp(text::float8 / 1000) end`;

/** Only what exists, because a cast of anything else fails. */
const DATE =
  '(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)' +
  '|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const TIME = '[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?';
const WRITTEN = `^${DATE}(?:${TIME}(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$`;

const KIND = sql`case
  when type = 'number' then case when text::float8 between ${EARLIEST}::float8 and ${LATEST}::float8 then 'instant' end
  when type <> 'string' or text !~ ${WRITTEN} then null
  when length(text) = 10 then 'day'
  when substr(text, 17) ~ '[Z+-]' then 'instant'
  else 'local' end`;

const LOCAL = sql`(left(text, 10)::date
  + coalesce(substring(substr(text, 12) from '^[0-9:]+(?:\\.[0-9]{1,3})?')::time, '00:00'))`;

const OFFSET = sql`coalesce((select make_interval(mins => (left(o, 1) || '1')::int
    * (substr(o, 2, 2)::int * 60 + coalesce(nullif(substr(o, 4, 2), ''), '0')::int))
  from (select replace(substring(substr(text, 17) from '[+-].*$'), ':', '') as o) written), interval '0')`;

/** How what `m`, a row of `momentOf`, tells stands to a date or moment that is written in a condition. */
export function comparedTo(sign: SQL, sought: Moment): SQL {
  const asDay = (day: number): SQL => sql`m.shown::date ${sign} date '1970-01-01' + ${day}::int`;
  switch (sought.is) {
    case 'day':
      return asDay(sought.day);
    case 'local': {
      const local = sql`(${timestamp(sought.local)} at time zone 'UTC')`;
      return sql`case m.kind when 'day' then ${asDay(Math.floor(sought.local / DAY))}
        when 'local' then m.shown ${sign} ${local} else m.instant ${sign} ${instantAtSql(local, sql`m.zone`)} end`;
    }
    case 'instant': {
      const instant = timestamp(sought.instant);
      return sql`case m.kind when 'day' then m.shown::date ${sign} (${instant} at time zone m.zone)::date
        else m.instant ${sign} ${instant} end`;
    }
  }
}
